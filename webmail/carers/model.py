"""What the pages of carers show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from gateway.domain.access import Right, SpacePart
from gateway.domain.carers import CarerLevel


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownCarer:
    """Somebody who is a carer, or was asked to be one: then `waits`.

    Attributes:
        name: what forms and addresses call them.
        full_name: as people read it.
        ends: the first instant at which they may not act any more.
        last_day: the day before, where the person lives.
    """

    name: str
    full_name: str
    waits: bool
    since: datetime
    ends: datetime
    last_day: date
    rights: frozenset[Right]
    levels: Mapping[SpacePart, CarerLevel]
