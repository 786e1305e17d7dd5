"""`stembot fleet`: workers on a Ray cluster, as many as the line needs.

Ray finds places (a GPU on some node) and keeps a process there; it knows no job. What runs in a place is the
worker of any other installation: it claims from the table, and what it holds when its node dies is taken over
by lease, as ever.

    size.py     how many workers the line needs, and which may go
    places.py   workers in places of a Ray cluster
    control.py  the loop that brings the two together
"""

from bots.operations.autoscaler.control import run_autoscaler

__all__ = ["run_autoscaler"]
