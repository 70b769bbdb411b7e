"""What a professional's message does to an agenda, in the transaction in which it becomes visible (F70, RFC 5546).

Only who sent an entry changes it or calls it off: the sender of the message, whom the gateway has recognised, and never
the organiser that a calendar claims. Messages without a calendar pay nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from gateway.domain.agenda.calendar_items import CalendarItem, CalendarMethod, ReadCalendar, moved_to
from gateway.domain.agenda.calendar_reading import MAX_OCTETS, read_calendar
from gateway.domain.agenda.events import (
    MAX_BY_MAIL,
    MAX_OF_ORGANISER,
    AgendaEvent,
    EventAnswer,
    EventSort,
    EventState,
)
from gateway.domain.agenda.invitations import Invitation, InvitationOutcome
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import MalformedContent
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import Content, ContentState, MessageId, VaultId
from gateway.domain.mime import Attachment, Kind, Layout, LayoutPart, decoded_body
from gateway.ports.store import Tx
from gateway.services.random_numbers import random_number

_log = structlog.get_logger("pli.agenda")
_O = InvitationOutcome


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArrivedCalendar:
    """The calendar of a message.

    Attributes:
        read: what it holds; None when it cannot be read.
        numbers: random, for entries that are new, one each.
    """

    read: ReadCalendar | None
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CalendarSender:
    """Whose message it is: the mailbox that sent it, and its name in the directory."""

    vault: VaultId
    message: MessageId
    address: str
    name: str
    at: datetime


def calendar_in(found: Iterable[Attachment | LayoutPart], raw: bytes) -> bytes | None:
    """Give the octets of the first calendar of a message, cut where they are too many; None when it bears none."""
    part = next((one for one in found if one.kind is Kind.CALENDAR), None)
    if part is None:
        return None
    return decoded_body(raw, part.part if isinstance(part, Attachment) else part)[: MAX_OCTETS + 1]


def arrived_calendar(octets: bytes, at: datetime) -> ArrivedCalendar:
    """Read a calendar before the transaction that takes it."""
    try:
        read = read_calendar(octets, local_day(at))
    except MalformedContent as error:
        _log.info("agenda.unreadable", code=error.code)
        return ArrivedCalendar(read=None)
    return ArrivedCalendar(read=read, numbers=tuple(random_number() for _ in read.items))


def held_calendar(content: Content, read: Callable[[], bytes], at: datetime) -> ArrivedCalendar | None:
    """Read the calendar of a message that was held: it was not shown, so nothing of it is in the agenda."""
    found = Layout.from_bytes(content.summary.layout).attachments
    if content.state is not ContentState.HELD or not any(part.kind is Kind.CALENDAR for part in found):
        return None
    octets = calendar_in(found, read())
    return None if octets is None else arrived_calendar(octets, at)


def take_calendar(tx: Tx, sender: CalendarSender, calendar: ArrivedCalendar) -> None:
    """Put what a calendar says into the agenda, and keep what that did."""
    read = calendar.read
    if read is None:
        invitation = Invitation(message=sender.message, outcome=_O.UNREADABLE)
    elif read.method is CalendarMethod.OTHER:
        invitation = Invitation(message=sender.message, outcome=_O.IGNORED)
    else:
        done = [
            _taken(tx, sender, read.method, item, number)
            for item, number in zip(read.items, calendar.numbers, strict=True)
        ]
        events = tuple(dict.fromkeys(event for _, event in done if event is not None))
        invitation = Invitation(
            message=sender.message, outcome=_worst([outcome for outcome, _ in done]), events=events, more=read.more
        )
    tx.agendas.note_invitation(sender.vault, invitation)
    objects = (f"message:{sender.message:x}", *(f"event:{number:x}" for number in invitation.events))
    outcome = invitation.outcome
    tx.audit.append(
        sender.vault,
        AuditEvent(
            at=sender.at, actor=sender.address, action="agenda.by-mail", objects=objects, detail=outcome.value
        ),
    )


_ORDER = (
    _O.NOT_THEIRS, _O.FULL, _O.OUTDATED, _O.UNKNOWN, _O.CANCELLED, _O.CHANGED, _O.ADDED, _O.UNREADABLE,
)  # fmt: skip


def _worst(outcomes: Sequence[InvitationOutcome]) -> InvitationOutcome:
    """Give what one must know first of several; a calendar without entries cannot be read."""
    return min(outcomes, key=_ORDER.index, default=_O.UNREADABLE)


def _taken(
    tx: Tx, sender: CalendarSender, method: CalendarMethod, item: CalendarItem, number: int
) -> tuple[InvitationOutcome, int | None]:
    same = tx.agendas.with_uid(sender.vault, item.uid) if item.uid else ()
    mine = next((event for event in same if event.organiser == sender.address), None)
    calls_off = method is CalendarMethod.CANCEL or item.is_cancelled
    if mine is None:
        if calls_off:
            return (_O.NOT_THEIRS if same else _O.UNKNOWN), None
        if _is_full(tx, sender):
            return _O.FULL, None
        tx.agendas.save(_new(sender, method, item, number))
        return _O.ADDED, number
    if item.sequence < mine.sequence:
        return _O.OUTDATED, mine.id
    after = _without(mine, item) if calls_off else _changed(mine, sender, method, item)
    tx.agendas.save(
        replace(after, sequence=item.sequence, version=mine.version + 1, message=sender.message, remind_from=sender.at)
    )
    return (_O.CANCELLED if calls_off else _O.CHANGED), mine.id


def _is_full(tx: Tx, sender: CalendarSender) -> bool:
    if tx.agendas.count_of(sender.vault, sender.address) >= MAX_OF_ORGANISER:
        return True
    return tx.agendas.count(sender.vault) >= MAX_BY_MAIL


def _new(sender: CalendarSender, method: CalendarMethod, item: CalendarItem, number: int) -> AgendaEvent:
    blank = AgendaEvent(
        vault=sender.vault, id=number, title=item.title, start=item.start, uid=item.uid, sequence=item.sequence,
        organiser=sender.address, organiser_name=sender.name, sort=item.sort, reminder=item.reminder,
        message=sender.message, remind_from=sender.at,
    )  # fmt: skip
    return _told(blank, sender, method, item)


def _changed(event: AgendaEvent, sender: CalendarSender, method: CalendarMethod, item: CalendarItem) -> AgendaEvent:
    """Give an entry as its organiser has it now; another time must be answered again."""
    after = _told(event, sender, method, item)
    if event.reminder is None:
        after = replace(after, reminder=item.reminder)
    moved = (event.start, event.end, event.also) != (after.start, after.end, after.also)
    return replace(after, answer=EventAnswer.NONE, told=False) if moved else after


def _told(event: AgendaEvent, sender: CalendarSender, method: CalendarMethod, item: CalendarItem) -> AgendaEvent:
    asks = method is CalendarMethod.REQUEST and item.sort is EventSort.APPOINTMENT
    told = replace(
        event,
        title=item.title,
        place=item.place,
        about=item.about,
        state=EventState.PLANNED,
        organiser_name=sender.name,
        claims=(item.organiser or sender.address) if asks else "",
    )
    if item.at is not None and item.at in (event.start, *event.also):
        times = [item.start if when == item.at else when for when in (event.start, *event.also)]
        return replace(told, **moved_to(event.start, event.end, times))
    if item.at is not None and event.message != sender.message:
        return told
    return replace(told, start=item.start, end=item.end, also=item.also)


def _without(event: AgendaEvent, item: CalendarItem) -> AgendaEvent:
    """Call off an entry, or one of its times."""
    times = [when for when in (event.start, *event.also) if when != item.at]
    if item.at is None or not times:
        return replace(event, state=EventState.CANCELLED)
    return replace(event, **moved_to(event.start, event.end, times))
