"""Parses a Telegram message into a request. Pure: no network, no state; the words are not interpreted here.

What counts as a request:
    private   song (+ caption) · command · command or words as a reply to a song · anything else
    group     song with a command or @mention in its caption · the same as a reply to a song · command
              words as a reply to a message of the bot; every other message is ignored
    channel   as in a group

What the bot itself sent is no song: words as a reply to it are about the song of its order.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import Audio, Document, MessageEntity, Video, VideoNote, Voice
from telegram.constants import ChatType

from bots.chat.messages import Person
from bots.telegram.address import Address
from separator import is_media

if TYPE_CHECKING:
    from telegram import Chat, Message, User

Sound = Audio | Document | Video | VideoNote | Voice

#: Commands that need no song; every other word after a slash names outputs.
COMMANDS = frozenset({"start", "help", "queue", "cancel", "privacy", "settings", "mixer"})
#: With a song it names outputs; alone it lists recent results.
RECENT = "stems"


@dataclass(frozen=True)
class ParsedMessage:
    """What a message asks for."""

    command: str = ""  #: one of `COMMANDS`
    words: str = ""  #: the wanted outputs, as typed
    song: Message | None = None  #: the message that carries the song
    replied: int = 0  #: the message of ours that the words reply to


def read_message(message: Message, bot: User) -> ParsedMessage | None:
    """The request in a message, or None if there is none.

    Args:
        message: Any message, from any chat.
        bot: Ourselves.
    """
    text = message.text or message.caption or ""
    command, addressed, words = _split(message, text, bot.username or "")
    if command is None or _is_echo(message, bot):
        return None
    song = _song_of(message)
    private = message.chat.type == ChatType.PRIVATE
    if command in COMMANDS:
        return ParsedMessage(command=command)
    replied = message.reply_to_message
    if song is not message and replied is not None and _is_from(replied, bot) and (command or words):
        return ParsedMessage(words=f"{command} {words}".strip(), song=song, replied=replied.message_id)
    if song is message and message.forward_origin is not None:
        words = ""  # a forwarded caption is not the sender's words
    if song is None and command == RECENT and not words:
        return ParsedMessage(command=command)
    if song is not None and (private or addressed or command):
        return ParsedMessage(words=f"{command} {words}".strip(), song=song)
    return ParsedMessage() if addressed or (private and _is_deliberate(message)) else None


def _split(message: Message, text: str, username: str) -> tuple[str | None, bool, str]:
    """(command or "", whether the bot is named, the other words); command None: it is for another bot."""
    command, addressed = "", False
    entities = message.parse_entities() if message.text else message.parse_caption_entities()
    for entity, span in sorted(entities.items(), key=lambda each: -each[0].offset):
        named = span.lower().endswith(f"@{username.lower()}")
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            if "@" in span and not named:
                return None, False, ""
            command, addressed = span[1:].partition("@")[0].lower(), addressed or named
            text = text[len(span) :]
        elif entity.type == MessageEntity.MENTION and named:
            addressed = True
            text = text.replace(span, " ", 1)
    return command, addressed, " ".join(text.split())


def _is_echo(message: Message, bot: User) -> bool:
    """Whether it is a result that somebody shared by inline mode, or a channel's post in its group."""
    shared = message.via_bot is not None and message.via_bot.id == bot.id
    return shared or bool(message.is_automatic_forward)


def _is_from(message: Message, user: User) -> bool:
    return message.from_user is not None and message.from_user.id == user.id


def _is_deliberate(message: Message) -> bool:
    """Whether a user wrote it; a service message (a pin, a new name) is not a request."""
    return bool(message.text or message.caption or message.effective_attachment)


def _song_of(message: Message) -> Message | None:
    """The message itself or the one it replies to, if it has sound."""
    for each in (message, message.reply_to_message):
        if each is not None and sound_of(each) is not None:
            return each
    return None


def sound_of(message: Message) -> Sound | None:
    """The audio or video file in a message."""
    if message.animation:  # a GIF, which comes as a document, too
        return None
    sound = message.audio or message.voice or message.video or message.video_note
    document = message.document
    if sound is None and document and is_media(document.file_name or "", document.mime_type or ""):
        return document
    return sound


def name_of(message: Message, sound: Sound) -> str:
    """A file name for the song: the sender's, else one from its tags or date."""
    if name := getattr(sound, "file_name", None):
        return str(name)
    ending = mimetypes.guess_extension(getattr(sound, "mime_type", None) or "") or ""
    if isinstance(sound, Audio) and (sound.title or sound.performer):
        return " - ".join(part for part in (sound.performer, sound.title) if part) + ending
    return f"{type(sound).__name__.lower()}_{message.date:%Y-%m-%d_%H-%M}{ending}"


def person_of(user: User | None, chat: Chat, *, moderator: bool = False) -> Person:
    """The sender; if Telegram names no user, the chat."""
    number = user.id if user is not None else chat.id
    language = (user.language_code if user is not None else None) or "en"
    return Person(id=f"telegram:{number}", language=language, moderator=moderator)


def author_of(message: Message) -> Person:
    """The sender of a message.

    For a message in the name of a group or channel, that chat is the sender: Telegram then names the same
    user everywhere. Only moderators can write in the name of their group.
    """
    sender_chat = message.sender_chat
    if sender_chat is None:
        return person_of(message.from_user, message.chat)
    return person_of(None, sender_chat, moderator=sender_chat.id == message.chat.id)


def address_of(message: Message, song: Message | None) -> Address:
    """Where the reply to a message goes; there is no status message yet."""
    return Address(
        chat=message.chat.id,
        song=(song or message).message_id,
        asked=message.message_id,
        thread=(message.message_thread_id or 0) if message.is_topic_message else 0,
    )


def group_id_of(chat: Chat) -> str:
    """The id of a group or channel as orders have it; empty for a private chat."""
    return "" if chat.type == ChatType.PRIVATE else f"telegram:chat:{chat.id}"


def request_id_of(message: Message) -> str:
    """The same message has the same id, however often it is received."""
    return f"telegram:{message.chat.id}:{message.message_id}"


def moved_chat_of(message: Message) -> tuple[str, str]:
    """The ids of a group that became a supergroup, before and after."""
    return group_id_of(message.chat), f"telegram:chat:{message.migrate_to_chat_id}"


def is_channel(person_id: str) -> bool:
    """Whether somebody wrote in the name of a channel: Telegram does not say who that is."""
    return person_id.startswith("telegram:-")
