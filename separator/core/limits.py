"""Quotas: how much a person or place may have queued and separated a day, and who is blocked.

person    telegram:5                  waiting, seconds of song a day
group     telegram:chat:-100…         the same, for all in it together
address   web:address:<pseudonym>     the same, for everybody who uses the web app from there
everybody                             queued separations

A day's quota is counted in seconds of song, as measured when the separation is done, and charged to the
person whose order caused it. What is answered from storage, or shared with an order whose song is being
separated already, costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separator.core.jobs import NewOrder
    from separator.core.settings import SeparatorSettings

DAY_S = 86_400.0  #: any 24 hours, so that nobody waits for a midnight somewhere
ADDRESS = "web:address:"  #: what the place of an order from an address begins with


@dataclass(frozen=True)
class Quota:
    """What one person, group or address may take."""

    waiting: int  #: open orders at a time
    day_s: float  #: seconds of song a day; 0 is no limit


@dataclass(frozen=True)
class Quotas:
    """The limits of an installation."""

    person: Quota
    group: Quota
    address: Quota
    waiting_all: int  #: queued separations, everybody's

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
        """Whom an order is counted against: (prefix of the limits' names, who, their quota)."""
        found = [("", order.owner, self.person)]
        if order.place:
            kind = ("address_", self.address) if order.place.startswith(ADDRESS) else ("group_", self.group)
            found.append((kind[0], order.place, kind[1]))
        return found


@dataclass(frozen=True)
class QuotaUsage:
    """What somebody has used of their quota."""

    quota: Quota
    waiting: int  #: open orders
    used_s: float  #: seconds of song within a day
    ends_s: float  #: seconds until a song can be taken again; 0 while one can

    @property
    def left_s(self) -> float:
        """Seconds of song that are left; without meaning where there is no limit."""
        return max(0.0, self.quota.day_s - self.used_s)


@dataclass(frozen=True)
class Block:
    """Somebody, or a place, that no songs are taken from."""

    who: str
    ends_s: float | None  #: seconds from now; None: until it is taken back
    why: str = ""  #: the operator's note; nobody else reads it


def same_network(address: str) -> str:
    """An address as limits know it: IPv6 by the /64 that one household or phone has all of.

    Raises:
        ValueError: It is no address.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((int(found), 64), strict=False))
    return str(found)
