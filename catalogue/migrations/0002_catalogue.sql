-- What follows from the ledger. Every row has exactly one stream as its writer, so the order in which
-- streams are recorded does not matter; all of it can be deleted and folded again from ledger.events.

CREATE SCHEMA catalogue;

-- What technologies, rollouts and workstreams have in common.
CREATE TABLE catalogue.journeys (
    stream            text PRIMARY KEY,
    kind              text NOT NULL,  -- technology, rollout, workstream
    technology        text NOT NULL,
    place             text NOT NULL,  -- national, a board, or a workstream's area
    board             text,
    stage             text NOT NULL,
    since             timestamptz NOT NULL,
    cycle             integer NOT NULL,
    rag               text NOT NULL,
    plan              text,           -- being worked on, or worked on last
    paused_own        jsonb,
    paused_technology jsonb,
    stopped           jsonb,
    gate              jsonb,          -- the one that waits for its decision
    gate_since        timestamptz
);
CREATE INDEX ON catalogue.journeys (technology, kind);
CREATE INDEX ON catalogue.journeys (gate_since) WHERE gate IS NOT NULL;

CREATE TABLE catalogue.technologies (
    slug        text PRIMARY KEY,
    stream      text NOT NULL,
    title       text NOT NULL,
    service     text NOT NULL,
    summary     text NOT NULL,
    programme   text NOT NULL,
    proposed    timestamptz NOT NULL,
    proposed_by text NOT NULL,
    ordered     integer NOT NULL,  -- the event that last settled the waves still to come
    playbook    integer
);

CREATE TABLE catalogue.waves (
    technology text NOT NULL,
    name       text NOT NULL,
    ordered    integer NOT NULL,  -- the event that settled this wave's make-up
    place      integer NOT NULL,  -- its place in that event
    boards     text[] NOT NULL,
    released   timestamptz,
    PRIMARY KEY (technology, name)
);

CREATE TABLE catalogue.rollouts (
    stream     text PRIMARY KEY,
    technology text NOT NULL,
    board      text NOT NULL,
    programme  text NOT NULL,
    wave       text NOT NULL,
    pilot      boolean NOT NULL,
    playbook   integer,
    UNIQUE (technology, board)
);
CREATE INDEX ON catalogue.rollouts (board);

CREATE TABLE catalogue.tasks (
    id         text PRIMARY KEY,
    stream     text NOT NULL,
    technology text NOT NULL,
    place      text NOT NULL,
    board      text,
    plan       text NOT NULL,
    step       text NOT NULL,
    place_in_plan integer NOT NULL,
    title      text NOT NULL,
    owner      text NOT NULL,
    status     text NOT NULL,
    round      integer NOT NULL,
    needs      text[] NOT NULL,
    mandatory  boolean NOT NULL,
    guidance   text,
    area       text,
    input      text,
    level      text,
    opened     timestamptz,
    due        timestamptz,
    overdue    boolean NOT NULL,
    closed     timestamptz,
    closed_by  text,
    note       text,
    asked      jsonb NOT NULL,
    given      jsonb NOT NULL
);
CREATE INDEX ON catalogue.tasks (stream, plan);
CREATE INDEX tasks_open ON catalogue.tasks (owner, due) WHERE status = 'open';

CREATE TABLE catalogue.decisions (
    stream     text NOT NULL,
    sequence   integer NOT NULL,
    technology text NOT NULL,
    board      text,
    gate       text NOT NULL,
    title      text NOT NULL,
    outcome    text NOT NULL,
    effect     text NOT NULL,
    reason     text NOT NULL,
    at         timestamptz NOT NULL,
    name       text NOT NULL,
    role       text NOT NULL,
    cycle      integer NOT NULL,
    seen       jsonb NOT NULL,
    PRIMARY KEY (stream, sequence)
);
CREATE INDEX ON catalogue.decisions (technology, at);

CREATE TABLE catalogue.steering (
    stream   text NOT NULL,
    sequence integer NOT NULL,
    act      text NOT NULL,
    at       timestamptz NOT NULL,
    name     text NOT NULL,
    role     text NOT NULL,
    reason   text NOT NULL,
    detail   jsonb NOT NULL,
    PRIMARY KEY (stream, sequence)
);

CREATE TABLE catalogue.playbooks (
    technology   text NOT NULL,
    version      integer NOT NULL,
    id           text NOT NULL,
    title        text NOT NULL,
    published    timestamptz NOT NULL,
    published_by text NOT NULL,
    role         text NOT NULL,
    content      jsonb NOT NULL,
    PRIMARY KEY (technology, version)
);

CREATE TABLE catalogue.programmes (
    slug     text PRIMARY KEY,
    name     text NOT NULL,
    capacity integer NOT NULL,
    since    timestamptz NOT NULL,
    charter  jsonb NOT NULL
);

CREATE TABLE catalogue.slots (
    programme  text NOT NULL,
    technology text NOT NULL,
    board      text NOT NULL,
    state      text NOT NULL,  -- queued, held, returned
    ready      boolean NOT NULL,
    since      timestamptz,    -- NULL once returned
    asked      integer,        -- the event with which it joined the queue
    PRIMARY KEY (programme, technology, board)
);

CREATE TABLE catalogue.priorities (
    programme  text NOT NULL,
    technology text NOT NULL,
    priority   integer NOT NULL,
    at         timestamptz NOT NULL,
    name       text NOT NULL,
    role       text NOT NULL,
    reason     text NOT NULL,
    PRIMARY KEY (programme, technology)
);

CREATE TABLE catalogue.entities (
    kind   text NOT NULL,
    id     text NOT NULL,
    name   text NOT NULL,
    status text NOT NULL,
    since  timestamptz NOT NULL,
    digest text NOT NULL,
    data   jsonb NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX ON catalogue.entities (id);

-- The boards that every technology reaches, in the waves that are in force: those that were released, the
-- pilots, and those of the last ordering.
CREATE VIEW catalogue.planned AS
SELECT wave.technology, board.board, wave.name AS wave, wave.name = 'pilots' AS pilot, wave.released,
       wave.ordered, wave.place, board.place AS place_in_wave
FROM catalogue.waves AS wave
JOIN catalogue.technologies AS technology ON technology.slug = wave.technology
CROSS JOIN LATERAL unnest(wave.boards) WITH ORDINALITY AS board (board, place)
WHERE wave.released IS NOT NULL OR wave.name = 'pilots' OR wave.ordered = technology.ordered;

-- How far the plan at hand of every journey has come.
CREATE VIEW catalogue.progress AS
SELECT journey.stream, steps.total, steps.open, steps.closed, steps.overdue
FROM catalogue.journeys AS journey
CROSS JOIN LATERAL (
    SELECT count(*) AS total,
           count(*) FILTER (WHERE task.status = 'open') AS open,
           count(*) FILTER (WHERE task.status IN ('completed', 'skipped')) AS closed,
           count(*) FILTER (WHERE task.status = 'open' AND task.overdue) AS overdue
    FROM catalogue.tasks AS task
    WHERE task.stream = journey.stream AND task.plan = journey.plan
) AS steps;

GRANT USAGE ON SCHEMA catalogue TO cairn_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA catalogue TO cairn_app;
