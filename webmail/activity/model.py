"""What the page of the activity shows."""

from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.domain.activity import ActivityKind, ActivitySide


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedActivity:
    """What is looked for, as the address says it; days are those of the page's time zone, `until` included.

    `before` stands for a line, and tells nothing of its number (`gateway.services.trace.list_places`).
    """

    side: ActivitySide = ActivitySide.OWN
    kind: ActivityKind | None = None
    who: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownActivity:
    """One line.

    Attributes:
        number: its place in the trace, by which the proof names it; None for whoever has no proof of it.
        documents: reference and title of those that may be opened.
        more: how many things there are besides those that are named.
    """

    number: int | None
    at: datetime
    who: str = ""
    about: str = ""
    what: str = ""
    why: str = ""
    things: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
    more: int = 0
    is_refusal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProof:
    """So many lines are in a checkpoint that was published at an instant; `file` is what a program checks it by."""

    lines: int
    at: datetime
    file: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ActivityList:
    """Lines of one page, newest first, and where older ones begin."""

    lines: tuple[ShownActivity, ...] = field(default=())
    further: int | None = None
