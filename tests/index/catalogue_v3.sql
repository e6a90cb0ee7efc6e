BEGIN TRANSACTION;
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    stamp TEXT NOT NULL DEFAULT (hex(randomblob(8))),
    collection INTEGER NOT NULL,
    document INTEGER NOT NULL
);
INSERT INTO "changes" VALUES(1,'1B8CB76FC5FB86E0',1,1);
INSERT INTO "changes" VALUES(2,'D2BA5A8289B90CAD',1,2);
INSERT INTO "changes" VALUES(3,'C593D72CAE3F7DF7',1,3);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    line INTEGER NOT NULL,
    heading TEXT NOT NULL,
    sentences BLOB NOT NULL,
    text TEXT NOT NULL,
    vector BLOB NOT NULL,
    digest BLOB NOT NULL
);
INSERT INTO "chunks" VALUES(1048576,1,0,7,1,'[]',X'0000000007000000','A title

',X'0000803F000000000000000000000000',X'F96DD51213B382DF3827328FD3E8B89B');
INSERT INTO "chunks" VALUES(1048577,1,11,64,3,'[]',X'0B0000002A0000002B00000040000000','The lighthouse was lit in 1858. It is 40 metres high.
',X'0000803F000000000000000000000000',X'78469C6C3F15789484132E1E0232FE20');
INSERT INTO "chunks" VALUES(1048578,1,66,75,4,'[]',X'420000004B000000','Read more

',X'0000803F000000000000000000000000',X'5E6813A4D0948C9BD74FD5553FDAB40B');
INSERT INTO "chunks" VALUES(1048579,1,79,103,6,'[]',X'4F00000067000000','The keeper left in 1923; ',X'0000803F000000000000000000000000',X'FE4E18C1A6C2846648AE2C1087138F99');
INSERT INTO "chunks" VALUES(1048580,1,104,147,6,'[]',X'6800000093000000','nobody followed him until the war was over.

',X'0000803F000000000000000000000000',X'8293AEA2179D26F1932E9026B3A75CEE');
INSERT INTO "chunks" VALUES(1048581,1,151,184,8,'[]',X'97000000B8000000','Copyright 2019 by Nadia Fontaine.',X'0000803F000000000000000000000000',X'7F6FF7ACA3787E02E375B7A74B777579');
INSERT INTO "chunks" VALUES(2097152,2,24,66,4,'["One"]',X'180000001B0000001D0000002E0000002F00000042000000','One

First words here. Second words there.',X'000000000000803F0000000000000000',X'B311457A66A3BD86947AFD2F6927CC8D');
INSERT INTO "chunks" VALUES(2097153,2,71,119,8,'["One", "Two"]',X'470000004A0000004C000000560000005800000077000000','Two

Share this

Third words, é and 👩‍👧, follow.',X'000000000000803F0000000000000000',X'4E78A886CB3223A751E8253B50B74A2F');
INSERT INTO "chunks" VALUES(3145728,3,0,21,1,'[]',X'0000000015000000','This text says seven.',X'00000000000000000000803F00000000',X'A04CA59478A46A346CB451F08825D5CE');
CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    root TEXT NOT NULL,
    embedder TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    chunk_tokens INTEGER NOT NULL
);
INSERT INTO "collections" VALUES(1,'default','/folder','by hand','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',4,12);
CREATE TABLE documents (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    encoding TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    indexed_at TEXT NOT NULL,
    digest BLOB NOT NULL,
    UNIQUE (collection, path)
);
INSERT INTO "documents" VALUES(1,'36f60d9fd2b0ba2b',1,'notes.txt','A title','65a0ccf3b7c0fdb254c22597c21e969a4f9fa049f1455ffe8a58cd18bc197f27','text/plain','utf-8',186,186,6,'{}','2026-11-25T16:04:41+00:00',X'484DA64C93DE11FB7B70BB61140443D8');
INSERT INTO "documents" VALUES(2,'375b4561b22f3547',1,'b/deep.md','One','2eaf2c62b1521fa030fcbce3062edb06324536f7bac8c8244f87b545a57aa357','text/markdown','utf-8',129,120,2,'{"author": "Ann"}','2026-11-25T16:04:41+00:00',X'85076981640679A6B07AA8C9CA5486D3');
INSERT INTO "documents" VALUES(3,'87ab39f219ad8d64',1,'damaged.txt','damaged','ab8ad9527bd229bceb950d769c94273ff06cc89c00a944f25adecf541a29cb85','text/plain','utf-8',21,21,1,'{}','2026-11-25T16:04:41+00:00',X'679CE8B038BE3DA6E97C8C7E27AC1016');
CREATE TABLE feedback (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    request TEXT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (collection, request)
);
INSERT INTO "feedback" VALUES(1,'0f8e22e3bb6ee42424bd8d5d683ad9ee',1,'r1','good');
CREATE TABLE texts (
    document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE,
    text TEXT NOT NULL,
    digest BLOB NOT NULL
);
INSERT INTO "texts" VALUES(1,'A title

The lighthouse was lit in 1858. It is 40 metres high.
Read more

The keeper left in 1923; nobody followed him until the war was over.

Copyright 2019 by Nadia Fontaine.
',X'DE99CD97028C7379CCAB426CA1958881');
INSERT INTO "texts" VALUES(2,'---
author: ''Ann''
---
# One

First words here. Second words there.

## Two

Share this

Third words, é and 👩‍👧, follow.
',X'9D8F5AC32E745A1021902C985B8F4B1E');
INSERT INTO "texts" VALUES(3,'This text says eight.',X'1A337E9437431D8C06732C8C66703D00');
CREATE INDEX chunks_of_document ON chunks (document);
CREATE INDEX changes_of_collection ON changes (collection, seq);
CREATE TRIGGER document_added AFTER INSERT ON documents
    BEGIN INSERT INTO changes (collection, document) VALUES (new.collection, new.row); END;
CREATE TRIGGER document_removed AFTER DELETE ON documents
    BEGIN INSERT INTO changes (collection, document) VALUES (old.collection, old.row); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('collections',1);
INSERT INTO "sqlite_sequence" VALUES('changes',3);
INSERT INTO "sqlite_sequence" VALUES('documents',3);
INSERT INTO "sqlite_sequence" VALUES('feedback',1);
COMMIT;
PRAGMA user_version = 3;
PRAGMA application_id = 1364674899;
