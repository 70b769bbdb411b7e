"""What the pages of a record show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.record_openings import OpenedBy
from webpro.profile_parts import ShownPart


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownRecord:
    """The first page of a record that is open; `how` and `ends` say by what, and until when."""

    name: str
    born: str
    how: OpenedBy
    ends: datetime
    parts: Sequence[ShownPart]
