"""Sound in and out: decode, encode, tags, cutting and sewing, levels. Knows no jobs and no networks."""
