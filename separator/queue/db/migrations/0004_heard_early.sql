-- What can be heard of a running separation: keys of the preview's manifest and of the live index, empty before.
ALTER TABLE job ADD COLUMN preview TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN live TEXT NOT NULL DEFAULT '';
