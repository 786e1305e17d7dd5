"""The Telegram bot: translates between the Bot API and `bots.chat`. The only package that imports `telegram`.

update ──► updates (handled once, confirmed when the order is written) ──► handlers ──► ChatService
DeliveryService ──► delivery ──► messenger, uploads ──► Bot API
"""

import os

# The library then gives durations as `timedelta`, as its next major version will; without it, it warns at
# every flood limit.
os.environ.setdefault("PTB_TIMEDELTA", "true")
