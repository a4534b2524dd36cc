-- Evidence, and what is decided on it. After this migration the projections are to be made again, with
-- `catalogue rebuild`: what happened before is folded anew into these tables.

-- Gates that wait for a decision. They were columns of journeys, when only one could wait at a time.
ALTER TABLE catalogue.journeys DROP COLUMN gate, DROP COLUMN gate_since;

CREATE TABLE catalogue.matters (
    stream     text NOT NULL,
    gate       text NOT NULL,
    technology text NOT NULL,
    board      text,
    definition jsonb NOT NULL,
    state      text,           -- open, reopened; NULL once it no longer waits
    opened     integer,        -- the event since which it waits
    since      timestamptz,
    due        timestamptz,    -- as it was when it opened: see catalogue.waiting
    because    text,           -- why it was reopened
    escalated  boolean NOT NULL,
    asked_by   text[] NOT NULL,
    PRIMARY KEY (stream, gate)
);
CREATE INDEX matters_waiting ON catalogue.matters (technology) WHERE state IS NOT NULL;

-- What was said last in each seat; a vote from before its matter opened says nothing about it.
CREATE TABLE catalogue.votes (
    stream   text NOT NULL,
    gate     text NOT NULL,
    role     text NOT NULL,
    board    text,
    sequence integer NOT NULL,
    content  jsonb NOT NULL,
    PRIMARY KEY (stream, gate, role)
);

CREATE TABLE catalogue.objections (
    stream     text NOT NULL,
    number     integer NOT NULL,
    technology text NOT NULL,
    board      text,
    gate       text NOT NULL,
    raised     jsonb NOT NULL,
    people     text[] NOT NULL,
    answered   jsonb,
    PRIMARY KEY (stream, number)
);

CREATE TABLE catalogue.waivers (
    stream     text NOT NULL,
    number     integer NOT NULL,
    technology text NOT NULL,
    board      text,
    gate       text NOT NULL,
    criterion  text NOT NULL,
    until      timestamptz NOT NULL,
    asked      jsonb NOT NULL,
    people     text[] NOT NULL,
    granted    jsonb,
    PRIMARY KEY (stream, number)
);

CREATE TABLE catalogue.conditions (
    stream     text NOT NULL,
    number     integer NOT NULL,
    technology text NOT NULL,
    board      text,
    gate       text NOT NULL,
    sequence   integer NOT NULL,  -- the decision that set it
    what       text NOT NULL,
    owner      text NOT NULL,
    due        timestamptz NOT NULL,
    met        jsonb,
    PRIMARY KEY (stream, number)
);

ALTER TABLE catalogue.decisions
    DROP COLUMN seen,
    ADD COLUMN judgements jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN votes      jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN waivers    integer[] NOT NULL DEFAULT '{}',
    ADD COLUMN relied_on  text[] NOT NULL DEFAULT '{}';  -- the evidence that was seen
CREATE INDEX ON catalogue.decisions (stream, gate, sequence);
CREATE INDEX ON catalogue.decisions USING gin (relied_on);

CREATE TABLE catalogue.evidence (
    ref            text PRIMARY KEY,
    stream         text NOT NULL,
    technology     text NOT NULL,
    board          text,
    evidence       text NOT NULL,  -- the slug under which it is asked for
    kind           text NOT NULL,
    statement      text NOT NULL,
    source         text NOT NULL,
    dated          date NOT NULL,
    expires        date,
    content        jsonb NOT NULL,
    digest         text NOT NULL,
    version        text,           -- NULL: that of its stream when it came
    plan           text,
    step           text,
    round          integer,
    name           text NOT NULL,
    role           text NOT NULL,
    at             timestamptz NOT NULL,
    sequence       integer NOT NULL,
    place_in_event integer NOT NULL,
    superseded_by  text,
    withdrawn      jsonb
);
CREATE INDEX ON catalogue.evidence (stream, evidence);
CREATE INDEX ON catalogue.evidence (expires) WHERE expires IS NOT NULL;

-- That evidence has expired is noticed by every life in which something rests on it, so also by others than
-- the one that holds it.
CREATE TABLE catalogue.expiries (
    stream text NOT NULL,
    ref    text NOT NULL,
    board  text,
    at     timestamptz NOT NULL,
    PRIMARY KEY (stream, ref)
);

-- The version of the technology that a life is about, from each event on.
CREATE TABLE catalogue.versions (
    stream   text NOT NULL,
    sequence integer NOT NULL,
    board    text,
    version  text NOT NULL,
    PRIMARY KEY (stream, sequence)
);

CREATE TABLE catalogue.checks (
    stream     text NOT NULL,
    slug       text NOT NULL,
    technology text NOT NULL,
    board      text,
    place      integer NOT NULL,  -- its place among the checks of its stream
    title      text NOT NULL,
    signers    text[] NOT NULL,
    rests_on   text[] NOT NULL,
    definition jsonb NOT NULL,
    PRIMARY KEY (stream, slug)
);

CREATE TABLE catalogue.trials (
    stream     text NOT NULL,
    trial      text NOT NULL,
    technology text NOT NULL,
    board      text,
    sequence   integer NOT NULL,  -- its start
    title      text NOT NULL,
    priority   text NOT NULL,
    prediction text NOT NULL,
    started    jsonb NOT NULL,
    found      text,
    verdict    text,
    decided    jsonb,
    PRIMARY KEY (stream, trial)
);

ALTER TABLE catalogue.tasks
    ADD COLUMN draws_on text[] NOT NULL DEFAULT '{}',  -- the pilots' findings that it needs
    ADD COLUMN drawn    text[] NOT NULL DEFAULT '{}';  -- the evidence that was there when it opened
ALTER TABLE catalogue.technologies
    ADD COLUMN version text NOT NULL DEFAULT '1',
    ADD COLUMN steered_by text[] NOT NULL DEFAULT '{}';
ALTER TABLE catalogue.rollouts
    ADD COLUMN version text NOT NULL DEFAULT '1',
    ADD COLUMN held_up text NOT NULL DEFAULT '',
    ADD COLUMN asks    text[] NOT NULL DEFAULT '{}',  -- what its gates ask of the national programme
    ADD COLUMN reports text[] NOT NULL DEFAULT '{}';  -- what a pilot reports to its technology

-- The evidence on record, with what follows from other rows: its version, and whether the step that brought
-- it is being done again.
CREATE VIEW catalogue.register WITH (security_invoker = true) AS
SELECT entry.ref, entry.stream, entry.technology, entry.board, entry.evidence, entry.kind, entry.statement,
       entry.source, entry.dated, entry.expires, entry.content, entry.digest, entry.plan, entry.step,
       entry.round, entry.name, entry.role, entry.at, entry.sequence, entry.place_in_event,
       entry.superseded_by, entry.withdrawn, coalesce(entry.version, told.version) AS version,
       again.found AS set_aside,
       entry.withdrawn IS NULL AND entry.superseded_by IS NULL AND NOT again.found AS stands
FROM catalogue.evidence AS entry
LEFT JOIN LATERAL (
    SELECT version FROM catalogue.versions
    WHERE versions.stream = entry.stream AND versions.sequence <= entry.sequence
    ORDER BY versions.sequence DESC LIMIT 1
) AS told ON entry.version IS NULL
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM catalogue.tasks AS task
        WHERE task.stream = entry.stream AND task.plan = entry.plan AND task.step = entry.step
          AND task.round > entry.round
    ) AS found
) AS again;

-- Which evidence a life knows, and whose it is: its own; of the national programme, what a board's gates ask
-- for, with what signatures rest on; of pilots, what they report once they are tested, and what they have withdrawn.
CREATE VIEW catalogue.known WITH (security_invoker = true) AS
SELECT entry.stream AS life, 'own' AS place, entry.* FROM catalogue.register AS entry
UNION ALL
SELECT rollout.stream, 'national', entry.*
FROM catalogue.rollouts AS rollout
JOIN catalogue.register AS entry ON entry.stream = 'technology/' || rollout.technology
WHERE entry.evidence = ANY (rollout.asks)
   OR EXISTS (SELECT FROM catalogue.checks AS needed
              WHERE needed.stream = entry.stream AND needed.slug = ANY (rollout.asks)
                AND entry.evidence = ANY (needed.rests_on))
UNION ALL
SELECT 'technology/' || rollout.technology, rollout.board, entry.*
FROM catalogue.rollouts AS rollout
JOIN catalogue.journeys AS journey USING (stream)
JOIN catalogue.register AS entry ON entry.stream = rollout.stream AND entry.evidence = ANY (rollout.reports)
WHERE rollout.pilot
  AND (entry.withdrawn IS NOT NULL OR journey.stage NOT IN ('released', 'proof-of-concept'));

-- The decisions on which lives have moved on: the last one at each gate, where it proceeds.
CREATE VIEW catalogue.passed WITH (security_invoker = true) AS
SELECT decision.* FROM catalogue.decisions AS decision
WHERE decision.effect = 'proceed' AND NOT EXISTS (
    SELECT FROM catalogue.decisions AS later
    WHERE later.stream = decision.stream AND later.gate = decision.gate
      AND later.sequence > decision.sequence
);

-- The times for which lives were paused, by whoever's pause, as one each, from the event with which it ended.
CREATE VIEW catalogue.rests WITH (security_invoker = true) AS
SELECT stream, sequence, since, at AS until
FROM (
    SELECT stream, sequence, act, at, held,
           max(at) FILTER (WHERE act = 'paused' AND held = 1)
               OVER (PARTITION BY stream ORDER BY sequence) AS since
    FROM (
        SELECT stream, sequence, act, at,
               sum(CASE act WHEN 'paused' THEN 1 ELSE -1 END)
                   OVER (PARTITION BY stream ORDER BY sequence) AS held
        FROM catalogue.steering WHERE act IN ('paused', 'resumed')
    ) AS counted
) AS spanned
WHERE act = 'resumed' AND held = 0;

-- The gates that wait, with the time that pauses gave them; what was stopped waits for nothing.
CREATE VIEW catalogue.waiting WITH (security_invoker = true) AS
SELECT matter.stream, matter.gate, matter.technology, matter.board, matter.definition, matter.state,
       matter.opened, matter.since, matter.because, matter.escalated, matter.asked_by,
       (SELECT min(decision.sequence) FROM catalogue.decisions AS decision
        WHERE decision.stream = matter.stream AND decision.gate = matter.gate) AS first_decided,
       matter.due + coalesce((
           SELECT sum(rest.until - greatest(rest.since, matter.since)) FROM catalogue.rests AS rest
           WHERE rest.stream = matter.stream AND rest.sequence > matter.opened
       ), interval '0') AS due,
       coalesce(journey.paused_own, journey.paused_technology) IS NOT NULL AS at_rest,
       matter.technology || '/' || coalesce(matter.board, 'national') || '/' || matter.gate AS name,
       ARRAY(
           SELECT seat ->> 'role'
           FROM jsonb_array_elements(matter.definition -> 'seats') WITH ORDINALITY AS seats (seat, place)
           ORDER BY place
       ) AS seats,
       ARRAY(SELECT jsonb_array_elements_text(matter.definition -> 'escalates_to')) AS escalates_to
FROM catalogue.matters AS matter JOIN catalogue.journeys AS journey USING (stream)
WHERE matter.state IS NOT NULL AND journey.stopped IS NULL;

-- What became of the conditions: one that is not met lapses when its gate is decided again.
CREATE VIEW catalogue.terms WITH (security_invoker = true) AS
SELECT condition.*,
       CASE WHEN condition.met IS NOT NULL THEN 'met'
            WHEN EXISTS (SELECT FROM catalogue.decisions AS later
                         WHERE later.stream = condition.stream AND later.gate = condition.gate
                           AND later.sequence > condition.sequence) THEN 'lapsed'
            ELSE 'open' END AS state
FROM catalogue.conditions AS condition;

-- The evidence on which passed gates rest: what was seen, and what has been brought about the same since then,
-- as long as nobody has taken it back. What a pilot does again rests on nothing until it has found it.
CREATE VIEW catalogue.ground WITH (security_invoker = true) AS
SELECT DISTINCT passed.stream AS life, entry.ref, entry.about, entry.role, entry.expires, noticed.found AS expired
FROM catalogue.passed
CROSS JOIN LATERAL unnest(passed.relied_on) AS seen (ref)
JOIN LATERAL (
    SELECT newer.ref, newer.stream, newer.role, newer.expires, newer.at, newer.stream || '/' || newer.evidence AS about
    FROM catalogue.register AS old
    JOIN catalogue.register AS newer ON newer.stream = old.stream AND newer.evidence = old.evidence
    WHERE old.ref = seen.ref AND newer.stands
      AND (newer.ref = ANY (passed.relied_on) OR newer.at >= passed.at)
) AS entry ON true
JOIN catalogue.journeys AS holder ON holder.stream = entry.stream
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM catalogue.expiries AS expiry
                   WHERE expiry.stream = passed.stream AND expiry.ref = entry.ref) AS found
) AS noticed
WHERE entry.stream = passed.stream OR holder.kind <> 'rollout'
   OR holder.stage NOT IN ('released', 'proof-of-concept');

-- The evidence to be brought anew: it was noticed to have expired while a passed gate rests on it, and nothing
-- about the same holds. (It begins with the few lives that noticed, for there is much evidence.)
CREATE VIEW catalogue.to_renew WITH (security_invoker = true) AS
SELECT old.life, old.ref, old.role, old.expires
FROM (SELECT DISTINCT stream FROM catalogue.expiries) AS noticing
JOIN catalogue.ground AS old ON old.life = noticing.stream
WHERE old.expired AND NOT EXISTS (
    SELECT FROM catalogue.ground AS other
    WHERE other.life = old.life AND other.about = old.about AND NOT other.expired
);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA catalogue TO cairn_app;

DO $$
DECLARE opened text;
BEGIN
    FOREACH opened IN ARRAY ARRAY['matters', 'votes', 'objections', 'waivers', 'conditions', 'evidence',
                                  'expiries', 'versions', 'checks', 'trials']
    LOOP
        CALL ledger.open_to_readers(
            format('catalogue.%I', opened)::regclass, 'board', 'cairn_national, cairn_board, cairn_viewer');
    END LOOP;
END $$;
GRANT SELECT ON catalogue.register, catalogue.known, catalogue.passed, catalogue.rests, catalogue.waiting,
    catalogue.terms, catalogue.ground, catalogue.to_renew TO cairn_national, cairn_board, cairn_viewer;
