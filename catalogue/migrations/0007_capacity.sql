-- Capacity in two lanes: limits by name, work of every kind in the books, ranks of single boards. After this
-- migration the projections are to be made again, with `catalogue rebuild`.

ALTER TABLE catalogue.programmes DROP COLUMN capacity;

-- How much there is of what is limited: national/developing, board/fife/sustaining, role/implementation-manager.
CREATE TABLE catalogue.limits (
    programme   text NOT NULL,
    limit_name  text NOT NULL,
    capacity    integer NOT NULL,
    PRIMARY KEY (programme, limit_name)
);

-- Everything that draws on capacity: boards' rollouts and work that nobody planned.
DROP TABLE catalogue.slots;
CREATE TABLE catalogue.slots (
    programme   text NOT NULL,
    name        text NOT NULL,  -- the rollout's stream, or work/<slug>
    technology  text,
    board       text,
    lane        text NOT NULL,  -- developing, sustaining
    roles       text[] NOT NULL,
    title       text NOT NULL,
    priority    integer NOT NULL,  -- of work that nobody planned; rollouts are ranked in catalogue.priorities
    state       text NOT NULL,  -- queued, held, returned; lost and found, where the rollout was found not to run
    ready       boolean NOT NULL,
    begun       boolean NOT NULL,
    asking      integer NOT NULL,
    passed_over integer NOT NULL,
    since       timestamptz,    -- NULL where it neither waits nor has a slot
    asked       integer,        -- the event with which it joined the queue
    because     text,           -- why its place was taken away
    PRIMARY KEY (programme, name)
);
CREATE INDEX ON catalogue.slots (programme, technology, board);

DROP TABLE catalogue.priorities;
CREATE TABLE catalogue.priorities (
    programme  text NOT NULL,
    ranked     text NOT NULL,  -- the stream of the technology or of one board's rollout
    technology text NOT NULL,
    board      text,
    priority   integer NOT NULL,
    at         timestamptz NOT NULL,
    name       text NOT NULL,
    role       text NOT NULL,
    reason     text NOT NULL,
    PRIMARY KEY (programme, ranked)
);

-- What a board in the queue waits for, as it was told.
ALTER TABLE catalogue.rollouts ADD COLUMN slot_wait text NOT NULL DEFAULT 'one of the programme''s slots';

GRANT SELECT, INSERT, UPDATE, DELETE ON catalogue.limits, catalogue.slots, catalogue.priorities TO cairn_app;
CALL ledger.open_to_readers('catalogue.limits', 'NULL::text', 'cairn_national, cairn_board, cairn_viewer');
CALL ledger.open_to_readers('catalogue.slots', 'board', 'cairn_national, cairn_board, cairn_viewer');
CALL ledger.open_to_readers('catalogue.priorities', 'board', 'cairn_national, cairn_board, cairn_viewer');
