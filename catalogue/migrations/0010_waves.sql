-- Waves that rest or were ended, and pilots that change places. After this migration the projections are to be
-- made again, with `catalogue rebuild`.

ALTER TABLE catalogue.waves
    ADD COLUMN paused  jsonb,  -- who lets it rest, since when and why
    ADD COLUMN stopped jsonb;  -- who ended it, when and why

-- The boards that every technology reaches, in the waves that are in force: those that were released or ended, the
-- pilots, and those of the last ordering. A wave is national; a planned board is that board's.
DROP VIEW catalogue.planned;
CREATE VIEW catalogue.planned WITH (security_invoker = true, security_barrier = true) AS
SELECT wave.technology, board.board, wave.name AS wave, wave.name = 'pilots' AS pilot, wave.released,
       wave.ordered, wave.place, board.place AS place_in_wave, wave.paused, wave.stopped
FROM catalogue.waves AS wave
JOIN catalogue.technologies AS technology ON technology.slug = wave.technology
CROSS JOIN LATERAL unnest(wave.boards) WITH ORDINALITY AS board (board, place)
WHERE (wave.released IS NOT NULL OR wave.stopped IS NOT NULL OR wave.name = 'pilots'
       OR wave.ordered = technology.ordered)
  AND ARRAY[board.board, '*'] && (SELECT ledger.scope());
GRANT SELECT ON catalogue.planned TO cairn_app, cairn_national, cairn_board, cairn_viewer;
