"""What people choose once, so that they need not say it each time: `/settings`.

A person's own choice goes before their group's, a group's before what the platform or the operator says; and
words that come with a song go before all of them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING

from bots.chat.results import BUTTONS
from bots.i18n.translate import LANGUAGES
from separator import QUICK, Format

if TYPE_CHECKING:
    from bots.chat.messages import Person
    from separator import People

#: What can be chosen, in the order it is shown; the first of each is the usual.
OPTIONS: dict[str, tuple[str, ...]] = {
    "wish": ("", *BUTTONS),
    "format": ("", *(each.value for each in Format if each not in {Format.MP3, Format.STEM_MP4})),
    "effort": ("", QUICK),
    "language": ("", *LANGUAGES),
    "daily": ("", "10", "25", "50", "100"),
}
PERSONS = ("wish", "format", "effort", "language")
PLACES = ("daily", *PERSONS)  #: a group can also say how many songs a day it wants


@dataclass(frozen=True)
class Preferences:
    """What is chosen; empty is the usual."""

    language: str = ""  #: BCP 47
    format: str = ""  #: mp3
    wish: str = ""  #: to be asked
    effort: str = ""  #: as well as can be
    daily: str = ""  #: as many songs as people like

    @classmethod
    def read(cls, facts: dict[str, str]) -> Preferences:
        """Out of the database; what this version does not know is left out."""
        known = {name: facts[name] for name in facts if facts[name] in OPTIONS.get(name, ())}
        return cls(**known)

    def write(self) -> dict[str, str]:
        """For the database: what differs from the usual."""
        return {name: value for name, value in asdict(self).items() if value}

    def over(self, other: Preferences) -> Preferences:
        """These choices, and where there is none the other's."""
        mine = {each.name: getattr(self, each.name) or getattr(other, each.name) for each in fields(self)}
        return Preferences(**mine)


class PreferenceStore:
    """Reads and writes what people and groups chose."""

    def __init__(self, people: People) -> None:
        """Take where it is kept."""
        self._people = people

    async def of(self, who: str, place: str = "") -> Preferences:
        """What holds for somebody, there."""
        found = await self._people.preferences([each for each in (who, place) if each])
        return Preferences.read(found.get(who, {})).over(Preferences.read(found.get(place, {})))

    async def heard(self, person: Person, place: str = "") -> tuple[Person, Preferences]:
        """The person, in the language that they chose; and what else they chose."""
        taste = await self.of(person.id, place)
        return replace(person, language=taste.language or person.language), taste

    async def choose(self, who: str, what: str, value: str) -> None:
        """Set one thing; to the usual, too.

        Raises:
            ValueError: There is no such choice.
        """
        if value not in OPTIONS.get(what, ()):
            raise ValueError(what)
        mine = await self.of(who)
        await self._people.set_preferences(who, replace(mine, **{what: value}).write())
