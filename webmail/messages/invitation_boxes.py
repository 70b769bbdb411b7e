"""What a message's calendar did to the agenda, in words beside the message (E68)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from gateway.domain.agenda.events import AgendaEvent, EventAnswer, EventState, day_of
from gateway.domain.agenda.invitations import Invitation, InvitationOutcome
from gateway.domain.local_days import PLACE
from webmail.references import reference_of

_O = InvitationOutcome
SENTENCES = {
    _O.ADDED: "Ajouté à votre agenda",
    _O.CHANGED: "Modifié dans votre agenda",
    _O.CANCELLED: "Annulé dans votre agenda",
    _O.OUTDATED: "Ce message est dépassé : une version plus récente est dans votre agenda.",
    _O.NOT_THEIRS: "Ce message annule un rendez-vous fixé par quelqu’un d’autre. Rien n’a changé dans votre agenda.",
    _O.UNKNOWN: "Ce message annule un rendez-vous qui n’est pas dans votre agenda.",
    _O.FULL: "Votre agenda est plein : ce rendez-vous n’y est pas.",
    _O.UNREADABLE: "Le rendez-vous joint n’a pas pu être lu. Il n’est pas dans votre agenda.",
}
_WARNINGS = frozenset({_O.NOT_THEIRS, _O.FULL, _O.UNREADABLE})
_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InvitedEvent:
    """An entry of the agenda that a message made or changed.

    Attributes:
        at: None for whole days.
        asks: its organiser waits for an answer.
        answer: a value of `EventAnswer`.
        is_told: the answer has gone to the organiser.
    """

    id: str
    title: str
    day: date
    at: datetime | None
    place: str
    version: int
    asks: bool
    answer: str
    is_cancelled: bool
    is_told: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InvitationBox:
    """What the calendar of a message did: one sentence, and the entries."""

    sentence: str
    events: Sequence[InvitedEvent] = ()
    is_warning: bool = False


def invitation_box(
    invitation: Invitation | None, events: Sequence[AgendaEvent], zone: tzinfo = PLACE
) -> InvitationBox | None:
    """Give the box of a message; None for one whose calendar asks for nothing."""
    if invitation is None or invitation.outcome is _O.IGNORED:
        return None
    return InvitationBox(
        sentence=SENTENCES[invitation.outcome],
        events=[_invited(event, zone) for event in events[:_MOST]],
        is_warning=invitation.outcome in _WARNINGS,
    )


def _invited(event: AgendaEvent, zone: tzinfo) -> InvitedEvent:
    start = event.start
    at = None
    if isinstance(start, datetime):
        at = (start if start.tzinfo else start.replace(tzinfo=zone)).astimezone(UTC)
    return InvitedEvent(
        id=reference_of(event.id),
        title=event.title,
        day=day_of(start, zone),
        at=at,
        place=event.place,
        version=event.version,
        asks=bool(event.claims) and event.state is EventState.PLANNED,
        answer="" if event.answer is EventAnswer.NONE else event.answer.value,
        is_cancelled=event.state is EventState.CANCELLED,
        is_told=event.told,
    )
