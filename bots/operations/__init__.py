"""Running processes: supervisor, metrics, event loop lag, autoscaler."""
