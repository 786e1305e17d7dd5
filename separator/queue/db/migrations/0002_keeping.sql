-- For whoever looks after the line: what happened to each job, running totals, what workers are doing, notices.

CREATE TABLE event (
    id $ID,
    job BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    at DOUBLE PRECISION NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT ''
);

CREATE INDEX event_of_job ON event (job, id);

-- Totals since the line was made. Each is kept in several rows, so that writers seldom wait for each other.
CREATE TABLE tally (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    shard INTEGER NOT NULL,
    total DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (name, label, shard)
);

-- What holds for the whole line, such as `drained`; a row is there while it holds.
CREATE TABLE notice (
    name TEXT PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL
);

ALTER TABLE worker ADD COLUMN doing TEXT NOT NULL DEFAULT '';
