"""A `Reply` becomes a message of Components V2, and plain text becomes Discord's markdown.

┌ Container ────────────────────┐
│ TextDisplay   the text        │   at most 40 components and 4000 characters a message
│ TextDisplay   ▰▰▰▱▱▱▱▱▱▱      │   only during progress
│ MediaGallery  waveforms       │   under a result
│ ActionRow     [Cancel] …      │   a row of `Reply.buttons` each
│ File          attachment://…  │   only where no other message can be sent
└───────────────────────────────┘
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bots.chat.button_code import Action
from bots.chat.layout import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.chat.messages import Button, Choice, Reply

TEXT_LIMIT = 4000  # characters in all text of a Components V2 message (Discord's documentation)
LABEL_LIMIT = 80  # characters on a button
URL_LIMIT = 512  # characters of a button's address
TITLE_LIMIT = 200  # characters of a song's name above its result
ROW_LIMIT = 5  # buttons in a row
ALT_LIMIT = 256  # characters of an image's description
OPTIONS = 25  # in a menu
OPTION_LIMIT = 100  # characters of an option
PLACEHOLDER_LIMIT = 150  # characters of a menu before anything is chosen
BAR_CELLS = 12  # as wide as a phone shows in one line
ACCENT = discord.Colour(0x7C5CFF)  # the project's violet, legible in both themes

#: What means something in Discord's markdown wherever it stands …
_ANYWHERE = re.compile(r"[\\*_~`|<\[@]")
#: … and what does so only as the first thing in a line: headings, quotes, lists, small print.
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+(?=[.)]))", re.MULTILINE)
#: An address is taken whole by Discord, up to the first blank or `<`; a backslash would break it.
_ADDRESS = re.compile(r"https?://[^\s<]+")
#: Control characters, and the marks that turn the writing direction of all that follows them.
_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


def escape(text: str) -> str:
    """Plain text as markdown that shows exactly that text: no mention, no disguised link, no heading."""
    text = _INVISIBLE.sub("", text)
    parts, end = [], 0
    for address in _ADDRESS.finditer(text):
        parts += [_escape_part(text[end : address.start()], line_start=end == 0), address.group()]
        end = address.end()
    parts.append(_escape_part(text[end:], line_start=end == 0))
    return "".join(parts)


def _escape_part(text: str, *, line_start: bool) -> str:
    """Escape a stretch without addresses; its first line counts as a line only at the text's start."""
    escaped = _ANYWHERE.sub(lambda mark: "\\" + mark.group(), text)
    head, newline, rest = ("", "", escaped) if line_start else escaped.partition("\n")
    return head + newline + _LINE_START.sub(_escape_line_start, rest)


def _escape_line_start(start: re.Match[str]) -> str:
    blank, mark = start.groups()
    return f"{blank}{mark}\\" if mark.isdigit() else f"{blank}\\{mark}"


def shorten(text: str, limit: int) -> str:
    """Cut text so that its escaped form fits the limit; a cut is shown by an ellipsis."""
    if len(escape(text)) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:  # escaping makes a text longer by what is in it, so the cut is searched for
        middle = (low + high + 1) // 2
        fits = len(escape(text[:middle] + "…")) <= limit
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low] + "…"


class CodeButton(ui.Button[Any]):
    """A button whose `custom_id` is a `ButtonCode`, so that any process can handle it at any time.

    discord.py must not dispatch it: it would keep every message in memory, and (with its `DynamicItem`) looks
    for the button in its message as that is now, so that a click during an edit would go unanswered. The
    client handles every click itself (`StembotClient.on_interaction`).
    """

    @classmethod
    def from_button(cls, button: Button, *, quiet: bool) -> CodeButton:
        """A button of a reply; a quiet one is grey."""
        quiet = quiet or button.code.startswith(Action.CANCEL)
        style = discord.ButtonStyle.secondary if quiet else discord.ButtonStyle.primary
        return cls(label=_label(button), custom_id=button.code, style=style)

    def is_dispatchable(self) -> bool:
        """Never by discord.py."""
        return False


class CodeMenu(ui.Select[Any]):
    """A menu whose options are button codes, so that any process can handle it at any time.

    Where several can be chosen at once, its `custom_id` is their code with `CHOSEN` in place of the options.
    """

    @classmethod
    def from_choice(cls, choice: Choice) -> CodeMenu:
        """The menu of a choice."""
        options = [
            discord.SelectOption(
                label=_cut(each.label, OPTION_LIMIT), value=each.code, default=each.code == choice.chosen
            )
            for each in choice.options[:OPTIONS]
        ]
        return cls(
            custom_id=choice.code or f"menu:{choice.options[0].code}",
            placeholder=_cut(choice.label, PLACEHOLDER_LIMIT),
            options=options,
            max_values=len(options) if choice.multiple else 1,
        )

    def is_dispatchable(self) -> bool:
        """Never by discord.py."""
        return False


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _label(button: Button) -> str:
    return _cut(button.label, LABEL_LIMIT)


def _item(button: Button, *, quiet: bool) -> ui.Item[Any]:
    if button.url:
        return ui.Button(label=_label(button), url=button.url)
    return CodeButton.from_button(button, quiet=quiet)


def _markdown(text: str, *, titled: bool) -> str:
    """The text as markdown; where there are buttons, its first line is a title."""
    fitting = shorten(text, TEXT_LIMIT - BAR_CELLS - 4)  # 4: the marks of the title
    title, newline, rest = fitting.partition("\n")
    if not (titled and title and rest):
        return escape(fitting)
    return f"**{escape(title)}**{newline}{escape(rest)}"


def _title(reply: Reply) -> str:
    """The song, in one line."""
    return shorten(" ".join(reply.title.split()), TITLE_LIMIT)


def message_view(reply: Reply, attached: Sequence[str] = (), image: str = "") -> ui.LayoutView:
    """A reply as a message of Components V2.

    Args:
        reply: What the person reads.
        attached: Names of files that are uploaded with the message and shown in it.
        image: The name of one that is shown as an image under the text.
    """
    buttons = [button for row in reply.buttons for button in row]  # Discord wraps a row that is too wide
    linked = [button for button in buttons if len(button.url) > URL_LIMIT]
    heading = "\n".join(filter(None, [_title(reply), reply.text]))
    text = "\n".join([heading, *(button.url for button in linked)])
    shown = [button for button in buttons if button not in linked and (button.url or button.code)]
    items = [_item(button, quiet=reply.final) for button in shown]
    box: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    box.add_item(ui.TextDisplay(_markdown(text, titled=bool(reply.buttons))))
    if reply.progress is not None:
        box.add_item(ui.TextDisplay(progress_bar(reply.progress, BAR_CELLS)))
    if image:
        waveform = discord.MediaGalleryItem(f"attachment://{image}", description=_cut(heading, ALT_LIMIT))
        box.add_item(ui.MediaGallery(waveform))
    for start in range(0, len(items), ROW_LIMIT):
        box.add_item(ui.ActionRow(*items[start : start + ROW_LIMIT]))
    for choice in reply.choices:
        menu = CodeMenu.from_choice(choice)
        if choice.chosen:
            box.add_item(ui.TextDisplay(escape(choice.label)))
        box.add_item(ui.ActionRow(menu))
    for name in attached:
        box.add_item(ui.File(f"attachment://{name}"))
    return ui.LayoutView(timeout=None).add_item(box)
