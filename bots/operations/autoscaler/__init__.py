"""`stembot fleet`: workers on a Ray cluster, as many as the queue needs.

Ray places processes (on a node with a free GPU) and keeps them running; it knows no job. Each runs the worker
of any other installation: it claims jobs from the queue, and when its node dies its leases expire.

    size.py     how many workers the queue needs, and which to stop
    workers.py  workers as actors of a Ray cluster
    control.py  the loop that starts and stops them
"""

from bots.operations.autoscaler.control import run_autoscaler

__all__ = ["run_autoscaler"]
