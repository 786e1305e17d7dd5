"""The job table: the line in front of the separator."""
