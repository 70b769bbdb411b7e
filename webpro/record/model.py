"""What the pages of a record show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.record_openings import OpenedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """One part of the synthesis: its entries, each as what it is and what is said of it; `said` where there is none.

    `is_always_told` is for what nobody may take for forgotten.
    """

    title: str
    entries: Sequence[tuple[str, Sequence[str]]]
    said: str = ""
    is_always_told: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownRecord:
    """The first page of a record that is open; `how` and `ends` say by what, and until when."""

    name: str
    born: str
    how: OpenedBy
    ends: datetime
    parts: Sequence[ShownPart]
