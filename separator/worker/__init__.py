"""The worker process: claims jobs, keeps their leases, isolates songs that crash it."""
