-- Version 6: which files a version of a parser refused.
CREATE TABLE refusals (
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT NOT NULL, sha256 TEXT NOT NULL, parser TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (collection, path)
) WITHOUT ROWID;
