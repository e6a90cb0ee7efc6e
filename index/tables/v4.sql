-- Version 4: sentences with their kinds, no lines, texts in segments, layouts, API keys, and the language of a collection.
-- What is damaged gets no digest that fits.
UPDATE chunks SET
    digest = digest(id, document, start, end, heading, with_kinds(start, sentences, text), text, vector),
    sentences = with_kinds(start, sentences, text)
    WHERE digest = digest(id, document, start, end, line, heading, sentences, CAST(text AS BLOB), vector);
ALTER TABLE chunks DROP COLUMN line;
ALTER TABLE texts RENAME TO whole_texts;
CREATE TABLE texts (
    document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE, start INTEGER NOT NULL, text TEXT NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (document, start)
);
CREATE TABLE layouts (
    document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, layout BLOB NOT NULL, digest BLOB NOT NULL
);
CREATE TABLE keys (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL, revision INTEGER NOT NULL UNIQUE,
    digest BLOB NOT NULL
);
ALTER TABLE collections ADD COLUMN language TEXT NOT NULL DEFAULT '';
