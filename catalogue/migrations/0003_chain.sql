-- A ledger that shows whether it was altered, and reads that stop at the boards a reader is entitled to.

-- --- The chain: every event holds a hash over itself and the hash of the event before it in its stream. ----

ALTER TABLE ledger.events
    ADD COLUMN on_behalf_of text,  -- whose delegation the actor used
    ADD COLUMN proof        text,  -- the signature by which the actor proved the decision, as compact JWS
    ADD COLUMN hash         bytea;

-- The one definition of what is hashed: a JSON array as text, which anybody can write without PostgreSQL.
CREATE FUNCTION ledger.hash_of(previous bytea, event ledger.events) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to(jsonb_build_array(
    encode(previous, 'hex'), (event).stream, (event).sequence, (event).type, (event).time AT TIME ZONE 'UTC',
    (event).actor, (event).roles, (event).boards, (event).on_behalf_of, (event).data, (event).proof
)::text, 'UTF8'));

-- A trigger, so that whoever inserts an event by any way inserts it into the chain.
CREATE FUNCTION ledger.chain() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE previous bytea := '';
BEGIN
    IF NEW.sequence > 1 THEN
        SELECT hash INTO previous FROM ledger.events
        WHERE stream = NEW.stream AND sequence = NEW.sequence - 1;
        IF NOT FOUND THEN
            RAISE integrity_constraint_violation
                USING MESSAGE = format('event %s of %s follows upon no event', NEW.sequence, NEW.stream);
        END IF;
    END IF;
    NEW.hash := ledger.hash_of(previous, NEW);
    RETURN NEW;
END $$;

DO $$
DECLARE
    event ledger.events;
    last ledger.events;
    chained bytea;
BEGIN
    FOR event IN SELECT * FROM ledger.events ORDER BY stream, sequence LOOP
        chained := ledger.hash_of(CASE WHEN event.stream = last.stream THEN chained ELSE '' END, event);
        UPDATE ledger.events SET hash = chained WHERE stream = event.stream AND sequence = event.sequence;
        last := event;
    END LOOP;
END $$;

ALTER TABLE ledger.events ALTER COLUMN hash SET NOT NULL;
CREATE TRIGGER chain BEFORE INSERT ON ledger.events FOR EACH ROW EXECUTE FUNCTION ledger.chain();

-- --- Seals: where all streams stood at a moment, so that what is cut off a stream is missed as well. --------

CREATE TABLE ledger.seals (
    number   integer     PRIMARY KEY CHECK (number > 0),
    taken_at timestamptz NOT NULL,
    streams  integer     NOT NULL,
    events   bigint      NOT NULL,
    digest   bytea       NOT NULL
);

-- The heads that a seal found moved since the seal before it; those of all seals together are all heads.
CREATE TABLE ledger.sealed_heads (
    stream text COLLATE "C" NOT NULL,
    seal   integer          NOT NULL REFERENCES ledger.seals,
    head   integer          NOT NULL,
    hash   bytea            NOT NULL,
    PRIMARY KEY (stream, seal)
);

CREATE FUNCTION ledger.seal_of(previous bytea, seal ledger.seals, heads text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to(jsonb_build_array(
    encode(previous, 'hex'), (seal).number, (seal).taken_at AT TIME ZONE 'UTC', (seal).streams, (seal).events,
    heads
)::text, 'UTF8'));

GRANT SELECT, INSERT ON ledger.seals, ledger.sealed_heads TO cairn_app;

-- --- Readers: what a login may see. -------------------------------------------------------------------------

-- The boards that a login of role cairn_board is entitled to.
CREATE TABLE ledger.readers (
    login  text   PRIMARY KEY,
    boards text[] NOT NULL CHECK (NOT boards && '{*,national}')
);
ALTER TABLE ledger.readers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON ledger.readers FOR SELECT USING (login = session_user);
GRANT SELECT ON ledger.readers TO cairn_app, cairn_national, cairn_board, cairn_viewer;

-- Whose rows this session sees: boards and 'national', or '*' for all; NULL, which matches nothing, for a
-- login that nobody entered. The login is what counts, and no SET changes it.
CREATE FUNCTION ledger.scope() RETURNS text[]
LANGUAGE sql STABLE
RETURN CASE
    WHEN pg_has_role('cairn_app', 'USAGE') OR pg_has_role('cairn_national', 'USAGE')
        OR pg_has_role('cairn_viewer', 'USAGE') THEN '{*}'::text[]
    ELSE (SELECT '{national}' || reader.boards FROM ledger.readers AS reader WHERE reader.login = session_user)
END;

-- The board that a stream, or an event of a stream, is about; NULL is the national programme.
CREATE FUNCTION ledger.board_of(stream text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE split_part(stream, '/', 1) WHEN 'rollout' THEN split_part(stream, '/', 3) END;

CREATE FUNCTION ledger.board_of(stream text, data jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(ledger.board_of(stream), data ->> 'board', data -> 'report' ->> 'board');

-- Every table is opened in this way: the application works on its rows, a reader sees those in scope.
CREATE PROCEDURE ledger.open_to_readers(relation regclass, board text, readers text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY application ON %s TO cairn_app USING (true) WITH CHECK (true)', relation);
    EXECUTE format(
        'CREATE POLICY readers ON %s FOR SELECT TO %s '
        'USING (ARRAY[coalesce(%s, ''national''), ''*''] && (SELECT ledger.scope()))',
        relation, readers, board);
    EXECUTE format('GRANT SELECT ON %s TO %s', relation, readers);
END $$;
REVOKE EXECUTE ON PROCEDURE ledger.open_to_readers FROM PUBLIC;

GRANT USAGE ON SCHEMA ledger, catalogue TO cairn_national, cairn_board, cairn_viewer;

CALL ledger.open_to_readers('ledger.migrations', 'NULL::text', 'cairn_national, cairn_viewer');
CREATE POLICY version ON ledger.migrations FOR SELECT TO cairn_board USING (true);
GRANT SELECT ON ledger.migrations TO cairn_board;

CALL ledger.open_to_readers('ledger.events', 'ledger.board_of(stream, data)', 'cairn_national, cairn_board');
CALL ledger.open_to_readers('ledger.streams', 'ledger.board_of(stream)', 'cairn_national, cairn_board');
CALL ledger.open_to_readers('ledger.seals', 'NULL::text', 'cairn_national');
CALL ledger.open_to_readers('ledger.sealed_heads', 'ledger.board_of(stream)', 'cairn_national');
-- A viewer may ask for events, and is shown none: no policy names it.
GRANT SELECT ON ledger.events, ledger.streams TO cairn_viewer;

DO $$
DECLARE rule record;
BEGIN
    FOR rule IN
        SELECT * FROM (VALUES
            ('catalogue.journeys', 'board'),
            ('catalogue.rollouts', 'board'),
            ('catalogue.tasks', 'board'),
            ('catalogue.decisions', 'board'),
            ('catalogue.slots', 'board'),
            ('catalogue.steering', 'ledger.board_of(stream)'),
            -- National by their nature.
            ('catalogue.technologies', 'NULL::text'),
            ('catalogue.waves', 'NULL::text'),
            ('catalogue.playbooks', 'NULL::text'),
            ('catalogue.programmes', 'NULL::text'),
            ('catalogue.priorities', 'NULL::text'),
            ('catalogue.entities', 'NULL::text')
        ) AS rules (relation, board)
    LOOP
        CALL ledger.open_to_readers(
            rule.relation::regclass, rule.board, 'cairn_national, cairn_board, cairn_viewer');
    END LOOP;
END $$;

-- Views ask with the rights of whoever asks them. A wave is national; a planned board is that board's.
ALTER VIEW catalogue.progress SET (security_invoker = true);
CREATE OR REPLACE VIEW catalogue.planned WITH (security_invoker = true, security_barrier = true) AS
SELECT wave.technology, board.board, wave.name AS wave, wave.name = 'pilots' AS pilot, wave.released,
       wave.ordered, wave.place, board.place AS place_in_wave
FROM catalogue.waves AS wave
JOIN catalogue.technologies AS technology ON technology.slug = wave.technology
CROSS JOIN LATERAL unnest(wave.boards) WITH ORDINALITY AS board (board, place)
WHERE (wave.released IS NOT NULL OR wave.name = 'pilots' OR wave.ordered = technology.ordered)
  AND ARRAY[board.board, '*'] && (SELECT ledger.scope());
GRANT SELECT ON catalogue.planned, catalogue.progress TO cairn_national, cairn_board, cairn_viewer;
