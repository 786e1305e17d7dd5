"""How much somebody may have in the line and a day, and who may put nothing there at all.

person    telegram:5                  waiting, seconds of song a day
group     telegram:chat:-100…         the same, for all in it together
address   web:address:<pseudonym>     the same, for all who come to the web room from there
everybody                             separations in line

A day's allowance is counted in seconds of song that were taken apart, as measured when that was done, and is
borne by whoever's order made the work necessary. What is answered from storage, or shared with somebody whose
song is on its way already, costs nobody anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separator.core.jobs import NewOrder
    from separator.core.settings import SeparatorSettings

DAY_S = 86_400.0  #: any 24 hours, so that nobody waits for a midnight somewhere
ADDRESS = "web:address:"  #: what the place of an order begins with that came from an address


@dataclass(frozen=True)
class Quota:
    """What one person, group or address may take."""

    waiting: int  #: orders in line at a time
    day_s: float  #: seconds of song a day; 0 is no limit


@dataclass(frozen=True)
class Quotas:
    """The limits of a house."""

    person: Quota
    group: Quota
    address: Quota
    waiting_all: int  #: separations in line, everybody's

    @classmethod
    def of(cls, settings: SeparatorSettings) -> Quotas:
        """As the operator has set them."""
        return cls(
            person=Quota(settings.jobs_waiting, settings.day_s),
            group=Quota(settings.group_waiting, settings.group_day_s),
            address=Quota(settings.address_waiting, settings.address_day_s),
            waiting_all=settings.jobs_waiting_all,
        )

    def quotas_for(self, order: NewOrder) -> list[tuple[str, str, Quota]]:
        """Whom an order is counted against: how their limits' names begin, who it is, what they may take."""
        found = [("", order.owner, self.person)]
        if order.place:
            kind = ("address_", self.address) if order.place.startswith(ADDRESS) else ("group_", self.group)
            found.append((kind[0], order.place, kind[1]))
        return found


@dataclass(frozen=True)
class QuotaUsage:
    """What somebody has taken of what they may."""

    quota: Quota
    waiting: int  #: orders in line
    used_s: float  #: seconds of song within a day
    ends_s: float  #: seconds until a song can be taken again; 0 while one can

    @property
    def left_s(self) -> float:
        """Seconds of song that are left; nothing to go by where there is no limit."""
        return max(0.0, self.quota.day_s - self.used_s)


@dataclass(frozen=True)
class Block:
    """Somebody, or a place, that no songs are taken from."""

    who: str
    ends_s: float | None  #: seconds from now; None: until it is taken back
    why: str = ""  #: the operator's note; nobody else reads it


def same_network(address: str) -> str:
    """An address as limits know it: IPv6 by the /64 that one house or phone has all of.

    Raises:
        ValueError: It is no address.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((int(found), 64), strict=False))
    return str(found)
