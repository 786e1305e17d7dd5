-- What songs cost whom, for the allowance of a day; and who may put nothing into the line.

-- A person or a place and a separation that was done for them. Outlives job and order, for a day.
CREATE TABLE charge (
    who TEXT NOT NULL,
    job BIGINT NOT NULL,
    song_s DOUBLE PRECISION NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (who, job)
);
-- Orders of a place that are in line, as `orders_by_owner` finds a person's.
CREATE INDEX orders_open_by_place ON orders (place) WHERE state = 'open';

CREATE TABLE block (
    who TEXT PRIMARY KEY,
    until DOUBLE PRECISION, -- empty: until it is taken back
    why TEXT NOT NULL DEFAULT '',
    at DOUBLE PRECISION NOT NULL
);
