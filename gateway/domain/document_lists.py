"""How a patient keeps their documents: what they call them, what they pin, in which folder; and which they look for.

None of it touches a document itself, which stays as it was signed.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentChoice:
    """What the patient chose for one document.

    Attributes:
        title: their own, beside that of the document; empty for none.
        day: their own date of it.
        pinned: it stands first.
        folder: number of their folder that it is in.
        revision: how often it was changed; a form says which it was filled from.
    """

    title: str = ""
    day: date | None = None
    pinned: bool = False
    folder: int | None = None
    revision: int = 0


NO_CHOICE = DocumentChoice()


@dataclass(frozen=True, slots=True)
class DocumentFolder:
    """A folder that the patient made."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """Where a document stands in a list: the key by which the list is sorted, and its number."""

    at: int
    document: int


OUTSIDE = "\x1f\x1e"
"""Among the words of a document: a result of it is outside its range. Nobody can type it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFilter:
    """Which documents a list has, and in which order.

    Attributes:
        since, until: days of the document, both included.
        words: each stands somewhere in title, names or text, folded as texts are.
        sender: one word at least of who wrote or sent it.
        outside: a result at least is outside its range, or marked by its laboratory (E95).
        by_day: sorted by the day of the document, not by when it came.
        oldest_first: sorted the other way round.
    """

    category: str = ""
    since: date | None = None
    until: date | None = None
    folder: int | None = None
    words: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    outside: bool = False
    by_day: bool = False
    oldest_first: bool = False

    @property
    def is_read(self) -> bool:
        """Say whether the words of documents must be looked at."""
        return bool(self.words or self.sender or self.outside)
