"""Renders replies for Telegram. Pure: no network, no state.

Text is sent without a parse mode, so nothing in a song's name can become markup. Lengths are in UTF-16 code
units, as Telegram counts them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from bots.chat.layout import batches, progress_bar
from bots.chat.messages import Button

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bots.chat.messages import Choice, File, Reply

TEXT_UNITS = 4096  #: of a message; Bot API, sendMessage
TOAST_UNITS = 200  #: of an answered button; Bot API, answerCallbackQuery
LABEL_UNITS = 64  #: of a button; the app cuts longer ones
QUERY_UNITS = 256  #: of an inline query; Bot API, InlineQuery
ALERT_UNITS = 60  #: a longer toast disappears before it is read, so it is shown as an alert
BAR_LENGTH = 10  #: characters of the progress bar; fits the narrowest phone
ALBUM_FILES = 10  #: Bot API, sendMediaGroup: 2 to 10
#: Bytes in one album: little has to be sent again after a connection error.
ALBUM_BYTES = 50_000_000
#: File endings that sendAudio accepts.
MUSIC_ENDINGS = (".mp3", ".m4a")
MINI_APP = "?in=telegram"  #: by which the page knows that a web client may show it in a frame
OUTSIDE = " ↗"  #: after the label of the plain link beside an app's button
_ELLIPSIS = "…"
_MENTION = re.compile(r"@(?=\w)")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")  # override the reading direction of what follows
_WORD_JOINER = "\u2060"  # invisible: keeps `@name` from mentioning that user


def units(text: str) -> int:
    """The length that Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def shorten(text: str, max_units: int) -> str:
    """The text, shortened to `max_units`; no character is split."""
    if units(text) <= max_units:
        return text
    start = text.encode("utf-16-le")[: 2 * (max_units - 1)].decode("utf-16-le", errors="ignore")
    return start + _ELLIPSIS


def text_of(reply: Reply) -> str:
    """A message's text: the reply's, the progress bar, and URLs that Telegram refuses on buttons."""
    parts = [_MENTION.sub(f"@{_WORD_JOINER}", _DIRECTION.sub("", reply.text))]
    if reply.progress is not None:
        parts.append(progress_bar(reply.progress, BAR_LENGTH))
    urls = [button.url for row in reply.buttons for button in row if button.url]
    parts += [url for url in urls if not _is_allowed_url(url)]
    return shorten("\n".join(parts), TEXT_UNITS)


def markup_of(reply: Reply, *, private: bool = False, inline: bool = True) -> InlineKeyboardMarkup | None:
    """The buttons under a message, or None.

    Args:
        reply: What to show.
        private: The chat is private, the only kind where a button may open a web app.
        inline: The bot has inline mode; without it Telegram refuses a message with a button for it.
    """
    menus = [row for choice in reply.choices for row in _menu(choice)]
    rows = [
        [
            shown
            for button in row
            if not button.url or _is_allowed_url(button.url)
            for shown in _buttons(button, private=private, inline=inline)
        ]
        for row in (*reply.buttons, *menus)
    ]
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(filled) if filled else None


def _menu(choice: Choice) -> list[tuple[Button, ...]]:
    """A choice as a button that opens it, or without one as a button per option.

    Buttons cannot select several options; those are asked for in words.
    """
    if choice.multiple:
        return []
    if choice.code:
        chosen = f"{choice.label}: {choice.chosen_label}" if choice.chosen_label else choice.label
        return [(Button(chosen, choice.code),)]
    return [(option,) for option in choice.options]


def _buttons(button: Button, *, private: bool, inline: bool) -> Iterator[InlineKeyboardButton]:
    """A button; beside one that opens an app stands a plain link, for clients that show none."""
    if button.app and private and button.url.startswith("https:"):
        label = shorten(button.label, LABEL_UNITS)
        yield InlineKeyboardButton(label, web_app=WebAppInfo(button.url + MINI_APP))
        button = replace(button, label=shorten(button.label, LABEL_UNITS - units(OUTSIDE)) + OUTSIDE)
    yield _button(button, inline=inline)


def _button(button: Button, *, inline: bool) -> InlineKeyboardButton:
    label = shorten(button.label, LABEL_UNITS)
    if button.url:
        return InlineKeyboardButton(label, url=button.url)
    if button.inline_query and inline:
        return InlineKeyboardButton(label, switch_inline_query=shorten(button.inline_query, QUERY_UNITS))
    return InlineKeyboardButton(label, callback_data=button.code)


def _is_allowed_url(url: str) -> bool:
    """Whether Telegram accepts this URL on a button: it refuses local hosts."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and "." in host and not host.startswith("127.")


def is_music(file: File) -> bool:
    """Whether Telegram plays it as music; other files are sent as documents."""
    return file.name.lower().endswith(MUSIC_ENDINGS)


def upload_batches(files: Sequence[File]) -> list[list[File]]:
    """The files as they are sent, in order: albums of one kind; a single file is no album."""
    return batches(files, ALBUM_FILES, ALBUM_BYTES, is_music)
