"""What the pages of sharing show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.health_links import SharedReading
from gateway.domain.synthesis import SynthesisPart


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLink:
    """A link that is in force; `name` is what forms call it, and opens nothing."""

    name: str
    made: datetime
    until: datetime
    parts: Sequence[SynthesisPart]
    readings: Sequence[SharedReading]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewLink:
    """What is shown once: a code to scan, its words, and the passcode."""

    address: str
    passcode: str
    until: datetime
