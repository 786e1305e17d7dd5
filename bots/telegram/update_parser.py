"""From a Telegram message to what its sender asks for. Pure: reads, decides nothing about wishes.

What is asked of us:
    private   song (+ caption) · command · command or words as a reply to a song · anything else
    group     song with a command or @mention in its caption · the same as a reply to a song · command
              every other message is none of our business
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import Audio, Document, MessageEntity, Video, VideoNote, Voice
from telegram.constants import ChatType

from bots.chat.messages import Person
from bots.telegram.address import Address

if TYPE_CHECKING:
    from telegram import Chat, Message, User

Sound = Audio | Document | Video | VideoNote | Voice

#: Commands that are answered without a song; every other word after a slash is the person's wish.
SERVICE = frozenset({"start", "help", "queue", "cancel", "privacy", "settings", "mixer"})
#: With a song it is a wish; alone it lists what was made.
SHELF = "stems"
#: Endings that `mimetypes` of a bare system does not know as sound.
ENDINGS = frozenset(
    {".aac", ".ac3", ".aif", ".aifc", ".aiff", ".amr", ".ape", ".caf", ".dsf", ".flac", ".m4a", ".m4b"}
    | {".mka", ".mkv", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".spx", ".wav", ".webm", ".wma", ".wv"}
)


@dataclass(frozen=True)
class ParsedMessage:
    """What a message asks for."""

    command: str = ""  #: one of `SERVICE`
    words: str = ""  #: the wish, as typed
    song: Message | None = None  #: the message that carries the song


def read_message(message: Message, me: str) -> ParsedMessage | None:
    """What is asked of us, or None when nothing is.

    Args:
        message: Any message, from any chat.
        me: Our user name, without `@`.
    """
    text = message.text or message.caption or ""
    command, addressed, words = _split(message, text, me)
    if command is None:
        return None
    song = _song_of(message)
    private = message.chat.type == ChatType.PRIVATE
    if command in SERVICE:
        return ParsedMessage(command=command)
    if song is message and message.forward_origin is not None:
        words = ""  # a forwarded caption is somebody else's words
    if song is None and command == SHELF and not words:
        return ParsedMessage(command=command)
    if song is not None and (private or addressed or command):
        return ParsedMessage(words=f"{command} {words}".strip(), song=song)
    return ParsedMessage() if addressed or (private and _meant(message)) else None


def _split(message: Message, text: str, me: str) -> tuple[str | None, bool, str]:
    """(command or "", whether we are named, the words without both); no command: it is for another bot."""
    command, addressed = "", False
    spoken = message.parse_entities() if message.text else message.parse_caption_entities()
    for entity, span in sorted(spoken.items(), key=lambda each: -each[0].offset):
        named = span.lower().endswith(f"@{me.lower()}")
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            if "@" in span and not named:
                return None, False, ""
            command, addressed = span[1:].partition("@")[0].lower(), addressed or named
            text = text[len(span) :]
        elif entity.type == MessageEntity.MENTION and named:
            addressed = True
            text = text.replace(span, " ", 1)
    return command, addressed, " ".join(text.split())


def _meant(message: Message) -> bool:
    """Whether a person sent it on purpose; a service message (a pin, a new name) is no question."""
    return bool(message.text or message.caption or message.effective_attachment)


def _song_of(message: Message) -> Message | None:
    """The message itself or the one it replies to, whichever carries sound."""
    for each in (message, message.reply_to_message):
        if each is not None and sound_of(each) is not None:
            return each
    return None


def sound_of(message: Message) -> Sound | None:
    """The file with sound in a message."""
    found = message.audio or message.voice or message.video or message.video_note
    if found is None and message.document is not None and _sounds(message.document):
        return message.document
    return found


def _sounds(document: Document) -> bool:
    name = (document.file_name or "").lower()
    kind = document.mime_type or mimetypes.guess_type(name)[0] or ""
    return kind.startswith(("audio/", "video/")) or name.endswith(tuple(ENDINGS))


def name_of(message: Message, sound: Sound) -> str:
    """A file name for the song: the sender's, else one made of its tags or its date."""
    if name := getattr(sound, "file_name", None):
        return str(name)
    ending = mimetypes.guess_extension(getattr(sound, "mime_type", None) or "") or ""
    if isinstance(sound, Audio) and (sound.title or sound.performer):
        return " - ".join(part for part in (sound.performer, sound.title) if part) + ending
    return f"{type(sound).__name__.lower()}_{message.date:%Y-%m-%d_%H-%M}{ending}"


def person_of(user: User | None, chat: Chat, *, moderator: bool = False) -> Person:
    """Who asks; where nobody is named, the chat is that person."""
    who = user.id if user is not None else chat.id
    language = (user.language_code if user is not None else None) or "en"
    return Person(id=f"telegram:{who}", language=language, moderator=moderator)


def author_of(message: Message) -> Person:
    """Who wrote a message.

    A group or channel that speaks as itself is that person: Telegram then names one and the same user for
    everybody everywhere. Only moderators can speak as their group.
    """
    speaker = message.sender_chat
    if speaker is None:
        return person_of(message.from_user, message.chat)
    return person_of(None, speaker, moderator=speaker.id == message.chat.id)


def address_of(message: Message, song: Message | None) -> Address:
    """Where the answer to a message goes; the status message is still to come."""
    return Address(
        chat=message.chat.id,
        song=(song or message).message_id,
        asked=message.message_id,
        thread=(message.message_thread_id or 0) if message.is_topic_message else 0,
    )


def place_of(chat: Chat) -> str:
    """The group or channel by the name that the desk knows it under; empty for a private chat."""
    return "" if chat.type == ChatType.PRIVATE else f"telegram:chat:{chat.id}"
