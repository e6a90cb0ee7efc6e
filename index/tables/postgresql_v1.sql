-- Version 1: the tables of SQLite in their version 11, and what the processes of a service share.
CREATE TABLE quotewise (version INTEGER NOT NULL);
CREATE TABLE collections (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name TEXT COLLATE "C" NOT NULL UNIQUE, root TEXT NOT NULL,
    embedder TEXT NOT NULL, fingerprint TEXT NOT NULL, dimension INTEGER NOT NULL, chunk_tokens INTEGER NOT NULL,
    language TEXT NOT NULL DEFAULT '', documents BIGINT NOT NULL DEFAULT 0, chunks BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE documents (
    row BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, id TEXT COLLATE "C" NOT NULL UNIQUE,
    collection BIGINT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL, title TEXT NOT NULL, sha256 TEXT NOT NULL, media_type TEXT NOT NULL, encoding TEXT NOT NULL,
    size_bytes BIGINT NOT NULL, characters BIGINT NOT NULL, chunks BIGINT NOT NULL, metadata TEXT NOT NULL,
    indexed_at TEXT COLLATE "C" NOT NULL, digest BYTEA NOT NULL,
    UNIQUE (collection, path)
);
CREATE TABLE texts (
    document BIGINT NOT NULL REFERENCES documents(row) ON DELETE CASCADE, start BIGINT NOT NULL, text TEXT NOT NULL,
    digest BYTEA NOT NULL,
    PRIMARY KEY (document, start)
);
CREATE TABLE layouts (
    document BIGINT PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, layout BYTEA NOT NULL, digest BYTEA NOT NULL
);
CREATE TABLE chunks (
    id BIGINT PRIMARY KEY, document BIGINT NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    start BIGINT NOT NULL, "end" BIGINT NOT NULL, heading TEXT NOT NULL, sentences BYTEA NOT NULL, text TEXT NOT NULL,
    vector BYTEA NOT NULL, digest BYTEA NOT NULL
);
CREATE INDEX chunks_of_document ON chunks (document);
CREATE TABLE stamps (document BIGINT PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, stamp TEXT NOT NULL);
CREATE TABLE changes (
    seq BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    stamp TEXT NOT NULL DEFAULT substr(md5(gen_random_uuid()::text), 1, 16),
    collection BIGINT NOT NULL, document BIGINT NOT NULL
);
CREATE INDEX changes_of_collection ON changes (collection, seq);
CREATE TABLE feedback (
    row BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, id TEXT NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', ''),
    collection BIGINT NOT NULL REFERENCES collections(id) ON DELETE CASCADE, request TEXT NOT NULL, content TEXT NOT NULL,
    UNIQUE (collection, request)
);
CREATE TABLE keys (
    row BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL,
    revision BIGINT NOT NULL UNIQUE, digest BYTEA NOT NULL
);
CREATE TABLE left_out (
    collection BIGINT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL, in_part INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (collection, path, in_part)
);
CREATE TABLE refusals (
    collection BIGINT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL, sha256 TEXT NOT NULL, parser TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (collection, path)
);

-- What is no number, or none that a double holds, has none.
CREATE FUNCTION as_number(value TEXT) RETURNS DOUBLE PRECISION LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN value ~ '^ *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *$' THEN value::double precision END;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;
-- A value may be longer than an entry of a B-tree, so equal ones are found by their hash.
CREATE TABLE metadata (
    collection BIGINT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    document BIGINT NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    number DOUBLE PRECISION GENERATED ALWAYS AS (as_number(value)) STORED,
    day TEXT COLLATE "C" GENERATED ALWAYS AS (
        CASE WHEN value ~ '^[0-9]{4}-[0-1][0-9]-[0-3][0-9]([^0-9]|$)' THEN left(value, 10) END
    ) STORED
);
CREATE INDEX metadata_of_document ON metadata (document);
CREATE INDEX metadata_by_value ON metadata USING hash (value);
CREATE INDEX metadata_by_number ON metadata (collection, number) WHERE number IS NOT NULL;
CREATE INDEX metadata_by_day ON metadata (collection, day) WHERE day IS NOT NULL;

CREATE FUNCTION document_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (collection, document) VALUES (NEW.collection, NEW.row);
    UPDATE collections SET documents = documents + 1, chunks = chunks + NEW.chunks WHERE id = NEW.collection;
    -- NUL, which a text here cannot hold, is left out.
    INSERT INTO metadata (collection, key, value, document) SELECT NEW.collection, key, value, NEW.row
        FROM json_each_text(regexp_replace(NEW.metadata, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::json);
    RETURN NULL;
END $$;
CREATE TRIGGER document_added AFTER INSERT ON documents FOR EACH ROW EXECUTE FUNCTION document_added();
CREATE FUNCTION document_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (collection, document) VALUES (OLD.collection, OLD.row);
    UPDATE collections SET documents = documents - 1, chunks = chunks - OLD.chunks WHERE id = OLD.collection;
    DELETE FROM left_out WHERE collection = OLD.collection AND path = OLD.path AND in_part = 1;
    RETURN NULL;
END $$;
CREATE TRIGGER document_removed AFTER DELETE ON documents FOR EACH ROW EXECUTE FUNCTION document_removed();

-- What processes share for minutes; a server that crashes forgets it.
CREATE UNLOGGED TABLE jobs (
    id TEXT PRIMARY KEY, content TEXT NOT NULL, finished BOOLEAN NOT NULL, told TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNLOGGED TABLE answers (
    row BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, caller TEXT NOT NULL, request TEXT NOT NULL, content TEXT NOT NULL,
    UNIQUE (caller, request)
);
CREATE UNLOGGED TABLE rates (
    name TEXT PRIMARY KEY, seconds INTEGER NOT NULL, number BIGINT NOT NULL, count INTEGER NOT NULL, before INTEGER NOT NULL
);
-- The seconds to wait, 0 where the request was counted. Windows of so many seconds are numbered since 1970.
CREATE FUNCTION count_request(named TEXT, amount INTEGER, length INTEGER) RETURNS DOUBLE PRECISION LANGUAGE plpgsql AS $$
DECLARE
    at DOUBLE PRECISION;
    known rates;
    past DOUBLE PRECISION;
BEGIN
    INSERT INTO rates VALUES (named, length, 0, 0, 0) ON CONFLICT (name) DO NOTHING;
    SELECT * INTO known FROM rates WHERE name = named FOR UPDATE;
    at := extract(epoch FROM clock_timestamp()) / length;
    IF known.seconds <> length OR known.number NOT IN (floor(at), floor(at) - 1) THEN
        known.count := 0;
        known.before := 0;
    ELSIF known.number = floor(at) - 1 THEN
        known.before := known.count;
        known.count := 0;
    END IF;
    past := at - floor(at);
    IF known.count >= amount THEN  -- and in the next window until so many of them are out of the moving one
        RETURN length * (1 - past + 1 - (amount - 1)::double precision / known.count);
    ELSIF known.count + 1 + known.before * (1 - past) > amount THEN
        RETURN length * (1 - (amount - 1 - known.count)::double precision / known.before - past);
    END IF;
    UPDATE rates SET seconds = length, number = floor(at), count = known.count + 1, before = known.before WHERE name = named;
    IF random() < 0.001 THEN  -- strangers choose names
        DELETE FROM rates r WHERE ctid IN (
            SELECT ctid FROM rates old WHERE (old.number + 2) * old.seconds < extract(epoch FROM clock_timestamp())
            FOR UPDATE SKIP LOCKED
        );
    END IF;
    RETURN 0;
END $$;
