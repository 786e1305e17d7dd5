"""The form that `/separate` opens where no file came with it: a file, and what to make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bots.i18n.translate import translate

if TYPE_CHECKING:
    Interaction = discord.Interaction[Any]

NAME = "separate"  #: the form's `custom_id`, so that it is known in any process
FILE, TEXT = "file", "want"
TEXT_LIMIT = 200  # characters, as in the command
LABEL_LIMIT = 45  # characters of a form's title and labels (Discord's documentation)
SONGS = 5  # in one form


def song_form(language: str) -> ui.Modal:
    """The form in a language. discord.py must not wait for it: the client handles it in any process."""
    modal = ui.Modal(title=translate("modal.title", language)[:LABEL_LIMIT], custom_id=NAME)
    file: ui.FileUpload[Any] = ui.FileUpload(custom_id=FILE, required=True, min_values=1, max_values=SONGS)
    text: ui.TextInput[Any] = ui.TextInput(
        custom_id=TEXT,
        required=False,
        max_length=TEXT_LIMIT,
        placeholder=translate("command.separate.want", language)[:100],
    )
    modal.add_item(ui.Label(text=translate("modal.file", language)[:LABEL_LIMIT], component=file))
    modal.add_item(ui.Label(text=translate("modal.want", language)[:LABEL_LIMIT], component=text))
    modal.stop()
    return modal


def read_form(interaction: Interaction) -> tuple[list[discord.Attachment], str]:
    """The songs and the text of a submitted form."""
    data: Any = interaction.data or {}
    fields = {each["custom_id"]: each for each in map(_inner, data.get("components", []))}
    files = data.get("resolved", {}).get("attachments", {})
    ids = [each for each in fields.get(FILE, {}).get("values", []) if each in files]
    songs = [discord.Attachment(data=files[each], state=interaction._state) for each in ids]  # noqa: SLF001 - discord.py gives a form's files only through its own dispatch
    return songs, str(fields.get(TEXT, {}).get("value", "")).strip()


def _inner(component: dict[str, Any]) -> dict[str, Any]:
    """The component inside a label or a row."""
    inner: Any = component.get("component") or (component.get("components") or [component])[0]
    return {"custom_id": "", **inner}
