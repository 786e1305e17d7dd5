"""The Telegram room: translates between the Bot API and the desk. The only importer of `telegram`.

In and out:
    update ──► updates (taken once, confirmed when the order is written) ──► handlers ──► desk
    courier ──► platform ──► messenger ──► Bot API
"""

import os

# The library then gives times as `timedelta`, as its next major version will; without the switch it warns at
# every flood limit.
os.environ.setdefault("PTB_TIMEDELTA", "true")
