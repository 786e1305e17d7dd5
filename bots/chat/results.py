"""From an order's status to what people read: the status message, then the result.

Rendered into `Reply` and `Result`, for any platform.
"""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

from bots.chat.button_code import CHOSEN, Action, ButtonCode
from bots.chat.messages import Button, Choice, File, Reply, Result
from bots.i18n.translate import error_message, has, translate
from bots.intents.quality import format_label
from separator import JobState, OrderState, Service, link_id, title_of
from separator.core.errors import from_record
from separator.core.outputs import Format, OutputSpec, Stem
from storage import LinkClaims, Manifest, StembotError, waveform_image

if TYPE_CHECKING:
    from pathlib import Path

    from bots.settings import BotSettings
    from separator import Delivery, Order, OrderStatus, QueueClient
    from separator.core.outputs import Mix
    from storage import Links

#: The outputs that have a button: the name of its label → their code.
USUAL_OUTPUTS = {
    "vocals": "vocals",
    "instrumental": "-vocals",
    "drumless": "-drums",
    "bassless": "-bass",
    "stems": "stems",
}

STEMS = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)  #: what every installation can separate
INLINE_QUERY_LENGTH = 60  #: characters of a title that an inline query begins with; Telegram takes 256
_HOUR_S = 3600


def describe_mix(mix: Mix, language: str) -> str:
    """A mix as people read it: `Drumless`, `Vocals + Drums`, `Without drums and bass`."""
    if has(f"output.{mix.name}"):
        return translate(f"output.{mix.name}", language)
    stems = [stem for stem in Stem if stem in mix.stems]
    if not mix.without:
        return " + ".join(translate(f"output.{stem}", language) for stem in stems)
    names = [translate(f"without.{stem}", language) for stem in stems]
    joined = reduce(lambda one, other: translate("both", language, one=one, other=other), names)
    return translate("output.without", language, stems=joined)


def describe_outputs(outputs: OutputSpec, language: str) -> str:
    """An output spec as people read it: `Drumless, Vocals (flac 24)`."""
    names = [describe_mix(mix, language) for mix in outputs.mixes]
    names += [translate("output.stems", language)] if outputs.every_stem else []
    quality = format_label(outputs)
    return ", ".join(names) + (f" ({quality})" if quality else "")


class ResultViews:
    """Renders the status and the result of orders."""

    def __init__(self, queue: QueueClient, links: Links, settings: BotSettings) -> None:
        self._queue = queue
        self._store = queue.store
        self._links = links
        self._link_s = settings.link_s
        self._keep_s = settings.keep_stems_s

    def status(self, status: OrderStatus) -> Reply:
        """The status message of an order, in any state."""
        order = status.order
        if order.state is OrderState.DRAFT:
            return self.outputs_menu(order, order.outputs.partition(":")[2] or Format.MP3)
        if order.state is OrderState.CANCELLED:
            return Reply(translate("cancelled", order.language), final=True)
        if status.error is not None:
            return Reply(error_message(from_record(status.error), order.language), final=True)
        if status.state is JobState.CANCELLED:  # by the operator, for everybody who waited
            return Reply(translate("cancelled", order.language), final=True)
        if status.result is not None:
            return self._finished(order, status.result)
        return self._in_progress(status)

    def result(self, delivery: Delivery) -> Result:
        """The finished order: the last status message, and the files that fit the chat."""
        status = delivery.status
        order, result = status.order, status.result or {}
        return Result(
            order=order.id,
            address=order.reply_to,
            reply=self.status(status),
            files=self.files(order, result),
            key=f"order-{order.id}-{order.job}",
            owner=order.owner,
            without_files=partial(self._without_files, order, result),
            waveform=lambda: self._waveform(result),
        )

    async def _waveform(self, result: dict[str, Any]) -> bytes:
        """The stems' waveforms; empty where they cannot be read."""
        try:
            manifest = Manifest.from_json(await self._store.get(result["manifest"]))
            peaks = json.loads(await self._store.get(manifest.peaks_key))["stems"]
            return await asyncio.to_thread(waveform_image, peaks)
        except (StembotError, ValueError, KeyError, TypeError):
            return b""

    def outputs_menu(self, order: Order, file_format: str) -> Reply:
        """What would you like? In files of this format."""
        number, language = order.id, order.language
        formats = tuple(Button(each.value, str(ButtonCode(Action.FORMAT, number, each))) for each in Format)
        stems = tuple(Button(translate(f"output.{each}", language), each.value) for each in STEMS)
        stem_menu = Choice(
            translate("choose_stems", language),
            str(ButtonCode(Action.OUTPUTS, number, f"{CHOSEN}:{file_format}")),
            stems,
            multiple=True,
        )
        format_menu = Choice(
            translate("settings.format", language),
            str(ButtonCode(Action.FORMAT, number)),
            formats,
            str(ButtonCode(Action.FORMAT, number, file_format)),
        )
        return Reply(
            translate("choose", language, song=order.song_name),
            buttons=_output_buttons(order, (), file_format),
            choices=(stem_menu, format_menu),
        )

    def format_menu(self, order: Order) -> Reply:
        """The formats as buttons, for platforms without menus."""
        menu = self.outputs_menu(order, Format.MP3).choices[-1]
        rows = tuple(menu.options[start : start + 3] for start in range(0, len(menu.options), 3))
        return Reply(translate("choose", order.language, song=order.song_name), buttons=rows)

    def files(self, order: Order, result: dict[str, Any]) -> tuple[File, ...]:
        """The files of a result that fit the chat of the order."""
        return tuple(self._file(result, each) for each in result.get("files", []) if _fits(each, order))

    def mixer_url(self, order: Order, result: dict[str, Any]) -> str:
        """The public link to the mixer; empty where no public address is set."""
        return self._links.url(self.link_claims(order, result))

    def link_claims(self, order: Order, result: dict[str, Any]) -> LinkClaims:
        """What a link to this result shows, and until when: no longer than the stems are stored for it."""
        title = result.get("title") or order.song_name
        stored_at = max(order.created, result.get("stored_at", 0.0))  # or used again
        left_s = stored_at + self._keep_s - time.time() if order.created else self._keep_s
        until = time.time() + max(min(self._link_s, left_s), _HOUR_S)
        return LinkClaims(result["manifest"], title, until, link_id(order))

    def preview_claims(self, status: OrderStatus) -> LinkClaims | None:
        """What a link to the song's highlight shows while the rest is being separated."""
        return self._early_claims(status, status.progress.preview)

    def live_claims(self, status: OrderStatus) -> LinkClaims | None:
        """What a link to all that is separated so far shows; later it shows all of the song."""
        return self._early_claims(status, status.progress.live)

    def _early_claims(self, status: OrderStatus, key: str) -> LinkClaims | None:
        """Claims that end at a full hour, so that the link stays the same within one."""
        if status.state is not JobState.RUNNING or not key:
            return None
        until = time.time() // _HOUR_S * _HOUR_S + _HOUR_S + self._link_s
        return LinkClaims(key, title_of(status.order.song_name), until, link_id(status.order))

    def _in_progress(self, status: OrderStatus) -> Reply:
        order, language = status.order, status.order.language
        outputs = describe_outputs(OutputSpec.from_code(order.outputs), language)
        heading = translate("heading", language, song=order.song_name, outputs=outputs)
        cancel = Button(translate("button.cancel", language), str(ButtonCode(Action.CANCEL, order.id)))
        claims = self.preview_claims(status)
        url = self._links.url(claims) if claims else ""
        preview = (Button(translate("button.preview", language), url=url, app=True),) if url else ()
        return Reply(
            f"{heading}\n{describe_progress(status)}",
            buttons=((*preview, cancel),),
            progress=status.progress.share if status.state is JobState.RUNNING else None,
            skippable=True,
        )

    def _without_files(self, order: Order, result: dict[str, Any], sent_in_private: bool) -> Reply:
        """The finished order where the chat does not take the files."""
        key = "done_in_private" if sent_in_private else "done_refused"
        if not sent_in_private and not self.mixer_url(order, result):
            key = "done_refused_no_link"
        outputs = describe_outputs(OutputSpec.from_code(order.outputs), order.language)
        return self._finished(order, result, translate(key, order.language, outputs=outputs))

    def _finished(self, order: Order, result: dict[str, Any], text: str = "") -> Reply:
        language, url = order.language, self.mixer_url(order, result)
        mixer = (Button(translate("button.mixer", language), url=url, app=True),) if url else ()
        title = str(result.get("title") or order.song_name)
        share = Button(
            translate("button.share", language),
            code=str(ButtonCode(Action.SHARE, order.id)),
            inline_query=title[:INLINE_QUERY_LENGTH],
        )
        more = _output_buttons(order, leave_out=order.outputs.partition(":")[0].split(","))
        text = text or _describe_result(order, result, has_link=bool(url))
        return Reply(text, buttons=((*mixer, share), *more), final=True, title=title)

    def _file(self, result: dict[str, Any], entry: dict[str, Any]) -> File:
        async def save(path: Path) -> None:
            await self._store.get_file(entry["key"], path)

        async def cover() -> bytes:
            try:
                return await self._queue.cover(result["manifest"])
            except (StembotError, ValueError, KeyError):  # the file is sent without its cover
                return b""

        return File(
            name=entry["name"],
            title=entry["title"],
            performer=result.get("artist", ""),
            duration_s=result.get("song_s", 0.0),
            size_bytes=entry["size_bytes"],
            mime=entry["mime"],
            save=save,
            mix=entry["mix"],
            key=entry["key"],
            cover=cover,
        )


def _fits(entry: dict[str, Any], order: Order) -> bool:
    return not order.limit_bytes or entry["size_bytes"] <= order.limit_bytes


def _describe_result(order: Order, result: dict[str, Any], *, has_link: bool) -> str:
    """What was made, and what is to be known of it."""
    files = result.get("files", [])
    outputs = describe_outputs(OutputSpec.from_code(order.outputs), order.language)
    if missing := sum(not _fits(each, order) for each in files):
        key = "done_too_big" if has_link else "done_too_big_no_link"
        lines = [translate(key, order.language, outputs=outputs, count=missing)]
    else:
        lines = [translate("done", order.language, outputs=outputs)]
    if said_s := result.get("said_s"):
        lines.append(translate("partial", order.language, said_s=said_s, song_s=result["song_s"]))
    lines += [
        translate(note, order.language)
        for note in ("estimated", "folded")
        if any(each.get(note) for each in files)
    ]
    return "\n".join(lines)


def describe_progress(status: OrderStatus) -> str:
    """How far an order is: the part of its status message below the song."""
    language, position = status.order.language, status.position
    eta = ""
    if position is not None and position.eta_s is not None:
        eta = translate("eta", language, eta_s=position.eta_s)
    if status.state is JobState.DONE:
        return translate("ready", language)
    running = status.state is JobState.RUNNING  # a running job ends even where no worker takes new ones
    if status.service is Service.NOBODY or not (running or status.service is Service.OPEN):
        return translate(f"service.{status.service}", language)
    if not running:
        before = position.before if position else 0
        return translate("queued" if before else "next", language, before=before, eta=eta)
    stage = status.progress.stage or "starting"
    return translate(stage, language, percent=int(100 * status.progress.share), eta=eta)


def _output_buttons(
    order: Order,
    leave_out: list[str] | tuple[str, ...],
    file_format: str = "",
) -> tuple[tuple[Button, ...], ...]:
    """Buttons for the usual outputs, by default in the order's format; two a row, for a thumb."""
    file_format = file_format or order.outputs.partition(":")[2] or Format.MP3
    # A stem file holds a complete song: the mixes beside it are plain files.
    file_format = file_format.replace(Format.STEM_MP4, Format.M4A)
    buttons = [
        Button(
            translate(f"output.{name}", order.language),
            str(ButtonCode(Action.OUTPUTS, order.id, f"{code}:{file_format}")),
        )
        for name, code in USUAL_OUTPUTS.items()
        if code not in leave_out
    ]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
