-- Messages that a bot has taken from its platform and not handled yet: a killed bot's are handled by the next.
CREATE TABLE inbox (
    bot TEXT NOT NULL,
    id BIGINT NOT NULL,
    owner TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 1,
    at DOUBLE PRECISION NOT NULL,
    seen DOUBLE PRECISION NOT NULL, -- when the process that handles it last said so
    PRIMARY KEY (bot, id)
);
