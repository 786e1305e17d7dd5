"""From where an order stands to what its person reads: the status message, then the result.

Pure rendering into `Reply` and `Result`; what a platform makes of them is its own affair.
"""

from __future__ import annotations

import time
from functools import reduce
from typing import TYPE_CHECKING, Any

from bots.qualities import quality_words
from bots.talk import Action, Button, File, Reply, Result
from bots.words import has, say, sentence
from separator import Format, OrderState, Service, State, Stem, Wish, from_record
from storage import Grant

if TYPE_CHECKING:
    from pathlib import Path

    from bots.settings import BotSettings
    from separator import Delivery, Mix, Order, Standing
    from storage import Links, Store

#: The wishes that have a button, by the name of their label.
BUTTONS = {
    "vocals": "vocals",
    "instrumental": "-vocals",
    "drumless": "-drums",
    "bassless": "-bass",
    "stems": "stems",
}


def mix_words(mix: Mix, language: str) -> str:
    """A mix as its person reads it: `Drumless`, `Vocals + Drums`, `Without drums and bass`."""
    if has(f"wish.{mix.name}"):
        return say(f"wish.{mix.name}", language)
    stems = [stem for stem in Stem if stem in mix.stems]
    if not mix.without:
        return " + ".join(say(f"wish.{stem}", language) for stem in stems)
    names = [say(f"without.{stem}", language) for stem in stems]
    joined = reduce(lambda one, other: say("both", language, one=one, other=other), names)
    return say("wish.without", language, stems=joined)


def wish_words(wish: Wish, language: str) -> str:
    """A wish as its person reads it: `Drumless, Vocals (flac 24)`."""
    words = [mix_words(mix, language) for mix in wish.mixes]
    words += [say("wish.stems", language)] if wish.every_stem else []
    ending = quality_words(wish)
    return ", ".join(words) + (f" ({ending})" if ending else "")


class Answer:
    """Writes what an order's person reads."""

    def __init__(self, store: Store, links: Links, settings: BotSettings) -> None:
        """Take the store that files are copied out of, and what makes links."""
        self._store = store
        self._links = links
        self._link_s = settings.link_s

    def status(self, standing: Standing) -> Reply:
        """The status message of an order, at any moment of its life."""
        order = standing.order
        if order.state is OrderState.DRAFT:
            text = say("choose", order.language, song=order.song_name)
            return Reply(text, buttons=_wish_buttons(order, leave_out=()))
        if order.state is OrderState.CANCELLED:
            return Reply(say("cancelled", order.language), final=True)
        if standing.error is not None:
            return Reply(sentence(from_record(standing.error), order.language), final=True)
        if standing.state is State.CANCELLED:  # by the operator, for everybody who waited
            return Reply(say("cancelled", order.language), final=True)
        if standing.result is not None:
            return self._done(standing, standing.result)
        return self._under_way(standing)

    def result(self, delivery: Delivery) -> Result:
        """The finished order: the last status message, and the files that fit the chat."""
        standing = delivery.standing
        files = tuple(
            self._file(standing.result or {}, each)
            for each in (standing.result or {}).get("files", [])
            if _fits(each, standing.order)
        )
        return Result(
            order=standing.order.id,
            address=standing.order.reply_to,
            reply=self.status(standing),
            files=files,
            key=f"order-{standing.order.id}-{standing.order.job}",
        )

    def mixer_url(self, order: Order, result: dict[str, Any]) -> str:
        """The public link to the mixer; empty where no public address is set."""
        return self._links.url(self.grant(order, result))

    def grant(self, order: Order, result: dict[str, Any]) -> Grant:
        """What a link to this result shows, and until when."""
        title = result.get("title") or order.song_name
        return Grant(manifest=result["manifest"], title=title, until=time.time() + self._link_s)

    def _under_way(self, standing: Standing) -> Reply:
        language = standing.order.language
        wish = wish_words(Wish.from_code(standing.order.wish), language)
        heading = say("heading", language, song=standing.order.song_name, wish=wish)
        running = standing.state is State.RUNNING
        return Reply(
            f"{heading}\n{_where(standing)}",
            buttons=((Button(say("button.cancel", language), code=f"{Action.CANCEL}:{standing.order.id}"),),),
            share=standing.progress.share if running else None,
        )

    def _done(self, standing: Standing, result: dict[str, Any]) -> Reply:
        order, files = standing.order, result.get("files", [])
        wish = Wish.from_code(order.wish)
        told = wish_words(wish, order.language)
        url = self.mixer_url(order, result)
        missing = sum(not _fits(each, order) for each in files)
        if missing:
            key = "done_long" if url else "done_nowhere"
            text = say(key, order.language, wish=told, count=missing)
        else:
            text = say("done", order.language, wish=told)
        if any(each.get("estimated") for each in files):
            text += "\n" + say("estimated", order.language)
        if any(each.get("folded") for each in files):
            text += "\n" + say("folded", order.language)
        link = ((Button(say("button.mixer", order.language), url=url),),) if url else ()
        others = _wish_buttons(order, leave_out=order.wish.partition(":")[0].split(","))
        return Reply(text, buttons=(*link, *others), final=True)

    def _file(self, result: dict[str, Any], made: dict[str, Any]) -> File:
        async def save(path: Path) -> None:
            await self._store.get_file(made["key"], path)

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
        )


def _fits(made: dict[str, Any], order: Order) -> bool:
    return not order.limit_bytes or made["size_bytes"] <= order.limit_bytes


def _where(standing: Standing) -> str:
    """The line of a status message that says how far it is."""
    language = standing.order.language
    position = standing.position
    eta = ""
    if position is not None and position.eta_s is not None:
        eta = say("eta", language, eta_s=position.eta_s)
    if standing.state is State.DONE:
        return say("ready", language)
    running = standing.state is State.RUNNING  # then it goes on, drained or not
    if standing.service is Service.NOBODY or not (running or standing.service is Service.OPEN):
        return say(f"service.{standing.service}", language)
    if not running:
        before = position.before if position else 0
        return say("queued" if before else "next", language, before=before, eta=eta)
    stage = standing.progress.stage or "starting"
    return say(stage, language, percent=int(100 * standing.progress.share), eta=eta)


def _wish_buttons(order: Order, leave_out: list[str] | tuple[str, ...]) -> tuple[tuple[Button, ...], ...]:
    """Buttons for the usual wishes in the order's format, at most three a row, for a thumb on a phone."""
    ending = order.wish.partition(":")[2] or "mp3"
    ending = ending.replace(Format.STEM_MP4, Format.M4A)  # the file of stems is whole; mixes stand beside it
    buttons = [
        Button(say(f"wish.{name}", order.language), code=f"{Action.WISH}:{order.id}:{code}:{ending}")
        for name, code in BUTTONS.items()
        if code not in leave_out
    ]
    return tuple(tuple(buttons[start : start + 3]) for start in range(0, len(buttons), 3))
