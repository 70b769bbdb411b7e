"""Compares what a gateway holds with what its senders know: every difference is a fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from gateway.config import Settings
from gateway.domain.space import SpaceState
from tests.crash.holdings import Holding, Holdings, holdings_of
from tests.crash.ledger import REACHED, Ledger, Sending


class Kind(Enum):
    """What is wrong."""

    REFUSED = "answered with a permanent refusal"
    LOST = "acknowledged, and not in the mailbox"
    DOUBLED = "more than once in the mailbox"
    UNFILED = "in the mailbox, and its document not in the dossier"
    FILED_TWICE = "its document more than once in the dossier"
    UNEXPLAINED = "in the gateway, and never sent"
    UNTOLD = "filed or refused, and no receipt that says so"
    MISFILED = "shown or filed although its document is another patient's"
    NOT_QUARANTINED = "refused, and not once in quarantine"
    UNNOTICED = "in the mailbox, and its patient was sent no notice"
    OVERTOLD = "more receipts than it was sent times"
    UNTRACED = "the trace does not tell what happened, once"
    TRACE_BROKEN = "the trace does not verify"
    UNMARKED = "without flags that a client was told it has, or their trace"
    LEFT_OVER = "not finished"
    UNREADABLE = "referred to, and cannot be read"


@dataclass(frozen=True, slots=True)
class Fault:
    """One difference between what was promised and what is there."""

    kind: Kind
    about: str


async def faults_of(settings: Settings, ledger: Ledger) -> list[Fault]:
    """Compare a stopped, drained gateway with the ledger."""
    recipients = {recipient for sending in ledger.sendings for recipient in sending.recipients}
    recipients |= {address for address, _ in ledger.marks}
    held = await holdings_of(settings, recipients)
    return [
        *(Fault(Kind.REFUSED, reply) for reply in ledger.refusals),
        *(Fault(Kind.LEFT_OVER, f"{count} {what}") for what, count in held.left_over.items()),
        *(Fault(Kind.TRACE_BROKEN, which) for which in held.broken_traces),
        *(Fault(Kind.UNREADABLE, which) for which in held.unreadable),
        *(fault for sending in ledger.sendings for fault in _of_sending(sending, held)),
        *(fault for address in recipients for fault in _of_holding(held.of[address], ledger)),
        *(Fault(Kind.DOUBLED, name) for name, copies in held.receipts.shown.items() if copies > 1),
        *_of_quarantine(ledger, held),
        *_of_notices(held),
        *_of_marks(ledger, held),
    ]


def _of_marks(ledger: Ledger, held: Holdings) -> Iterator[Fault]:
    for (address, uid), marks in ledger.marks.items():
        allowed = marks.asked | {frozenset()} if ledger.flags_may_go else set(marks.possible)
        if held.of[address].flags.get(uid) not in allowed:
            yield Fault(Kind.UNMARKED, f"{address} {uid}: {held.of[address].flags.get(uid)}, not {marks.possible}")
    for address in {address for address, _ in ledger.marks}:
        given = [marks for (whose, _), marks in ledger.marks.items() if whose == address]
        least, most = sum(one.acknowledged for one in given), sum(one.offered for one in given)
        traced = held.of[address].traced["message.flagged"]
        if traced > most or (traced < least and not ledger.flags_may_go):
            yield Fault(Kind.UNMARKED, f"{address}: {traced} events for {least} to {most} marks")


def _of_notices(held: Holdings) -> Iterator[Fault]:
    for patient in REACHED:
        holding = held.of.get(patient.address)
        # Nobody can sign in before activation: those are not written to.
        if holding and holding.shown and patient.state is SpaceState.ACTIVE and patient.email not in held.told:
            yield Fault(Kind.UNNOTICED, patient.address)


def _of_quarantine(ledger: Ledger, held: Holdings) -> Iterator[Fault]:
    misdirected = [sending for sending in ledger.sendings if sending.misdirected]
    sure, possible = (sum(map(bool, counts)) for counts in (
        [sending.acknowledged for sending in misdirected], [sending.offered for sending in misdirected]
    ))  # fmt: skip
    if not sure <= held.quarantined <= possible:
        yield Fault(Kind.NOT_QUARANTINED, f"{held.quarantined} messages, of {sure} to {possible}")


def _of_misdirected(sending: Sending, held: Holdings) -> Iterator[Fault]:
    name = sending.message_id
    if any(held.of[recipient].shown[name] or name in held.of[recipient].filed for recipient in sending.recipients):
        yield Fault(Kind.MISFILED, name)
    if sending.acknowledged and not held.receipts.refused[name]:
        yield Fault(Kind.UNTOLD, name)
    if held.receipts.answered[name] > sending.offered:
        yield Fault(Kind.OVERTOLD, name)


def _of_sending(sending: Sending, held: Holdings) -> Iterator[Fault]:
    if sending.misdirected:
        yield from _of_misdirected(sending, held)
        return
    name, told = sending.message_id, held.receipts.answered[sending.message_id]
    for recipient in sending.recipients:
        copies = held.of[recipient].shown[name]
        if copies > 1:
            yield Fault(Kind.DOUBLED, name)
        if sending.acknowledged and not copies:
            yield Fault(Kind.LOST, name)
        filed = held.of[recipient].filed.get(name, [])
        expected = [sending.results] if copies and sending.results is not None else []
        if len(filed) > len(expected):
            yield Fault(Kind.FILED_TWICE, name)
        elif filed != expected:
            yield Fault(Kind.UNFILED, name)
        if filed and not told:
            yield Fault(Kind.UNTOLD, name)
    # A message that comes again after its filing gets its receipt again (features A12), and at no other time.
    if told > sending.offered:
        yield Fault(Kind.OVERTOLD, name)


def _of_holding(holding: Holding, ledger: Ledger) -> Iterator[Fault]:
    sent = {sending.message_id for sending in ledger.sendings}
    for name in (holding.shown.keys() | holding.filed.keys()) - sent:
        yield Fault(Kind.UNEXPLAINED, name)
    # Each is written in the transaction of what it tells: as many events as there are messages and documents.
    for action, count in (
        ("message.accepted", holding.shown.total() + holding.traced["message.quarantined"]),
        ("message.delivered", holding.shown.total()),
        ("document.filed", sum(map(len, holding.filed.values()))),
    ):
        if holding.traced[action] != count:
            yield Fault(Kind.UNTRACED, f"{action}: {holding.traced[action]} events for {count}")
