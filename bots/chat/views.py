"""What `/settings`, `/privacy`, `/stems` and `/mixer` show: `Reply` objects with choices and buttons.

A code that changes something names whom it is for, at its end: `set:language:de:telegram:5`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.chat.messages import Action, Button, Choice, Reply
from bots.chat.preferences import OPTIONS, PERSONS, PLACES
from bots.chat.results import wish_words
from bots.i18n.translate import translate
from separator import OutputSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.chat.preferences import Preferences
    from bots.chat.results import ResultViews
    from separator import FinishedOrder, Order, QuotaUsage

SHOWN = 10  #: recent results in a list, for a phone's screen
LABEL = 60  #: characters of a song's name in a list


def option_words(what: str, value: str, language: str) -> str:
    """An option as its person reads it."""
    if what == "language" and value:
        return translate("language.name", value)
    if what == "wish" and value:
        return translate(f"output.{value}", language)
    if what in {"format", "daily"} and value:
        return value
    return translate(f"settings.{what}.{value or 'usual'}", language)


def settings_card(
    who: str, taste: Preferences, language: str, *, place: bool = False, left: QuotaUsage | None = None
) -> Reply:
    """`/settings`: everything that can be chosen, and what is; and what is left for today."""
    choices = tuple(_choice(what, who, taste, language) for what in (PLACES if place else PERSONS))
    text = translate("settings.chat" if place else "settings.mine", language)
    return Reply(f"{text}\n\n{left_words(left, language)}" if left else text, choices=choices)


def left_words(left: QuotaUsage, language: str) -> str:
    """What somebody may still have today."""
    line = {"waiting": left.waiting, "most": left.quota.waiting}
    if not left.quota.day_s:
        return translate("quota.queue", language, **line)
    if left.ends_s:
        return translate("quota.used_up", language, limit_s=left.quota.day_s, ends_s=left.ends_s, **line)
    return translate("quota.remaining", language, left_s=left.left_s, limit_s=left.quota.day_s, **line)


def opened(who: str, what: str, taste: Preferences, language: str) -> Reply:
    """One of the settings, as buttons, for platforms without menus."""
    choice = _choice(what, who, taste, language)
    marked = [
        Button(f"✓ {each.label}" if each.code == choice.chosen else each.label, each.code)
        for each in choice.options
    ]
    rows = tuple(tuple(marked[start : start + 2]) for start in range(0, len(marked), 2))
    return Reply(choice.label, buttons=rows)


def _choice(what: str, who: str, taste: Preferences, language: str) -> Choice:
    options = tuple(
        Button(option_words(what, value, language), f"{Action.SET}:{what}:{value}:{who}")
        for value in OPTIONS[what]
    )
    return Choice(
        label=translate(f"settings.{what}", language),
        code=f"{Action.OPEN}:{what}:{who}",
        options=options,
        chosen=f"{Action.SET}:{what}:{getattr(taste, what)}:{who}",
    )


def privacy_card(who: str, language: str) -> Reply:
    """`/privacy`: what is kept, and the way to have it deleted."""
    button = Button(translate("button.delete_all", language), f"{Action.FORGET}:ask:{who}")
    return Reply(translate("privacy", language), buttons=((button,),))


def forget_card(who: str, language: str) -> Reply:
    """Asks once more: what is deleted does not come back."""
    button = Button(translate("button.confirm_delete", language), f"{Action.FORGET}:yes:{who}")
    return Reply(translate("delete_all_confirm", language), buttons=((button,),))


def label_of(made: FinishedOrder, language: str) -> str:
    """A result in a list: `Lithium: Drumless`."""
    return translate(
        "heading",
        language,
        song=title_of(made),
        outputs=wish_words(OutputSpec.from_code(made.order.outputs), language),
    )


def code_of(made: FinishedOrder) -> str:
    """What brings a result here again."""
    return f"{Action.AGAIN}:{made.order.id}"


def shelf_card(shelf: Sequence[FinishedOrder], language: str) -> Reply:
    """`/stems`: recent results; choosing one brings it to this chat."""
    if not shelf:
        return Reply(translate("recent_songs_empty", language), private=True)
    options = tuple(Button(label_of(each, language), code_of(each)) for each in shelf)
    bring = Choice(translate("recent_songs_choose", language), "", options)
    delete = Choice(translate("delete_song", language), f"{Action.DELETE}:", _deletes(shelf))
    return Reply(translate("recent_songs", language), private=True, choices=(bring, delete))


def delete_card(shelf: Sequence[FinishedOrder], language: str) -> Reply:
    """Which song is to be deleted, as buttons, for platforms without menus."""
    return Reply(translate("delete_song", language), buttons=tuple((button,) for button in _deletes(shelf)))


def delete_sure(order: Order, language: str) -> Reply:
    """Asks once more."""
    button = Button(translate("button.confirm_delete", language), f"{Action.DELETE}:{order.id}:yes")
    return Reply(translate("delete_song_confirm", language, song=order.song_name), buttons=((button,),))


def _deletes(shelf: Sequence[FinishedOrder]) -> tuple[Button, ...]:
    """A button for each song, by one of its orders."""
    songs = {each.order.song: each for each in reversed(shelf)}
    return tuple(
        Button(title_of(each), f"{Action.DELETE}:{each.order.id}") for each in list(songs.values())[::-1]
    )


def title_of(made: FinishedOrder) -> str:
    """A song in a list."""
    title = str(made.result.get("title") or made.order.song_name)
    return title if len(title) <= LABEL else title[: LABEL - 1] + "…"


def mixer_card(shelf: Sequence[FinishedOrder], answer: ResultViews, language: str) -> Reply:
    """`/mixer`: the live mixer of each recent song."""
    songs = {each.order.song: each for each in reversed(shelf)}
    opens = [
        (Button(str(each.result.get("title") or each.order.song_name)[:LABEL], url=url, app=True),)
        for each in list(songs.values())[::-1]
        if (url := answer.mixer_url(each.order, each.result))
    ]
    key = "mixer_links" if opens else "mixer_unavailable" if shelf else "recent_songs_empty"
    return Reply(translate(key, language), private=True, buttons=tuple(opens[: SHOWN // 2]))
