-- Version 11: size, times and inode that the file of a document had when it was read, by which it is known without reading it.
CREATE TABLE stamps (
    document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, stamp TEXT NOT NULL
);
