"""The Telegram room: translates between the Bot API and the desk. The only importer of `telegram`.

In and out:
    update ──► updates (taken once, confirmed when the order is written) ──► handlers ──► desk
    courier ──► platform ──► messenger ──► Bot API
"""
