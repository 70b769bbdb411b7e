"""The terms of use: versions, each a text that never changes, and which of them is in force (F13, E91). Pure.

A text is plain: a line that begins with ``# `` is a heading, one with ``> `` says what changed since the version
before, one with ``- `` is a point of a list; other lines make paragraphs, parted by empty lines.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from gateway.domain.errors import InvalidValue

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TermsPart:
    """A heading, with the paragraphs and the points below it."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsVersion:
    """One version; its name is the day from which it is in force, and `changes` says what is new in it."""

    day: date
    parts: tuple[TermsPart, ...]
    changes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Give the name by which it is accepted and found."""
        return self.day.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsOfUse:
    """Versions that are in force in turn, the oldest first, at least one; others are only `readable`."""

    in_turn: tuple[TermsVersion, ...]
    readable: tuple[TermsVersion, ...] = ()
    _by_name: dict[str, TermsVersion] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {one.name: one for one in (*self.readable, *self.in_turn)})

    def current(self, today: date) -> TermsVersion:
        """Give the version in force: the latest whose day has come, else the first."""
        return next((one for one in reversed(self.in_turn) if one.day <= today), self.in_turn[0])

    def version(self, name: str) -> TermsVersion | None:
        """Give a version of today, before, or to come; None when there is none of that name."""
        return self._by_name.get(name)


def read_terms(name: str, text: str) -> TermsVersion:
    """Read one version; its name is a day (ISO 8601). Raises `InvalidValue`."""
    if not _DAY.fullmatch(name):
        raise InvalidValue("a version of terms is named by its day")
    try:
        day = date.fromisoformat(name)
    except ValueError as error:
        raise InvalidValue("a version of terms is named by its day") from error
    parts, changes = list[TermsPart](), list[str]()
    heading, paragraphs, points, lines = "", list[str](), list[str](), list[str]()
    for line in (*(line.strip() for line in text.splitlines()), "", "# "):
        if lines and (not line or line[0] in "#>-"):
            paragraphs.append(" ".join(lines))
            lines = []
        if line.startswith("#"):
            if heading or paragraphs or points:
                parts.append(TermsPart(heading, tuple(paragraphs), tuple(points)))
            heading, paragraphs, points = line.lstrip("# "), [], []
        elif line.startswith("> "):
            changes.append(line[2:].strip())
        elif line.startswith("- "):
            points.append(line[2:].strip())
        elif line:
            lines.append(line)
    if not parts:
        raise InvalidValue("these terms say nothing")
    return TermsVersion(day=day, parts=tuple(parts), changes=tuple(changes))
