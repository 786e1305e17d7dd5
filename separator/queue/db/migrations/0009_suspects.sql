-- Jobs that their workers died over, and jobs that the store takes no results of.

-- The lease lapsed once: only a worker that runs nothing else claims it from then on.
ALTER TABLE job ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
-- A busy worker that begins nothing new, so that it can claim this one: one in the whole fleet at a time.
ALTER TABLE job ADD COLUMN reserved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN reserved_until DOUBLE PRECISION;
-- How often the store failed it in a row, and since when.
ALTER TABLE job ADD COLUMN unstored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN unstored_since DOUBLE PRECISION;

DROP INDEX job_in_line;
CREATE INDEX job_in_line ON job (state, kind, owner, prio, run_at, id, created, alone);
CREATE INDEX job_reserved ON job (reserved_until) WHERE reserved_until IS NOT NULL;
