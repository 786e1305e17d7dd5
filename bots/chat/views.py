"""What `/settings`, `/privacy`, `/stems` and `/mixer` show: `Reply` objects with choices and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.chat.button_code import ASK, YES, Action, ButtonCode, Setting
from bots.chat.messages import Button, Choice, Reply
from bots.chat.preferences import GROUP_SETTINGS, OPTIONS, PERSONAL_SETTINGS
from bots.chat.results import describe_outputs
from bots.i18n.translate import translate
from separator.core.outputs import OutputSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.chat.preferences import Preferences
    from bots.chat.results import ResultViews
    from separator import FinishedOrder, Order, QuotaUsage

MIXER_LENGTH = 5  #: songs under `/mixer`
TITLE_LENGTH = 60  #: characters of a song's title in a list


def option_label(setting: Setting, value: str, language: str) -> str:
    """An option as people read it."""
    if setting is Setting.LANGUAGE and value:
        return translate("language.name", value)
    if setting is Setting.OUTPUTS and value:
        return translate(f"output.{value}", language)
    if setting in {Setting.FORMAT, Setting.DAILY} and value:
        return value
    return translate(f"settings.{setting.field}.{value or 'usual'}", language)


def settings_view(
    owner: str,
    preferences: Preferences,
    language: str,
    *,
    group: bool = False,
    usage: QuotaUsage | None = None,
) -> Reply:
    """`/settings`: everything that can be chosen, what is chosen, and what is left of today's quota."""
    settings = GROUP_SETTINGS if group else PERSONAL_SETTINGS
    choices = tuple(_choice(setting, owner, preferences, language) for setting in settings)
    text = translate("settings.chat" if group else "settings.mine", language)
    return Reply(f"{text}\n\n{quota_text(usage, language)}" if usage else text, choices=choices)


def quota_text(usage: QuotaUsage, language: str) -> str:
    """What a person may still order today."""
    facts: dict[str, float] = {"waiting": usage.waiting, "most": usage.quota.waiting}
    if not usage.quota.day_s:
        return translate("quota.queue", language, **facts)
    facts |= {"limit_s": usage.quota.day_s}
    if usage.ends_s:
        return translate("quota.used_up", language, ends_s=usage.ends_s, **facts)
    return translate("quota.remaining", language, left_s=usage.left_s, **facts)


def setting_view(owner: str, setting: Setting, preferences: Preferences, language: str) -> Reply:
    """One of the settings, as buttons, for platforms without menus."""
    choice = _choice(setting, owner, preferences, language)
    buttons = [
        Button(f"✓ {each.label}" if each.code == choice.chosen else each.label, each.code)
        for each in choice.options
    ]
    rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return Reply(choice.label, buttons=rows)


def _choice(setting: Setting, owner: str, preferences: Preferences, language: str) -> Choice:
    def code(value: str) -> str:
        return str(ButtonCode(Action.SET, setting=setting, value=value, owner=owner))

    return Choice(
        label=translate(f"settings.{setting.field}", language),
        code=str(ButtonCode(Action.OPEN, setting=setting, owner=owner)),
        options=tuple(
            Button(option_label(setting, value, language), code(value)) for value in OPTIONS[setting]
        ),
        chosen=code(getattr(preferences, setting.field)),
    )


def privacy_view(owner: str, language: str) -> Reply:
    """`/privacy`: what is stored, and a button to delete it."""
    code = str(ButtonCode(Action.FORGET, value=ASK, owner=owner))
    return Reply(
        translate("privacy", language), buttons=((Button(translate("button.delete_all", language), code),),)
    )


def confirm_forget_view(owner: str, language: str) -> Reply:
    """Asks before everything of a person is deleted."""
    code = str(ButtonCode(Action.FORGET, value=YES, owner=owner))
    button = Button(translate("button.confirm_delete", language), code)
    return Reply(translate("delete_all_confirm", language), buttons=((button,),))


def result_button(finished: FinishedOrder, language: str) -> Button:
    """A result in a list, `Lithium: Drumless`; the button sends it again."""
    outputs = describe_outputs(OutputSpec.from_code(finished.order.outputs), language)
    label = translate("heading", language, song=_title(finished), outputs=outputs)
    return Button(label, str(ButtonCode(Action.AGAIN, finished.order.id)))


def recent_view(recent: Sequence[FinishedOrder], language: str) -> Reply:
    """`/stems`: recent results; choosing one sends it to this chat."""
    if not recent:
        return Reply(translate("recent_songs_empty", language), private=True)
    options = tuple(result_button(each, language) for each in recent)
    resend = Choice(translate("recent_songs_choose", language), "", options)
    delete = Choice(
        translate("delete_song", language), str(ButtonCode(Action.DELETE)), _delete_buttons(recent)
    )
    return Reply(translate("recent_songs", language), private=True, choices=(resend, delete))


def delete_view(recent: Sequence[FinishedOrder], language: str) -> Reply:
    """Which song is to be deleted, as buttons, for platforms without menus."""
    buttons = tuple((button,) for button in _delete_buttons(recent))
    return Reply(translate("delete_song", language), buttons=buttons)


def confirm_delete_view(order: Order, language: str) -> Reply:
    """Asks before a song is deleted."""
    code = str(ButtonCode(Action.DELETE, order.id, YES))
    button = Button(translate("button.confirm_delete", language), code)
    return Reply(translate("delete_song_confirm", language, song=order.song_name), buttons=((button,),))


def _delete_buttons(recent: Sequence[FinishedOrder]) -> tuple[Button, ...]:
    """A button for each song, by its newest order."""
    return tuple(
        Button(_title(each), str(ButtonCode(Action.DELETE, each.order.id))) for each in _songs(recent)
    )


def _songs(recent: Sequence[FinishedOrder]) -> list[FinishedOrder]:
    """The newest order of each song; the songs in the order of their oldest."""
    return list({each.order.song: each for each in reversed(recent)}.values())[::-1]


def _title(finished: FinishedOrder) -> str:
    title = str(finished.result.get("title") or finished.order.song_name)
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"


def mixer_view(recent: Sequence[FinishedOrder], results: ResultViews, language: str) -> Reply:
    """`/mixer`: links to the live mixer of each recent song."""
    rows = tuple(
        (Button(_title(each), url=url, app=True),)
        for each in _songs(recent)
        if (url := results.mixer_url(each.order, each.result))
    )
    key = "mixer_links" if rows else "mixer_unavailable" if recent else "recent_songs_empty"
    return Reply(translate(key, language), private=True, buttons=rows[:MIXER_LENGTH])
