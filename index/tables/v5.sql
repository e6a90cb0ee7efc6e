-- Version 5: what of a folder was not read.
CREATE TABLE left_out (
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT NOT NULL, in_part INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (collection, path, in_part)
) WITHOUT ROWID;
CREATE TRIGGER document_part_removed AFTER DELETE ON documents
    BEGIN DELETE FROM left_out WHERE collection = old.collection AND path = old.path AND in_part; END;
