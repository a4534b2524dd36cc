-- The permanent record: append-only for the application, numbered within each stream.

CREATE TABLE ledger.streams (
    stream text COLLATE "C" PRIMARY KEY,
    head   integer NOT NULL CHECK (head > 0)
);

CREATE TABLE ledger.events (
    position    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    stream      text COLLATE "C" NOT NULL,  -- so that its key also finds all streams that begin alike
    sequence    integer     NOT NULL CHECK (sequence > 0),
    type        text        NOT NULL,
    time        timestamptz NOT NULL,
    actor       text        NOT NULL,
    roles       text[]      NOT NULL,
    boards      text[],     -- NULL: the actor covers all boards
    data        jsonb       NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction xid8        NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (stream, sequence)
);

-- Readers follow the ledger in this order, see catalogue/tail.py.
CREATE INDEX events_in_order ON ledger.events (transaction, position);
CREATE INDEX events_by_type ON ledger.events (type, position);

GRANT USAGE ON SCHEMA ledger TO cairn_app;
GRANT SELECT ON ledger.migrations TO cairn_app;
GRANT SELECT, INSERT, UPDATE ON ledger.streams TO cairn_app;
GRANT SELECT, INSERT ON ledger.events TO cairn_app;
