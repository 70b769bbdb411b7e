"""What may be asked of the lines of a folder without opening anything: flags, dates, sizes.

These stand in clear (`docs/store.md`), so a store answers them by itself, with numbers only.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class AnyLine:
    """Match every line."""


@dataclass(frozen=True, slots=True)
class Unseen:
    r"""Match lines without \Seen."""


@dataclass(frozen=True, slots=True)
class WithFlag:
    """Match lines with a flag or keyword, whatever its case."""

    flag: str


@dataclass(frozen=True, slots=True)
class DatedBetween:
    """Match lines whose internal date is not before `first` and before `end`, both in microseconds since 1970."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class SizedBetween:
    """Match lines of `least` octets or more, and fewer than `end`."""

    least: int
    end: int


LineTest: TypeAlias = AnyLine | Unseen | WithFlag | DatedBetween | SizedBetween
EVERY_LINE = AnyLine()
