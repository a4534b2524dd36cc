-- Versions of the playbook at boards, and how long steps have taken. After this migration the projections are to
-- be made again, with `catalogue rebuild`.

ALTER TABLE catalogue.rollouts
    ADD COLUMN offered       integer,      -- the later version of the playbook that it has not adopted
    ADD COLUMN offered_since timestamptz,
    ADD COLUMN declined      jsonb,        -- who declined that, when and why
    ADD COLUMN steered_by    text[] NOT NULL DEFAULT '{}',  -- who is waited for to decide on it
    ADD COLUMN day           interval NOT NULL DEFAULT interval '24 hours';  -- how long a day of a plan lasts
ALTER TABLE catalogue.tasks
    ADD COLUMN dropped integer,   -- the version of the playbook that no longer has it
    ADD COLUMN allowed interval;  -- the time it was given when it opened, or by the version adopted since then

-- How far the plan at hand of every journey has come; what a later version has dropped is no part of it.
CREATE OR REPLACE VIEW catalogue.progress WITH (security_invoker = true) AS
SELECT journey.stream, steps.total, steps.open, steps.closed, steps.overdue
FROM catalogue.journeys AS journey
CROSS JOIN LATERAL (
    SELECT count(*) AS total,
           count(*) FILTER (WHERE task.status = 'open') AS open,
           count(*) FILTER (WHERE task.status IN ('completed', 'skipped')) AS closed,
           count(*) FILTER (WHERE task.status = 'open' AND task.overdue) AS overdue
    FROM catalogue.tasks AS task
    WHERE task.stream = journey.stream AND task.plan = journey.plan AND task.dropped IS NULL
) AS steps;

-- For how long each completed task of a board was worked on: pauses moved its due date by the time lost.
CREATE VIEW catalogue.worked WITH (security_invoker = true) AS
SELECT task.technology, task.board, task.plan, task.step, task.title,
       task.closed - task.due + task.allowed AS time, rollout.day
FROM catalogue.tasks AS task JOIN catalogue.rollouts AS rollout USING (stream)
WHERE task.status = 'completed' AND task.allowed IS NOT NULL;
GRANT SELECT ON catalogue.worked TO cairn_app, cairn_national, cairn_board, cairn_viewer;
