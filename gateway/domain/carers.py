"""What a carer may be given: rights by part of a space, and an end (E12). Pure values.

Carers never get more than this: they close nothing, export nothing, change no credentials and let nobody else in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from gateway.domain.access import Action, Right, SpacePart
from gateway.domain.errors import InvalidValue

MOST_CARERS = 3
"""Of one person, those who were asked and have not answered among them."""
MOST_HELPED = 5
"""Persons for whom one carer acts."""
LONGEST_DAYS = 366


class CarerLevel(Enum):
    """How much of one part; each includes those before it."""

    NOTHING = "nothing"
    READ = "read"
    ACT = "act"


_ACTIONS = MappingProxyType({
    CarerLevel.NOTHING: frozenset[Action](),
    CarerLevel.READ: frozenset({Action.LIST, Action.READ}),
    CarerLevel.ACT: frozenset({Action.LIST, Action.READ, Action.ADD, Action.CHANGE}),
})
_EVERY, _NO_ACT = tuple(CarerLevel), (CarerLevel.NOTHING, CarerLevel.READ)
LEVELS: Mapping[SpacePart, tuple[CarerLevel, ...]] = MappingProxyType({
    SpacePart.MESSAGES: _EVERY,
    SpacePart.DOCUMENTS: _EVERY,
    SpacePart.PROFILE: _EVERY,
    SpacePart.AGENDA: _EVERY,
    SpacePart.CARE_HISTORY: _NO_ACT,
    SpacePart.TRACE: _NO_ACT,
})
"""The parts that a carer may be given, and how far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerTerms:
    """What a carer is given, and the last day on which it is good, where the person lives."""

    levels: Mapping[SpacePart, CarerLevel]
    last_day: date

    @property
    def rights(self) -> frozenset[Right]:
        """Give them as rights."""
        return frozenset(Right(part, action) for part, level in self.levels.items() for action in _ACTIONS[level])

    def end(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Give the first instant after them: midnight in `zone`.

        Raises:
            InvalidValue: nothing is given, more than may be, or for a day that is past or too far.
        """
        if any(level not in LEVELS.get(part, ()) for part, level in self.levels.items()):
            raise InvalidValue("no carer is given this")
        if not self.rights:
            raise InvalidValue("a carer is given something")
        today = now.astimezone(zone).date()
        if not today <= self.last_day <= today + timedelta(days=LONGEST_DAYS):
            raise InvalidValue("the last day is past, or too far")
        return datetime.combine(self.last_day + timedelta(days=1), time(), zone)


def levels_of(rights: Iterable[Right]) -> Mapping[SpacePart, CarerLevel]:
    """Give how much of each part some rights are; whatever is less than a level counts as the one below it."""
    held = {part: {right.action for right in rights if right.part is part} for part in LEVELS}
    return {
        part: max((level for level in CarerLevel if _ACTIONS[level] <= actions), key=_EVERY.index)
        for part, actions in held.items()
    }


def parts_to_give_up(rights: Iterable[Right] | None) -> tuple[SpacePart, ...]:
    """List the parts that a carer may give up alone, in their order; none where they have one, or all is given."""
    held = [part for part, level in levels_of(rights or ()).items() if level is not CarerLevel.NOTHING]
    return tuple(held) if len(held) > 1 else ()
