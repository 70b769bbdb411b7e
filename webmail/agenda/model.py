"""The agenda as its pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gateway.domain.agenda.drafts import EventDraft
from webmail.shown_documents import DocumentSummary


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EventLine:
    """An entry at one of its times.

    Attributes:
        at, until: instants; None for what takes whole days.
        first, last: its days where the space is shown.
        mark: what one must know at once: « Annulé », « À confirmer »; empty for most.
        is_struck: whether it will not take place.
        is_past: whether it lies wholly in the past.
        brings: whether something is to be brought.
    """

    id: str
    title: str
    first: date
    last: date
    at: datetime | None = None
    until: datetime | None = None
    place: str = ""
    people: str = ""
    mark: str = ""
    is_task: bool = False
    is_struck: bool = False
    is_past: bool = False
    brings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EventPage:
    """An entry with all it says.

    Attributes:
        version: which its forms are filled from.
        line: it at its first time; `more` at its others, `left_out` how many of those are not listed.
        draft: what a form begins with.
        organiser: name of the professional who fixed it; empty for one's own. `about` is what they say of it.
        conversation: the message's, when it came by one and is still there.
        state, answer: values of `EventState` and `EventAnswer`.
        may_answer: whether an answer makes sense: the organiser asked, and it is not over.
    """

    version: int
    line: EventLine
    draft: EventDraft
    more: Sequence[EventLine] = ()
    left_out: int = 0
    organiser: str = ""
    about: str = ""
    conversation: str = ""
    state: str = "planned"
    answer: str = "none"
    is_told: bool = False
    may_answer: bool = False
    documents: Sequence[DocumentSummary] = ()
