"""The form that `/separate` opens where no file came with it: a file and a wish, in one place on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bots.i18n.translate import translate

if TYPE_CHECKING:
    Interaction = discord.Interaction[Any]

NAME = "separate"  #: the form's `custom_id`, so that it is known in any process
FILE, WANT = "file", "want"
WORDS_LIMIT = 200  # characters, as in the command
LABEL_LIMIT = 45  # characters of a form's title and labels (Discord's documentation)
SONGS = 5  # in one form


def form(language: str) -> ui.Modal:
    """The form in a language. discord.py is told not to wait for it: the client hears it itself."""
    modal = ui.Modal(title=translate("modal.title", language)[:LABEL_LIMIT], custom_id=NAME)
    file: ui.FileUpload[Any] = ui.FileUpload(custom_id=FILE, required=True, min_values=1, max_values=SONGS)
    want: ui.TextInput[Any] = ui.TextInput(
        custom_id=WANT,
        required=False,
        max_length=WORDS_LIMIT,
        placeholder=translate("command.separate.want", language)[:100],
    )
    modal.add_item(ui.Label(text=translate("modal.file", language)[:LABEL_LIMIT], component=file))
    modal.add_item(ui.Label(text=translate("modal.want", language)[:LABEL_LIMIT], component=want))
    modal.stop()
    return modal


def read_form(interaction: Interaction) -> tuple[list[discord.Attachment], str]:
    """The songs and the words of a form that was filled in."""
    data: Any = interaction.data or {}
    given = {each["custom_id"]: each for each in map(_inner, data.get("components", []))}
    files = data.get("resolved", {}).get("attachments", {})
    ids = [each for each in given.get(FILE, {}).get("values", []) if each in files]
    songs = [discord.Attachment(data=files[each], state=interaction._state) for each in ids]  # noqa: SLF001 - discord.py has no other door to a form's files without its own dispatch
    return songs, str(given.get(WANT, {}).get("value", "")).strip()


def _inner(component: dict[str, Any]) -> dict[str, Any]:
    """What stands in a label or a row."""
    held: Any = component.get("component") or (component.get("components") or [component])[0]
    return {"custom_id": "", **held}
