-- Version 7: how many documents and chunks a collection has, kept up to date rather than counted.
ALTER TABLE collections ADD COLUMN documents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN chunks INTEGER NOT NULL DEFAULT 0;
UPDATE collections SET (documents, chunks) = (
    SELECT count(*), coalesce(sum(d.chunks), 0) FROM documents d WHERE d.collection = collections.id
);
CREATE TRIGGER document_counted AFTER INSERT ON documents
    BEGIN UPDATE collections SET documents = documents + 1, chunks = chunks + new.chunks WHERE id = new.collection; END;
CREATE TRIGGER document_no_longer_counted AFTER DELETE ON documents
    BEGIN UPDATE collections SET documents = documents - 1, chunks = chunks - old.chunks WHERE id = old.collection; END;
