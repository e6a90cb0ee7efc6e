-- Version 8: the metadata of documents by value, so that a filter reads only what it accepts.
CREATE TABLE metadata (
    collection INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    PRIMARY KEY (collection, key, value, document)
) WITHOUT ROWID;
CREATE INDEX metadata_of_document ON metadata (document);
INSERT OR IGNORE INTO metadata SELECT d.collection, m.key, m.value, d.row
    FROM documents d, json_each(iif(json_valid(d.metadata), d.metadata, '{}')) m WHERE m.value IS NOT NULL AND m.key IS NOT NULL;
CREATE TRIGGER document_described AFTER INSERT ON documents
    BEGIN INSERT OR IGNORE INTO metadata SELECT new.collection, key, value, new.row FROM json_each(new.metadata); END;
