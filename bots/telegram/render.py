"""From the desk's replies to what Telegram shows. Pure: no network, no state.

Text goes out without any parse mode, so nothing in a song's name can become markup. Lengths are counted as
Telegram counts them: in UTF-16 code units.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from bots.chat.messages import Button

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bots.chat.messages import Choice, File, Reply

TEXT_UNITS = 4096  #: of a message; Bot API, sendMessage
TOAST_UNITS = 200  #: of an answered button; Bot API, answerCallbackQuery
LABEL_UNITS = 64  #: of a button; longer ones are cut by the app anyway
QUERY_UNITS = 256  #: of an inline query; Bot API, InlineQuery
ALERT_UNITS = 60  #: a longer toast is gone before it is read, so it waits for a tap
BAR = 10  #: places of the progress bar; fits the narrowest phone beside a margin
ALBUM_FILES = 10  #: Bot API, sendMediaGroup: 2 to 10
#: Bytes in one album: what has to be sent again after a cut stays small.
ALBUM_BYTES = 50_000_000
#: Endings that Telegram plays as music; the Bot API takes only these in sendAudio.
MUSIC = (".mp3", ".m4a")
_ELLIPSIS = "…"
_HANDLE = re.compile(r"@(?=\w)")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # turn the reading direction of all that follows
_WORD_JOINER = "\u2060"  # no width, no meaning: keeps `@name` from calling whoever owns that name


def units(text: str) -> int:
    """The length that Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, most: int) -> str:
    """The text, shortened to `most` UTF-16 code units; no character is cut in two."""
    if units(text) <= most:
        return text
    kept = text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", errors="ignore")
    return kept + _ELLIPSIS


def bar(share: float) -> str:
    """Progress as a bar: `▰▰▰▰▱▱▱▱▱▱`."""
    full = min(BAR, max(0, int(share * BAR)))
    return "▰" * full + "▱" * (BAR - full)


def text_of(reply: Reply) -> str:
    """What a message says: the desk's text, the bar, and addresses that no button may carry."""
    parts = [_HANDLE.sub(f"@{_WORD_JOINER}", _TURNING.sub("", reply.text))]
    if reply.progress is not None:
        parts.append(bar(reply.progress))
    parts += [button.url for row in reply.buttons for button in row if button.url and not _opens(button.url)]
    return cut("\n".join(parts), TEXT_UNITS)


def markup_of(reply: Reply, *, private: bool = False, inline: bool = True) -> InlineKeyboardMarkup | None:
    """The buttons under a message; None where there are none.

    Args:
        reply: What is shown.
        private: It is shown in a private chat, the only kind where a button may open an app.
        inline: The bot has inline mode; without it Telegram refuses whatever message has a button for it.
    """
    menus = [row for choice in reply.choices for row in _menu(choice)]
    rows = [
        [
            _button(button, private=private, inline=inline)
            for button in row
            if not button.url or _opens(button.url)
        ]
        for row in (*reply.buttons, *menus)
    ]
    shown = [row for row in rows if row]
    return InlineKeyboardMarkup(shown) if shown else None


def _menu(choice: Choice) -> list[tuple[Button, ...]]:
    """A choice as a button that opens it, or where nothing does, as a button an option.

    Several at once cannot be chosen with buttons; for them there are words.
    """
    if choice.multiple:
        return []
    if choice.code:
        return [
            (
                Button(
                    f"{choice.label}: {choice.chosen_label}" if choice.chosen_label else choice.label,
                    choice.code,
                ),
            )
        ]
    return [(option,) for option in choice.options]


def _button(button: Button, *, private: bool, inline: bool) -> InlineKeyboardButton:
    label = cut(button.label, LABEL_UNITS)
    if button.app and private and button.url.startswith("https:"):
        return InlineKeyboardButton(label, web_app=WebAppInfo(button.url))
    if button.url:
        return InlineKeyboardButton(label, url=button.url)
    if button.inline_query and inline:
        return InlineKeyboardButton(label, switch_inline_query=cut(button.inline_query, QUERY_UNITS))
    return InlineKeyboardButton(label, callback_data=button.code)


def _opens(url: str) -> bool:
    """Whether Telegram takes this address on a button: it refuses hosts that only this machine knows."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and "." in host and not host.startswith("127.")


def is_music(file: File) -> bool:
    """Whether Telegram's player takes it; everything else is a document."""
    return file.name.lower().endswith(MUSIC)


def batches(files: Sequence[File]) -> Iterator[tuple[File, ...]]:
    """The files as they are sent: albums of one kind, in order; one file alone is no album.

    An album holds at most `ALBUM_FILES` files and `ALBUM_BYTES` bytes.
    """
    batch: list[File] = []
    for file in files:
        full = len(batch) == ALBUM_FILES or sum(each.size_bytes for each in (*batch, file)) > ALBUM_BYTES
        if batch and (full or is_music(batch[0]) != is_music(file)):
            yield tuple(batch)
            batch = []
        batch.append(file)
    if batch:
        yield tuple(batch)
