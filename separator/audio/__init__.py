"""Sound in and out: decode, encode, tags, overlap-add, levels. Knows no jobs and no networks."""
