"""From where an order stands to what its person reads: the status message, then the result.

Pure rendering into `Reply` and `Result`; what a platform makes of them is its own affair.
"""

from __future__ import annotations

import asyncio
import json
import time
from functools import reduce
from typing import TYPE_CHECKING, Any

from bots.chat.messages import Action, Button, Choice, File, Reply, Result
from bots.i18n.translate import error_message, has, translate
from bots.intents.quality import format_label
from separator import Format, JobState, OrderState, OutputSpec, Service, Stem, from_record, link_id, title_of
from storage import LinkClaims, Manifest, StembotError, waveform_image

if TYPE_CHECKING:
    from pathlib import Path

    from bots.settings import BotSettings
    from separator import Delivery, Mix, Order, OrderStatus, QueueClient
    from storage import Links

#: The wishes that have a button, by the name of their label.
BUTTONS = {
    "vocals": "vocals",
    "instrumental": "-vocals",
    "drumless": "-drums",
    "bassless": "-bass",
    "stems": "stems",
}

APART = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)  #: what every install can take a song apart into
_HOUR_S = 3600
QUERY = 60  #: characters of a title that an inline query begins with; Telegram takes 256


def mix_words(mix: Mix, language: str) -> str:
    """A mix as its person reads it: `Drumless`, `Vocals + Drums`, `Without drums and bass`."""
    if has(f"output.{mix.name}"):
        return translate(f"output.{mix.name}", language)
    stems = [stem for stem in Stem if stem in mix.stems]
    if not mix.without:
        return " + ".join(translate(f"output.{stem}", language) for stem in stems)
    names = [translate(f"without.{stem}", language) for stem in stems]
    joined = reduce(lambda one, other: translate("both", language, one=one, other=other), names)
    return translate("output.without", language, stems=joined)


def wish_words(outputs: OutputSpec, language: str) -> str:
    """A wish as its person reads it: `Drumless, Vocals (flac 24)`."""
    words = [mix_words(mix, language) for mix in outputs.mixes]
    words += [translate("output.stems", language)] if outputs.every_stem else []
    ending = format_label(outputs)
    return ", ".join(words) + (f" ({ending})" if ending else "")


class ResultViews:
    """Writes what an order's person reads."""

    def __init__(self, queue: QueueClient, links: Links, settings: BotSettings) -> None:
        """Take the line whose store files are copied out of, and what makes links."""
        self._queue = queue
        self._store = queue.store
        self._links = links
        self._link_s = settings.link_s

    def status(self, standing: OrderStatus) -> Reply:
        """The status message of an order, at any moment of its life."""
        order = standing.order
        if order.state is OrderState.DRAFT:
            return self.choose(order, order.outputs.partition(":")[2] or Format.MP3)
        if order.state is OrderState.CANCELLED:
            return Reply(translate("cancelled", order.language), final=True)
        if standing.error is not None:
            return Reply(error_message(from_record(standing.error), order.language), final=True)
        if standing.state is JobState.CANCELLED:  # by the operator, for everybody who waited
            return Reply(translate("cancelled", order.language), final=True)
        if standing.result is not None:
            return self._done(standing, standing.result)
        return self._under_way(standing)

    def result(self, delivery: Delivery) -> Result:
        """The finished order: the last status message, and the files that fit the chat."""
        standing = delivery.status
        files = self.files(standing.order, standing.result or {})
        return Result(
            order=standing.order.id,
            address=standing.order.reply_to,
            reply=self.status(standing),
            files=files,
            key=f"order-{standing.order.id}-{standing.order.job}",
            picture=lambda: self._picture(standing.result or {}),
        )

    async def _picture(self, result: dict[str, Any]) -> bytes:
        """The stems' waveforms; a result is shown without where they cannot be read."""
        try:
            manifest = Manifest.from_json(await self._store.get(result["manifest"]))
            peaks = json.loads(await self._store.get(manifest.peaks_key))["stems"]
            return await asyncio.to_thread(waveform_image, peaks)
        except (StembotError, ValueError, KeyError, TypeError):
            return b""

    def choose(self, order: Order, ending: str) -> Reply:
        """What would you like? In files of this format."""
        number, language = order.id, order.language
        formats = tuple(Button(each.value, f"{Action.FORMAT}:{number}:{each.value}") for each in Format)
        stems = tuple(Button(translate(f"output.{each}", language), each.value) for each in APART)
        return Reply(
            translate("choose", language, song=order.song_name),
            buttons=_wish_buttons(order, (), ending),
            choices=(
                Choice(
                    translate("choose_stems", language),
                    f"{Action.WISH}:{number}:*:{ending}",
                    stems,
                    many=True,
                ),
                Choice(
                    translate("settings.format", language),
                    f"{Action.FORMAT}:{number}:",
                    formats,
                    f"{Action.FORMAT}:{number}:{ending}",
                ),
            ),
        )

    def formats(self, order: Order) -> Reply:
        """The formats as buttons, for platforms without menus."""
        menu = self.choose(order, Format.MP3).choices[-1]
        rows = tuple(menu.options[start : start + 3] for start in range(0, len(menu.options), 3))
        return Reply(translate("choose", order.language, song=order.song_name), buttons=rows)

    def files(self, order: Order, result: dict[str, Any]) -> tuple[File, ...]:
        """The files of a result that fit the chat it was asked in."""
        return tuple(self._file(result, each) for each in result.get("files", []) if _fits(each, order))

    def mixer_url(self, order: Order, result: dict[str, Any]) -> str:
        """The public link to the mixer; empty where no public address is set."""
        return self._links.url(self.grant(order, result))

    def grant(self, order: Order, result: dict[str, Any]) -> LinkClaims:
        """What a link to this result shows, and until when."""
        title = result.get("title") or order.song_name
        return LinkClaims(result["manifest"], title, time.time() + self._link_s, link_id(order))

    def preview(self, standing: OrderStatus) -> LinkClaims | None:
        """What a link to the most telling half minute shows, while the rest is still being made."""
        return self._early(standing, standing.progress.preview)

    def live(self, standing: OrderStatus) -> LinkClaims | None:
        """What a link to all that is finished so far shows; the whole separation once that is there."""
        return self._early(standing, standing.progress.live)

    def _early(self, standing: OrderStatus, key: str) -> LinkClaims | None:
        """It ends at a full hour, so that it is the same link whenever it is looked at within one."""
        if standing.state is not JobState.RUNNING or not key:
            return None
        until = time.time() // _HOUR_S * _HOUR_S + _HOUR_S + self._link_s
        return LinkClaims(key, title_of(standing.order.song_name), until, link_id(standing.order))

    def _under_way(self, standing: OrderStatus) -> Reply:
        language = standing.order.language
        outputs = wish_words(OutputSpec.from_code(standing.order.outputs), language)
        heading = translate("heading", language, song=standing.order.song_name, outputs=outputs)
        running = standing.state is JobState.RUNNING
        cancel = Button(translate("button.cancel", language), code=f"{Action.CANCEL}:{standing.order.id}")
        grant = self.preview(standing)
        url = self._links.url(grant) if grant else ""
        preview = (Button(translate("button.preview", language), url=url, app=True),) if url else ()
        return Reply(
            f"{heading}\n{_where(standing)}",
            buttons=((*preview, cancel),),
            share=standing.progress.share if running else None,
            passing=True,
        )

    def _done(self, standing: OrderStatus, result: dict[str, Any]) -> Reply:
        order, files = standing.order, result.get("files", [])
        outputs = OutputSpec.from_code(order.outputs)
        told = wish_words(outputs, order.language)
        url = self.mixer_url(order, result)
        missing = sum(not _fits(each, order) for each in files)
        if missing:
            key = "done_too_big" if url else "done_too_big_no_link"
            text = translate(key, order.language, outputs=told, count=missing)
        else:
            text = translate("done", order.language, outputs=told)
        if any(each.get("estimated") for each in files):
            text += "\n" + translate("estimated", order.language)
        if any(each.get("folded") for each in files):
            text += "\n" + translate("folded", order.language)
        mixer = (Button(translate("button.mixer", order.language), url=url, app=True),) if url else ()
        title = str(result.get("title") or order.song_name)
        share = Button(
            translate("button.share", order.language),
            code=f"{Action.SHARE}:{order.id}",
            find=title[:QUERY],
        )
        others = _wish_buttons(order, leave_out=order.outputs.partition(":")[0].split(","))
        return Reply(text, buttons=((*mixer, share), *others), final=True, title=title)

    def _file(self, result: dict[str, Any], made: dict[str, Any]) -> File:
        async def save(path: Path) -> None:
            await self._store.get_file(made["key"], path)

        async def cover() -> bytes:
            try:
                return await self._queue.cover(result["manifest"])
            except (StembotError, ValueError, KeyError):  # a song without its picture is still the song
                return b""

        return File(
            name=made["name"],
            title=made["title"],
            performer=result.get("artist", ""),
            duration_s=result.get("song_s", 0.0),
            size_bytes=made["size_bytes"],
            mime=made["mime"],
            save=save,
            mix=made["mix"],
            key=made["key"],
            cover=cover,
        )


def _fits(made: dict[str, Any], order: Order) -> bool:
    return not order.limit_bytes or made["size_bytes"] <= order.limit_bytes


def _where(standing: OrderStatus) -> str:
    """The line of a status message that says how far it is."""
    language = standing.order.language
    position = standing.position
    eta = ""
    if position is not None and position.eta_s is not None:
        eta = translate("eta", language, eta_s=position.eta_s)
    if standing.state is JobState.DONE:
        return translate("ready", language)
    running = standing.state is JobState.RUNNING  # then it goes on, drained or not
    if standing.service is Service.NOBODY or not (running or standing.service is Service.OPEN):
        return translate(f"service.{standing.service}", language)
    if not running:
        before = position.before if position else 0
        return translate("queued" if before else "next", language, before=before, eta=eta)
    stage = standing.progress.stage or "starting"
    return translate(stage, language, percent=int(100 * standing.progress.share), eta=eta)


def _wish_buttons(
    order: Order, leave_out: list[str] | tuple[str, ...], ending: str = ""
) -> tuple[tuple[Button, ...], ...]:
    """Buttons for the usual wishes, by default in the order's format; two a row, for a thumb."""
    ending = ending or order.outputs.partition(":")[2] or Format.MP3
    ending = ending.replace(Format.STEM_MP4, Format.M4A)  # the file of stems is whole; mixes stand beside it
    buttons = [
        Button(translate(f"output.{name}", order.language), code=f"{Action.WISH}:{order.id}:{code}:{ending}")
        for name, code in BUTTONS.items()
        if code not in leave_out
    ]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
