-- Version 2: feedback.
CREATE TABLE feedback (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE, request TEXT NOT NULL, content TEXT NOT NULL,
    UNIQUE (collection, request)
);
