-- What hinders and what helps, what was tried about it, what the playbook learns from it; and
-- which technology takes the place of which.

CREATE TABLE catalogue.barriers (
    name       text PRIMARY KEY,   -- ccbt-perinatal/fife/barrier/3
    stream     text NOT NULL,
    number     integer NOT NULL,
    technology text NOT NULL,
    place      text NOT NULL,      -- national, a board, or a track's area
    board      text,
    sequence   integer NOT NULL,
    nature     text NOT NULL,      -- barrier, facilitator
    what       text NOT NULL,
    category   text NOT NULL,
    severity   text,               -- minor, serious, blocking; NULL for what helps
    plan       text,
    steps      text[] NOT NULL,
    owner      text NOT NULL,
    raised     jsonb NOT NULL,
    evidence   text[] NOT NULL,
    due        timestamptz,
    escalated  text[] NOT NULL,
    resolution text,               -- overcome, accepted, gone; NULL while it is open
    closed     jsonb
);
CREATE INDEX ON catalogue.barriers (technology, board);
CREATE INDEX ON catalogue.barriers (category);
CREATE INDEX ON catalogue.barriers (stream) WHERE closed IS NULL;

CREATE TABLE catalogue.mitigations (
    barrier  text NOT NULL,
    number   integer NOT NULL,
    stream   text NOT NULL,
    board    text,
    strategy text NOT NULL,
    what     text NOT NULL,
    ground   jsonb NOT NULL,
    begun    jsonb NOT NULL,
    outcome  text,                 -- worked, helped, failed; NULL while it is tried
    ended    jsonb,
    PRIMARY KEY (barrier, number)
);
CREATE INDEX ON catalogue.mitigations (strategy);

-- The technology whose place one takes, and the one that takes its place.
ALTER TABLE catalogue.technologies ADD COLUMN replaces text, ADD COLUMN replaced_by text;

-- Changes to the playbook that were proposed.
CREATE TABLE catalogue.amendments (
    technology text NOT NULL,
    number     integer NOT NULL,
    part       text NOT NULL,      -- implementation, handover
    step       text NOT NULL,
    change     jsonb NOT NULL,
    lessons    text[] NOT NULL,    -- the names of the barriers from which it was learned
    evidence   text[] NOT NULL,
    observed   jsonb,
    against    integer NOT NULL,   -- the version that it is to change
    proposed   jsonb NOT NULL,
    people     text[] NOT NULL,
    accepted   boolean,
    reviewed   jsonb,
    version    integer,            -- the version in which it was published
    PRIMARY KEY (technology, number)
);

-- The steps that a barrier holds.
CREATE VIEW catalogue.holds WITH (security_invoker = true) AS
SELECT stream, plan, step, name AS barrier
FROM catalogue.barriers CROSS JOIN LATERAL unnest(steps) AS step
WHERE severity = 'blocking' AND closed IS NULL;

-- Why no gate may be passed in a life: for what its technology says, or for a barrier of its own.
CREATE VIEW catalogue.held_up WITH (security_invoker = true) AS
SELECT journey.stream, concat_ws('; ', nullif(rollout.held_up, ''), own.barriers) AS why
FROM catalogue.journeys AS journey
LEFT JOIN catalogue.rollouts AS rollout USING (stream)
CROSS JOIN LATERAL (
    SELECT string_agg('barrier ' || number || ' blocks it: "' || what || '"', '; ' ORDER BY number) AS barriers
    FROM catalogue.barriers AS barrier
    WHERE barrier.stream = journey.stream AND severity = 'blocking' AND closed IS NULL
) AS own;

CALL ledger.open_to_readers('catalogue.barriers', 'board', 'cairn_national, cairn_board, cairn_viewer');
CALL ledger.open_to_readers('catalogue.mitigations', 'board', 'cairn_national, cairn_board, cairn_viewer');
CALL ledger.open_to_readers('catalogue.amendments', 'NULL::text', 'cairn_national, cairn_board, cairn_viewer');
GRANT SELECT ON catalogue.holds, catalogue.held_up TO cairn_national, cairn_board, cairn_viewer;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA catalogue TO cairn_app;
