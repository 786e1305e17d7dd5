-- The line: jobs, the orders that ask for them, and who is there to do the work.
-- Times are seconds since 1970 by the database's clock.

CREATE TABLE job (
    id $ID,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    prio INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    args TEXT NOT NULL,
    result TEXT,
    error TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    created DOUBLE PRECISION NOT NULL,
    run_at DOUBLE PRECISION NOT NULL,
    started DOUBLE PRECISION,
    finished DOUBLE PRECISION,
    worker TEXT,
    lease_until DOUBLE PRECISION,
    token BIGINT NOT NULL DEFAULT 0,
    cancel INTEGER NOT NULL DEFAULT 0,
    after_job BIGINT REFERENCES job (id),
    song_s DOUBLE PRECISION NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0
);

-- In-flight work is shared: at most one job of a key is alive.
CREATE UNIQUE INDEX job_alive ON job (key) WHERE state IN ('waiting', 'queued', 'running');
-- Everything that finding each person's next job looks at, so that it reads the index alone. Not a partial index:
-- SQLite would use it only for the very same condition.
CREATE INDEX job_in_line ON job (state, kind, owner, prio, run_at, id, created);
CREATE INDEX job_done ON job (key, id) WHERE state = 'done';
CREATE INDEX job_after ON job (after_job) WHERE after_job IS NOT NULL;
CREATE INDEX job_finished ON job (kind, finished) WHERE finished IS NOT NULL;

CREATE TABLE orders (
    id $ID,
    request_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    job BIGINT REFERENCES job (id),
    owner TEXT NOT NULL,
    platform TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    song TEXT NOT NULL,
    song_name TEXT NOT NULL,
    wish TEXT NOT NULL,
    language TEXT NOT NULL,
    limit_bytes BIGINT NOT NULL,
    receipt TEXT NOT NULL DEFAULT '',
    created DOUBLE PRECISION NOT NULL,
    send_at DOUBLE PRECISION,
    lease_until DOUBLE PRECISION,
    token BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX orders_unsent ON orders (platform, state);
CREATE INDEX orders_by_job ON orders (job) WHERE job IS NOT NULL;
CREATE INDEX orders_by_owner ON orders (owner, id);

-- When each person was last served: whoever waited longest since then goes first.
CREATE TABLE served (
    owner TEXT PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL
);

CREATE TABLE worker (
    name TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    speed DOUBLE PRECISION,
    seen DOUBLE PRECISION NOT NULL
);

-- The moves a job may make, filled from separator.jobs.NEXT: every change of state is checked against it.
CREATE TABLE move (
    was TEXT NOT NULL,
    becomes TEXT NOT NULL,
    PRIMARY KEY (was, becomes)
);
