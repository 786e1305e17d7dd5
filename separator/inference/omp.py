"""How PyTorch's threads wait for one another: asleep. Must be set before torch is loaded; imports no torch.

A network is thousands of short parallel steps, and at the end of each the quicker thread waits for the other.
By default OpenMP spins for milliseconds. On a busy machine that takes the core from the very thread that is
waited for (docs/decisions/0013 has the figures).
"""

from __future__ import annotations

import os
import sys

POLICY = "OMP_WAIT_POLICY"  # of OpenMP; read once, when torch loads it


def set_omp_wait() -> bool:
    """Set the policy, unless the environment has one; returns whether torch is still to be loaded."""
    os.environ.setdefault(POLICY, "passive")
    return "torch" not in sys.modules
