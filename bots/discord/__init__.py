"""The Discord room: commands, buttons and messages in, status cards and files out.

It translates and decides nothing: what is said comes from `bots.chat.service`, what is sent when from
`bots.chat.delivery`.

    app        the process: opens the line, logs in, runs until SIGTERM
    client     the connection: which events are wanted, who hears them, which commands exist
    handlers   theirs → ours: an interaction or message becomes a `Request` or a `ButtonClick`
    songs      an attachment becomes a `Song`
    status     the one message that an answer lives in
    places     who asked, in which language, and what may be sent there
    render     ours → theirs: a `Reply` becomes a card
    platform   what the courier needs: edit a status message, deliver a result
    uploads    files on their way out
    commands   the commands that people find
    address    where an answer goes, as JSON that outlives the process
"""

from bots.discord.app import run_discord

__all__ = ["run_discord"]
