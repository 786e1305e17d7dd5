"""What a worker loads: each package costs memory in every worker."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_a_worker_loads_no_http_library():
    """Storage reads FLAC indexes and seek tables without the web app that serves them."""
    code = "import separator.worker.main, sys; assert 'aiohttp' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
