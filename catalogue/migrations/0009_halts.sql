-- Stopping the line: which halts each life knows, since when it was frozen, and how a halt was released. After this
-- migration the projections are to be made again, with `catalogue rebuild`.

CREATE TABLE catalogue.halts (
    stream       text NOT NULL,
    number       integer NOT NULL,
    technology   text NOT NULL,
    place        text NOT NULL,      -- national, a board, or a track's area
    board        text,
    concern      text NOT NULL,
    owner        text NOT NULL,
    version      integer,            -- of the playbook; NULL where it is about the technology
    may_continue text[] NOT NULL,    -- areas of work and steps
    allowance    text NOT NULL,
    raised       jsonb NOT NULL,
    halted       timestamptz NOT NULL,  -- when this life heard of it
    freezes      boolean NOT NULL,   -- whether it freezes this life: a technology has others frozen for one version
    released     jsonb,              -- NULL while it is in force here
    PRIMARY KEY (stream, number)
);
CREATE INDEX ON catalogue.halts (technology, number);
CALL ledger.open_to_readers('catalogue.halts', 'board', 'cairn_national, cairn_board, cairn_viewer');
GRANT SELECT, INSERT, UPDATE, DELETE ON catalogue.halts TO cairn_app;

ALTER TABLE catalogue.matters ADD COLUMN halt integer;  -- the halt that can be released at this gate
ALTER TABLE catalogue.rollouts ADD COLUMN kept_from jsonb;  -- the halt of the version that it would take up

-- What freezes a life now; what was stopped hears of no release, and is frozen by none.
CREATE VIEW catalogue.freezing WITH (security_invoker = true) AS
SELECT halt.* FROM catalogue.halts AS halt JOIN catalogue.journeys AS journey USING (stream)
WHERE halt.freezes AND halt.released IS NULL AND journey.stopped IS NULL;
GRANT SELECT ON catalogue.freezing TO cairn_app, cairn_national, cairn_board, cairn_viewer;

-- The gates that wait; to release a halt waits for no pause and for no other halt.
CREATE OR REPLACE VIEW catalogue.waiting WITH (security_invoker = true) AS
SELECT matter.stream, matter.gate, matter.technology, matter.board, matter.definition, matter.state,
       matter.opened, matter.since, matter.because, matter.escalated, matter.asked_by,
       (SELECT min(decision.sequence) FROM catalogue.decisions AS decision
        WHERE decision.stream = matter.stream AND decision.gate = matter.gate) AS first_decided,
       matter.due,
       matter.halt IS NULL AND (
           coalesce(journey.paused_own, journey.paused_technology) IS NOT NULL
           OR EXISTS (SELECT FROM catalogue.freezing WHERE freezing.stream = matter.stream)
       ) AS at_rest,
       matter.technology || '/' || coalesce(matter.board, 'national') || '/' || matter.gate AS name,
       ARRAY(
           SELECT seat ->> 'role'
           FROM jsonb_array_elements(matter.definition -> 'seats') WITH ORDINALITY AS seats (seat, place)
           ORDER BY place
       ) AS seats,
       ARRAY(SELECT jsonb_array_elements_text(matter.definition -> 'escalates_to')) AS escalates_to,
       matter.halt
FROM catalogue.matters AS matter JOIN catalogue.journeys AS journey USING (stream)
WHERE matter.state IS NOT NULL AND journey.stopped IS NULL;

-- Why no gate may be passed in a life: for what its technology says, for a barrier of its own, or as the version
-- that comes next is halted.
CREATE OR REPLACE VIEW catalogue.held_up WITH (security_invoker = true) AS
SELECT journey.stream, concat_ws('; ', nullif(rollout.held_up, ''), halted.why, own.barriers) AS why
FROM catalogue.journeys AS journey
LEFT JOIN catalogue.rollouts AS rollout USING (stream)
LEFT JOIN LATERAL (
    SELECT 'halt ' || halt.number || ' freezes version ' || halt.version || ' of the playbook: ' || halt.concern AS why
    FROM catalogue.halts AS halt JOIN catalogue.technologies AS technology USING (stream)
    WHERE halt.stream = journey.stream AND halt.released IS NULL AND halt.version = technology.playbook
    ORDER BY halt.number LIMIT 1
) AS halted ON true
CROSS JOIN LATERAL (
    SELECT string_agg('barrier ' || number || ' blocks it: "' || what || '"', '; ' ORDER BY number) AS barriers
    FROM catalogue.barriers AS barrier
    WHERE barrier.stream = journey.stream AND severity = 'blocking' AND closed IS NULL
) AS own;
