-- Version 1: collections, documents, texts, chunks, and the log of what changed.
CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, root TEXT NOT NULL, embedder TEXT NOT NULL,
    fingerprint TEXT NOT NULL, dimension INTEGER NOT NULL, chunk_tokens INTEGER NOT NULL
);
CREATE TABLE documents (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT NOT NULL, title TEXT NOT NULL, sha256 TEXT NOT NULL, media_type TEXT NOT NULL, encoding TEXT NOT NULL,
    size_bytes INTEGER NOT NULL, characters INTEGER NOT NULL, chunks INTEGER NOT NULL, metadata TEXT NOT NULL,
    indexed_at TEXT NOT NULL,
    UNIQUE (collection, path)
);
CREATE TABLE texts (document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, text TEXT NOT NULL);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, line INTEGER NOT NULL, heading TEXT NOT NULL, sentences BLOB NOT NULL,
    text TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX chunks_of_document ON chunks (document);
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stamp TEXT NOT NULL DEFAULT (hex(randomblob(8))),
    collection INTEGER NOT NULL, document INTEGER NOT NULL
);
CREATE INDEX changes_of_collection ON changes (collection, seq);
CREATE TRIGGER document_added AFTER INSERT ON documents
    BEGIN INSERT INTO changes (collection, document) VALUES (new.collection, new.row); END;
CREATE TRIGGER document_removed AFTER DELETE ON documents
    BEGIN INSERT INTO changes (collection, document) VALUES (old.collection, old.row); END;
PRAGMA application_id = 1364674899;
