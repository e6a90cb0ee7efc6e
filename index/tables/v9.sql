-- Version 9: metadata as numbers, by which ranges are found; what is no number stays text, which is greater than any number.
ALTER TABLE metadata ADD COLUMN number NUMERIC GENERATED ALWAYS AS (value) VIRTUAL;
CREATE INDEX metadata_by_number ON metadata (collection, key, number);
