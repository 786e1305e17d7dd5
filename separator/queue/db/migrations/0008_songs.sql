-- What must not be in storage any more: deleted when it was forgotten, and again for a day, since uploads that
-- were under way then may have ended later. `deleting` is 1 until the first deletion has ended.
CREATE TABLE forgotten (
    prefix TEXT PRIMARY KEY,
    job BIGINT, -- whose files they are; its row goes when it has ended
    deleting INTEGER NOT NULL,
    at DOUBLE PRECISION NOT NULL
);
-- Songs that are being stored for requests whose orders are not written yet: nobody else deletes them.
CREATE TABLE upload (
    id TEXT PRIMARY KEY, -- of the request
    song TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL
);
CREATE INDEX upload_of_song ON upload (song);
-- When each kind of upkeep was begun last: one worker does it for all.
CREATE TABLE upkeep (
    name TEXT PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL
);
