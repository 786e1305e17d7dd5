"""Running networks on a device: engine, scheduler, model cache."""
