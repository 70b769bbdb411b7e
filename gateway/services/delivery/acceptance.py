"""The transaction that puts a message into a vault: new or known, held or visible, and all that goes with it.

Used by intake, by filing and by local delivery from the outbox; each runs `accept` or `show` inside its own
transaction, so that message, exchange, outbox rows and audit are one commit.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.card import Card
from gateway.domain.care_contact import CareContact
from gateway.domain.care_party import issuer_name, mailbox_name
from gateway.domain.exchange import Correspondence
from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.mailbox import (
    OPERATOR,
    BlobKey,
    ContentState,
    MessageId,
    SpecialUse,
    ThreadId,
    VaultId,
    VaultKind,
)
from gateway.domain.outbox import Step
from gateway.domain.space import receives_mail
from gateway.domain.step_payloads import FileDocuments, NotifyApart, NotifyOfDocument, NotifyPatient, SendReceipt
from gateway.ports.store import Tx
from gateway.services.delivery.asked_answers import note_reply
from gateway.services.delivery.calendar_moves import ArrivedCalendar, CalendarSender, arrived_calendar, take_calendar
from gateway.services.delivery.exchange_moves import move
from gateway.services.delivery.message_records import Records
from gateway.services.outbox.steps import add_step
from gateway.services.patient_blocks import blocks
from gateway.services.random_numbers import random_number
from gateway.services.trust.recipient_facts import Resolved

_OF_MESSAGE = NotifyPatient()


class Outcome(Enum):
    """What `accept` did."""

    VISIBLE = "visible"
    HELD = "held"
    DUPLICATE = "duplicate"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is needed to make a stored message visible.

    Attributes:
        sender: reverse path, empty for ``<>``.
        notice: random number of the notice's outbox row, drawn before the transaction.
        calendar: what it brings for the agenda.
        names: of who sent it, for a patient's blocks; none for what the gateway itself writes.
    """

    vault: VaultId
    mid: MessageId
    is_space: bool
    sender: str
    card: Card
    correspondence: Correspondence | None
    at: datetime
    notice: int
    calendar: ArrivedCalendar | None = None
    names: frozenset[str] = frozenset()

    @property
    def party(self) -> str:
        """Give whose conversation it belongs to: in a space, threads never mix correspondents."""
        return (self.card.correspondent or self.card.sender) if self.is_space else ""

    def event(self, action: str, outcome: str = "ok", detail: str = "") -> AuditEvent:
        """Make an event of the vault's trace about this message."""
        return AuditEvent(
            at=self.at,
            actor=self.sender or "<>",
            action=action,
            outcome=outcome,
            objects=(f"message:{self.mid:x}",),
            detail=detail,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way into one vault.

    Attributes:
        dedupe: keyed digest of what makes two deliveries the same (assurance, promise 1).
        since: how far back an equal delivery is the same; None for ever.
        holds: whether it stays invisible until its identity verdict (A12).
        files: whether it bears documents to file.
        work: random number of the filing's (or repeated receipt's) outbox row.
    """

    arrival: Arrival
    recipient: str
    dedupe: bytes
    blob: BlobKey
    records: Records
    holds: bool
    files: bool
    work: int
    since: datetime | None = None


def delivery_to(
    owner: Resolved,
    *,
    mid: MessageId,
    path: tuple[str, str],
    records: Records,
    correspondence: Correspondence | None,
    at: datetime,
    dedupe: bytes,
    blob: BlobKey,
    since: datetime | None = None,
    names: frozenset[str] = frozenset(),
) -> Delivery:
    """Assemble a delivery with all its random numbers, to be accepted once or again; only a space holds and files.

    Args:
        owner: whose mailbox or space it is for.
        mid: number of the message.
        path: reverse path, empty for ``<>``, and recipient.
        records: what is kept of it.
        correspondence: what it does to an exchange of a space.
        at: when it came.
        dedupe: keyed digest of what makes two deliveries the same.
        blob: its octets.
        since: how far back an equal delivery is the same; None for ever.
        names: of who sent it; a space that has blocked them does not take it.
    """
    vault, kind = owner
    is_space = kind is VaultKind.SPACE
    arrival = Arrival(
        vault=vault,
        mid=mid,
        is_space=is_space,
        sender=path[0],
        card=records.card,
        correspondence=correspondence,
        at=at,
        notice=random_number(),
        calendar=arrived_calendar(records.calendar, at) if is_space and records.calendar is not None else None,
        names=names,
    )
    return Delivery(
        arrival=arrival,
        recipient=path[1],
        dedupe=dedupe,
        blob=blob,
        records=records,
        holds=is_space and records.is_clinical,
        files=is_space and records.is_documentary,
        work=random_number(),
        since=since,
    )


def accept(tx: Tx, delivery: Delivery) -> Outcome:
    """Store a delivery once; a known one changes nothing but gets its receipt again (A12)."""
    arrival = delivery.arrival
    vault, mid = arrival.vault, arrival.mid
    if arrival.is_space:
        state = tx.spaces.state(vault)
        # Both are read again here: the space may have been closed, or its sender blocked, since RCPT.
        if state is None or not receives_mail(state) or blocks(tx, vault, arrival.names):
            return Outcome.UNREACHABLE
    known = tx.mail.first_seen(vault, delivery.dedupe, mid, arrival.at, delivery.since)
    if known != mid:
        _repeat_receipt(tx, delivery, known)
        return Outcome.DUPLICATE
    tx.blobs.attach(vault, delivery.blob)
    thread = _thread(tx, arrival)
    state_now = ContentState.HELD if delivery.holds else ContentState.VISIBLE
    path = (arrival.sender, delivery.recipient)
    tx.mail.add_content(delivery.records.content(mid, delivery.blob, thread, state_now, arrival.at, path), vault)
    tx.audit.append(vault, arrival.event("message.accepted"))
    if delivery.files:
        add_step(tx, Step(vault=vault, id=delivery.work, payload=_filing(delivery), due=arrival.at))
    if delivery.holds:
        return Outcome.HELD
    show(tx, arrival, thread)
    return Outcome.VISIBLE


def show(
    tx: Tx, arrival: Arrival, thread: ThreadId, told: NotifyPatient | NotifyOfDocument | NotifyApart = _OF_MESSAGE
) -> None:
    """Make a message visible: UID, thread, exchange and notice in one transaction."""
    vault = arrival.vault
    tx.mail.add_entry_by_use(vault, SpecialUse.INBOX, arrival.mid, frozenset(), arrival.at)
    note_references(tx, arrival, thread)
    if arrival.is_space:
        if arrival.calendar is not None:
            _take_calendar(tx, arrival, arrival.calendar)
        note_reply(tx, vault, arrival.card, thread, arrival.at)
        if arrival.correspondence is not None:
            move(tx, vault, arrival.correspondence, arrival.at)
        else:
            _note_contact(tx, arrival)
        # Messages that come together are told of together: one that is being told of now has begun, and does not count.
        notice = Step(vault=vault, id=arrival.notice, payload=told, due=arrival.at)
        if tx.outbox.add(notice, unless_waiting=True):
            tx.changed(OPERATOR)
    tx.audit.append(vault, arrival.event("message.delivered"))


def _note_contact(tx: Tx, arrival: Arrival) -> None:
    """Remember who wrote without an exchange, as laboratories do: the patient may authorise or block them too (F78)."""
    card = arrival.card
    if arrival.sender and card.kind:
        names = {mailbox_name(MailAddress.parse(card.sender)), issuer_name(card.issuer)} - {""}
        contact = CareContact(names=frozenset(names), label=card.sender_name, detail=card.detail, since=arrival.at)
        tx.patient_choices.note_contact(arrival.vault, contact)


def _take_calendar(tx: Tx, arrival: Arrival, calendar: ArrivedCalendar) -> None:
    """Put it into the agenda, when somebody of the directory sent it."""
    card = arrival.card
    if arrival.sender and card.kind:
        sender = CalendarSender(
            vault=arrival.vault, message=arrival.mid, address=arrival.sender, name=card.sender_name, at=arrival.at
        )
        take_calendar(tx, sender, calendar)


def note_references(tx: Tx, arrival: Arrival, thread: ThreadId) -> None:
    """Remember a `Message-ID` for threading and for finding the message again."""
    tx.mail.note_message_id(arrival.vault, arrival.card.message_id, thread, arrival.mid, party=arrival.party)


def note_sent(tx: Tx, vault: VaultId, message_id: str, thread: ThreadId, mid: MessageId) -> None:
    """Remember that the vault's owner sent a message: reports about it are let in, about anything else not (POL-34)."""
    if message_id:
        tx.mail.note_sent(vault, message_id, thread, mid)


def was_sent(tx: Tx, vault: VaultId, message_id: str) -> bool:
    """Say whether the vault's owner sent a message with this `Message-ID`."""
    return tx.mail.was_sent(vault, message_id)


def _thread(tx: Tx, arrival: Arrival) -> ThreadId:
    found = tx.mail.thread_of(arrival.vault, arrival.card.references, party=arrival.party)
    return found or ThreadId(arrival.mid)


def _repeat_receipt(tx: Tx, delivery: Delivery, known: MessageId) -> None:
    arrival = delivery.arrival
    # Only what has been decided has an outcome; a message still held will get its receipt in time.
    recorded = tx.mail.outcome(arrival.vault, known)
    if isinstance(recorded, FilingOutcome) and recorded.is_told:
        told = SendReceipt(mid=known)
        add_step(tx, Step(vault=arrival.vault, id=delivery.work, payload=told, due=arrival.at))
    tx.audit.append(arrival.vault, arrival.event("message.repeated"))


def _filing(delivery: Delivery) -> FileDocuments:
    arrival = delivery.arrival
    found = arrival.correspondence
    return FileDocuments(
        mid=arrival.mid,
        octets=delivery.records.size,
        correspondent=str(found.correspondent) if found else "",
        event=found.event.value if found else "",
    )
