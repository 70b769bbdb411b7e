"""What the operator's vault keeps of a recipient who did not get an acknowledged message."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.mailbox import OPERATOR, MessageId
from gateway.domain.outbox import StepKind
from gateway.services.delivery.undelivered import Undelivered, note_undelivered
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, StoreAt, a_number, store_at

LABORATORY = MailAddress.parse("resultats@labo.example")
PATIENT = MailAddress.parse("295109912611193@patient.mssante.fr")
HEADER = b"Message-ID: <a@labo.example>\r\nContent-Type: text/plain\r\n\r\n"


@pytest.fixture
async def at(ram: Path) -> AsyncIterator[StoreAt]:
    """Give an empty store."""
    async with store_at(ram) as opened:
        yield opened


def lost(sender: MailAddress | None = LABORATORY, header: bytes = HEADER) -> Undelivered:
    return Undelivered.of(sender, PATIENT, header, b"0123456789abcdef", MessageId(a_number()), NOON)


async def reports_after(at: StoreAt, *many: Undelivered) -> int:
    for one in many:
        await at.store.write(lambda tx, one=one: note_undelivered(tx, [one]))  # type: ignore[misc]  # bound now
    steps = await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON, 100, holder=A_WORKER))
    assert {(step.vault, step.kind) for step in steps} <= {(OPERATOR, StepKind.REPORT)}
    return len(steps)


async def test_sender_is_reported_to_once_for_every_try_of_a_message(at: StoreAt) -> None:
    assert await reports_after(at, lost(), lost(), lost()) == 1
    events = await at.store.read(lambda tx: tx.audit.events(OPERATOR))
    assert [event.action for event in events] == ["message.undelivered"]


async def test_null_sender_is_never_reported_to(at: StoreAt) -> None:
    assert await reports_after(at, lost(None)) == 0
    events = await at.store.read(lambda tx: tx.audit.events(OPERATOR))
    assert [(event.actor, event.outcome) for event in events] == [("<>", "POL-24")]


@pytest.mark.parametrize("value", [b"multipart/report; boundary=b", b" Multipart/Report;\r\n report-type=x"])
async def test_report_is_never_reported_on(at: StoreAt, value: bytes) -> None:
    assert await reports_after(at, lost(header=b"Content-Type: " + value + b"\r\n\r\n")) == 0
