-- Parallel tracks may be a board's, as their names say: workstream/ccbt-perinatal/adoption@fife. And going live
-- depends on infrastructure: what of it is not ready yet stands beside each board that awaits it.

CREATE OR REPLACE FUNCTION ledger.board_of(stream text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE split_part(stream, '/', 1)
    WHEN 'rollout' THEN split_part(stream, '/', 3)
    WHEN 'workstream' THEN nullif(split_part(split_part(stream, '/', 3), '@', 2), '')
END;

-- Each entry as domain.infrastructure.Awaited is written, with its board, and what and holds_up in its words.
ALTER TABLE catalogue.rollouts ADD awaits jsonb NOT NULL DEFAULT '[]';

-- What each track has not made ready yet, as its technology knows it.
CREATE TABLE catalogue.outstanding (
    stream     text NOT NULL,  -- the technology's
    track      text NOT NULL,
    technology text NOT NULL,
    board      text,
    awaits     jsonb NOT NULL,
    PRIMARY KEY (stream, track)
);
CREATE INDEX ON catalogue.outstanding (technology);

-- Why no gate may be passed in a life: for what its technology says, for infrastructure that going live
-- depends on, for a barrier of its own, or as the version that comes next is halted.
CREATE OR REPLACE VIEW catalogue.held_up WITH (security_invoker = true) AS
SELECT journey.stream, concat_ws('; ', nullif(rollout.held_up, ''), lacking.why, halted.why, own.barriers) AS why
FROM catalogue.journeys AS journey
LEFT JOIN catalogue.rollouts AS rollout USING (stream)
LEFT JOIN LATERAL (
    SELECT 'halt ' || halt.number || ' freezes version ' || halt.version || ' of the playbook: ' || halt.concern AS why
    FROM catalogue.halts AS halt JOIN catalogue.technologies AS technology USING (stream)
    WHERE halt.stream = journey.stream AND halt.released IS NULL AND halt.version = technology.playbook
    ORDER BY halt.number LIMIT 1
) AS halted ON true
CROSS JOIN LATERAL (
    SELECT string_agg(awaited ->> 'holds_up', '; ' ORDER BY place) AS why
    FROM jsonb_array_elements(rollout.awaits) WITH ORDINALITY AS awaits (awaited, place)
    WHERE journey.stage = 'replication' AND EXISTS (
        SELECT FROM catalogue.matters AS matter WHERE matter.stream = journey.stream AND matter.state = 'open'
    )
) AS lacking
CROSS JOIN LATERAL (
    SELECT string_agg('barrier ' || number || ' blocks it: "' || what || '"', '; ' ORDER BY number) AS barriers
    FROM catalogue.barriers AS barrier
    WHERE barrier.stream = journey.stream AND severity = 'blocking' AND closed IS NULL
) AS own;

CALL ledger.open_to_readers('catalogue.outstanding', 'board', 'cairn_national, cairn_board, cairn_viewer');
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA catalogue TO cairn_app;
