"""What people and groups choose in `/settings`, so that they need not say it each time.

The text that comes with a song goes before the sender's choices, those before their group's, and those before
what the platform or the operator says.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING

from bots.chat.button_code import Setting
from bots.chat.results import USUAL_OUTPUTS
from bots.i18n.translate import LANGUAGES
from separator import QUICK
from separator.core.outputs import Format

if TYPE_CHECKING:
    from bots.chat.messages import Person
    from separator import People

#: What can be chosen, in the order it is shown; the first of each is the default.
OPTIONS: dict[Setting, tuple[str, ...]] = {
    Setting.OUTPUTS: ("", *USUAL_OUTPUTS),
    Setting.FORMAT: ("", *(each.value for each in Format if each not in {Format.MP3, Format.STEM_MP4})),
    Setting.EFFORT: ("", QUICK),
    Setting.LANGUAGE: ("", *LANGUAGES),
    Setting.DAILY: ("", "10", "25", "50", "100"),
}
PERSONAL_SETTINGS = (Setting.OUTPUTS, Setting.FORMAT, Setting.EFFORT, Setting.LANGUAGE)
GROUP_SETTINGS = (Setting.DAILY, *PERSONAL_SETTINGS)


@dataclass(frozen=True)
class Preferences:
    """What is chosen; empty is the default. The fields are those of `Setting`."""

    language: str = ""  #: BCP 47; by default the platform's
    format: str = ""  #: by default mp3
    outputs: str = ""  #: a name of `USUAL_OUTPUTS`; by default the bot asks
    effort: str = ""  #: by default the best quality
    daily: str = ""  #: songs a day for a group; by default no limit

    @classmethod
    def from_stored(cls, stored: dict[str, str]) -> Preferences:
        """Out of the database; what this version does not know is left out."""
        known = {
            setting.field: stored[setting]
            for setting, options in OPTIONS.items()
            if stored.get(setting) in options
        }
        return cls(**known)

    def to_stored(self) -> dict[str, str]:
        """For the database: what differs from the defaults, by `Setting`'s values."""
        return {Setting[name.upper()].value: value for name, value in asdict(self).items() if value}

    def over(self, other: Preferences) -> Preferences:
        """These choices, and where there is none the other's."""
        merged = {each.name: getattr(self, each.name) or getattr(other, each.name) for each in fields(self)}
        return Preferences(**merged)


class PreferenceStore:
    """Reads and writes what people and groups chose."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def get(self, owner: str, chat: str = "") -> Preferences:
        """The choices of a person or group; those of the person's group where there are none."""
        stored = await self._people.preferences([each for each in (owner, chat) if each])
        return Preferences.from_stored(stored.get(owner, {})).over(
            Preferences.from_stored(stored.get(chat, {}))
        )

    async def apply(self, person: Person, chat: str = "") -> tuple[Person, Preferences]:
        """The person with the language that they chose, and their other choices."""
        preferences = await self.get(person.id, chat)
        return replace(person, language=preferences.language or person.language), preferences

    async def localize(self, person: Person, chat: str = "") -> Person:
        """The person with the language that they chose."""
        return (await self.apply(person, chat))[0]

    async def move_chat(self, old: str, new: str) -> None:
        """A group has another id now: what was chosen, used and blocked there goes on counting."""
        await self._people.move_place(old, new)

    async def set(self, owner: str, setting: Setting, value: str) -> None:
        """Set one choice; empty sets it back to the default.

        Raises:
            ValueError: There is no such option.
        """
        if value not in OPTIONS[setting]:
            raise ValueError(value)
        preferences = await self.get(owner)
        await self._people.set_preferences(owner, replace(preferences, **{setting.field: value}).to_stored())
