"""Sets of measures that somebody follows for a while: pregnancy, diabetes, hypertension (F93). Pure; gives no advice.

The sets are a file (`gateway/services/profile/follow_up_rules.toml`), each with the source of its rhythm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.domain.measures import MeasureKind

AGAIN = 3
"""Further days of a reminder that stand in the agenda, for who does not note anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpSource:
    """Who publishes the rhythm: a name, an address, and the date of the text or of its reading."""

    name: str
    url: str
    dated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpItem:
    """One kind of measure of a set, and after how many days it is due again."""

    kind: MeasureKind
    every: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpSet:
    """One set; `code` is for good: what is followed is kept by it."""

    code: str
    label: str
    about: str
    items: tuple[FollowUpItem, ...]
    source: FollowUpSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One measure of a followed set: when it was noted last, and from which day it is due."""

    item: FollowUpItem
    last: date | None
    day: date


def dues_of(it: FollowUpSet, since: date, lasts: Mapping[MeasureKind, date]) -> tuple[Due, ...]:
    """Say what is due when, the soonest first; what was never noted is due since the set is followed."""
    found = []
    for item in it.items:
        last = lasts.get(item.kind)
        day = since if last is None else max(last + timedelta(days=item.every), since)
        found.append(Due(item=item, last=last, day=day))
    return tuple(sorted(found, key=lambda due: due.day))


def reminder_days(dues: tuple[Due, ...]) -> tuple[date, ...]:
    """Give the day on which the first measure is due, and some later ones at the same rhythm."""
    first = dues[0]
    return tuple(first.day + timedelta(days=first.item.every * turn) for turn in range(AGAIN + 1))
