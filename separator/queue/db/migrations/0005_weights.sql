-- What each worker can load: names of weight files, separated by spaces.

ALTER TABLE worker ADD COLUMN weights TEXT NOT NULL DEFAULT '';
