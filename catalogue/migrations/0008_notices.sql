-- Notices: what people were told, and whether it reached them. And gates that know themselves until when they
-- have time, so that no query has to know the working calendar.

-- --- Until when a gate has time is said by the event with which a pause ends. -------------------------------

CREATE OR REPLACE VIEW catalogue.waiting WITH (security_invoker = true) AS
SELECT matter.stream, matter.gate, matter.technology, matter.board, matter.definition, matter.state,
       matter.opened, matter.since, matter.because, matter.escalated, matter.asked_by,
       (SELECT min(decision.sequence) FROM catalogue.decisions AS decision
        WHERE decision.stream = matter.stream AND decision.gate = matter.gate) AS first_decided,
       matter.due,
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

DROP VIEW catalogue.rests;

-- --- Notices. They are no projection: what was told does not follow from the events alone, and a rebuild must
-- --- not tell it again. They name roles and boards, and no address.

CREATE TABLE ledger.notices (
    id        text PRIMARY KEY,  -- the recipient and the number: board-lead@fife/12
    programme text NOT NULL,
    role      text NOT NULL,
    board     text,              -- NULL: the national level
    recipient text NOT NULL,     -- both, as people write them
    number    integer NOT NULL CHECK (number > 0),
    sort      text NOT NULL CHECK (sort IN ('digest', 'urgent', 'test')),
    day       date NOT NULL,     -- the local day on which it was written
    written   timestamptz NOT NULL,
    content   jsonb NOT NULL,    -- as domain.notice_text.Notice is written
    state     text NOT NULL DEFAULT 'waiting'
              CHECK (state IN ('waiting', 'sent', 'undeliverable', 'unaddressed')),
    settled   timestamptz,       -- since when it waits no more
    trouble   text,              -- what was in the way last
    UNIQUE (recipient, number)
);
-- Nobody has two digests a day, whoever composes them.
CREATE UNIQUE INDEX notices_daily ON ledger.notices (recipient, day) WHERE sort = 'digest';
CREATE INDEX notices_waiting ON ledger.notices (programme, written) WHERE state IN ('waiting', 'undeliverable');

-- What each recipient has been told; of a matter that is gone nothing is kept.
CREATE TABLE ledger.told (
    programme text NOT NULL,
    recipient text NOT NULL,
    board     text,
    remark    text NOT NULL,
    matter    text NOT NULL,
    notice    text NOT NULL REFERENCES ledger.notices (id),
    PRIMARY KEY (recipient, remark)
);
CREATE INDEX told_matters ON ledger.told (programme, matter);

-- One row for each notice and each place to which it goes. A place is known by a digest, for addresses are
-- people's. A claim is committed before anything is sent, so that after a crash it is known what may have been.
CREATE TABLE ledger.deliveries (
    notice   text NOT NULL REFERENCES ledger.notices (id),
    target   text NOT NULL,      -- mail:<digest> or webhook:<digest>
    board    text,
    state    text NOT NULL CHECK (state IN ('claimed', 'failed', 'sent', 'refused')),
    attempts integer NOT NULL DEFAULT 1,
    doubts   integer NOT NULL DEFAULT 0,  -- attempts of which nobody knows whether they arrived
    claimed  timestamptz NOT NULL,
    settled  timestamptz,
    trouble  text,
    PRIMARY KEY (notice, target)
);

GRANT SELECT, INSERT ON ledger.notices TO cairn_app;
GRANT UPDATE (state, settled, trouble) ON ledger.notices TO cairn_app;
GRANT SELECT, INSERT, DELETE ON ledger.told TO cairn_app;
GRANT SELECT, INSERT, UPDATE ON ledger.deliveries TO cairn_app;
CALL ledger.open_to_readers('ledger.notices', 'board', 'cairn_national, cairn_board, cairn_viewer');
CALL ledger.open_to_readers('ledger.told', 'board', 'cairn_national, cairn_board, cairn_viewer');
CALL ledger.open_to_readers('ledger.deliveries', 'board', 'cairn_national, cairn_board, cairn_viewer');
