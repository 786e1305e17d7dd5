"""The Discord bot: commands, buttons and messages in, status messages and files out.

It translates and decides nothing: what a reply says comes from `bots.chat.service`, what is sent when from
`bots.chat.delivery`.

    app            the process: opens the queue, logs in, runs until SIGTERM
    client         the connection: which events are subscribed to, and who handles them
    commands       the commands that people find
    slash          commands without a song
    handlers       a command with a song, or a message, becomes a `Request`
    interactions   every interaction is acknowledged and answered; a click becomes a `ButtonClick`
    attachments    an attachment becomes a `Song`
    forms          the form of `/separate`
    permissions    who asked, in which language, and what may be sent in a channel
    status         the status message of a request
    render         a `Reply` becomes a message of Components V2
    platform       for `DeliveryService`: edits a status message, delivers a result
    uploads        result files on disk, for sending
    reply_target   where an answer goes, as JSON that outlives the process
    shard          resumes the session after an outage
"""

from bots.discord.app import run_discord

__all__ = ["run_discord"]
