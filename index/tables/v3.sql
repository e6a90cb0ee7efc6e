-- Version 3: a digest of each row, by which damage is noticed. As a blob, text that damage made invalid UTF-8 is no error.
ALTER TABLE documents ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
ALTER TABLE texts ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
ALTER TABLE chunks ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
UPDATE documents SET digest = digest(
    row, collection, id, path, title, sha256, media_type, encoding, size_bytes, characters, chunks, metadata, indexed_at
);
UPDATE texts SET digest = digest(document, text);
UPDATE chunks SET digest = digest(id, document, start, end, line, heading, sentences, CAST(text AS BLOB), vector);
