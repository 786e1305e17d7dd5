"""Settings, errors, logs, jobs, limits and outputs. No torch, no SQL, no I/O."""
