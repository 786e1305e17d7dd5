"""How threads wait for one another inside PyTorch: asleep. Set before torch is loaded. Light: no torch.

A network is thousands of short parallel steps, and at the end of each the quicker thread waits for the other.
By default it waits by turning in a circle for milliseconds. Where others work on the machine, too, that takes
the core from the very thread that is waited for (docs/decisions/0013 has the figures).
"""

from __future__ import annotations

import os
import sys

POLICY = "OMP_WAIT_POLICY"  # of OpenMP; read once, when torch loads it


def set_omp_wait() -> bool:
    """Set it, unless somebody has chosen; says whether it still counts in this process."""
    os.environ.setdefault(POLICY, "passive")
    return "torch" not in sys.modules
