"""Threads wait asleep, unless anyone who runs the program has chosen otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
from separator import __main__
from separator.inference import omp
assert "torch" not in sys.modules  # else it would be too late
assert omp.set_omp_wait()
print(os.environ[omp.POLICY])
"""


@pytest.mark.parametrize(("chosen", "expected"), [({}, "passive"), ({"OMP_WAIT_POLICY": "active"}, "active")])
def test_it_is_set_in_time_and_a_choice_is_kept(chosen, expected):
    held = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**held, **chosen}, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == expected
