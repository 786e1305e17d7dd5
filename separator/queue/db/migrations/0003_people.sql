-- What is known of people and places besides their orders.

-- Where an order was asked (a group, a server; empty in private), and how much work its separation may cost.
ALTER TABLE orders ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN effort TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_by_place ON orders (place, song, created);
CREATE INDEX orders_by_song ON orders (song, owner);

-- What a person, or the moderators of a place, have chosen: JSON of what differs from the usual.
CREATE TABLE preference (
    who TEXT PRIMARY KEY,
    facts TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL
);

-- Songs that were asked for and have not come yet: from the first answer until the order is written.
CREATE TABLE request (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    platform TEXT NOT NULL,
    facts TEXT NOT NULL,
    invited INTEGER NOT NULL DEFAULT 0, -- its song comes by another way, which may take hours
    at DOUBLE PRECISION NOT NULL
);
CREATE INDEX request_by_platform ON request (platform, at);

-- Under which id a platform keeps a file of ours: the same content never goes up twice.
CREATE TABLE kept_file (
    platform TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (platform, key)
);
