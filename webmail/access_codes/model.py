"""What the page of access codes shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.record_openings import OpenedBy, OpenFor


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCode:
    """A code that may still be used; `name` is what forms call it, and opens nothing."""

    name: str
    made: datetime
    until: datetime
    opens: OpenFor
    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenOpening:
    """Somebody who may read now."""

    name: str
    who: str
    organisation: str
    how: OpenedBy
    made: datetime
    ends: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAccesses:
    """All that lets professionals in now, standing consents apart."""

    codes: Sequence[GivenCode]
    openings: Sequence[GivenOpening]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewCode:
    """What is shown once."""

    digits: str
    until: datetime
    opens: OpenFor
