"""Steps of the outbox, done as the worker does them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import NeedsAnotherServer, Step, StepKind, WorkerId
from gateway.domain.request_payloads import AskForData, EndRequest, PassOnRequest
from gateway.domain.step_payloads import (
    DeliverMessage,
    EraseSpace,
    FileDocuments,
    FindAgain,
    MakeExport,
    MoveToQuarantine,
    NotifyApart,
    NotifyOfDocument,
    NotifyPatient,
    Payload,
    ReaderStopped,
    ReportUndelivered,
    SendCode,
    SendOpening,
    SendReceipt,
    ShowLegacyRecord,
    TellDisplayed,
    TellHolder,
    TellSender,
    UnlinkBlob,
)
from gateway.ports.store import Tx

T = TypeVar("T")
A_WORKER, ANOTHER_WORKER = WorkerId(1 << 61 | 11), WorkerId(1 << 61 | 12)
"""Who holds the steps that a test leases."""
_MID = MessageId(1)
PAYLOADS: dict[StepKind, Payload] = {
    StepKind.FILE: FileDocuments(mid=_MID),
    StepKind.QUARANTINE: MoveToQuarantine(mid=_MID),
    StepKind.RECEIPT: SendReceipt(mid=_MID),
    StepKind.REPORT: ReportUndelivered(sender="a@b.example", recipient="c@d.example", header=b"Subject: x\r\n\r\n"),
    StepKind.DISPLAYED: TellDisplayed(
        mid=_MID,
        to="a@b.example",
        patient="c@d.example",
        message_id="<1@b.example>",
        subject="x",
        opened=datetime(2026, 3, 2, 12, tzinfo=UTC),
    ),
    StepKind.DELIVER: DeliverMessage(blob=bytes(16), sender="a@b.example", recipient="c@d.example"),
    StepKind.NOTIFY: NotifyPatient(),
    StepKind.NOTIFY_DOCUMENT: NotifyOfDocument(),
    StepKind.NOTIFY_APART: NotifyApart(kind=NoticeKind.DOCUMENT),
    StepKind.CODE: SendCode(code="123456"),
    StepKind.READER_STOPPED: ReaderStopped(
        account="claire@medecin.example", at=datetime(2026, 3, 2, 12, tzinfo=UTC), day="2026-03-02"
    ),
    StepKind.TELL: TellHolder(kind=NoticeKind.MESSAGE),
    StepKind.PASS_ON: PassOnRequest(request=42),
    StepKind.END_REQUEST: EndRequest(request=42, other=7, state="refused"),
    StepKind.ASK: AskForData(request=42, what="asked"),
    StepKind.EXPORT: MakeExport(number=42),
    StepKind.TELL_SENDER: TellSender(
        what="doubted", to="a@b.example", recipient="c@d.example", document="1.2.3", subject="x",
        message_id="<1@b.example>", day="6 décembre 2026",
    ),
    StepKind.SHOW_LEGACY: ShowLegacyRecord(after=42),
    StepKind.FIND_AGAIN: FindAgain(site="https://pli.example", identifier="camille"),
    StepKind.OPENING: SendOpening(code="Ad3eF4hM", issuer="Assurance", batch="2026-03-02"),
    StepKind.UNLINK: UnlinkBlob(blob=bytes(16)),
    StepKind.ERASE: EraseSpace(space=1, contacts=("camille@exemple.fr",), again=True),
}
"""What a step of each kind may be told."""


def a_step(vault: VaultId, number: int, kind: StepKind, due: datetime) -> Step:
    """Make a step of a kind, when what it is told does not matter."""
    return Step(vault=vault, id=number, payload=PAYLOADS[kind], due=due)


def earliest_due(tx: Tx) -> datetime | None:
    """Give when the next step is due, however urgent."""
    return min(tx.outbox.next_due().values(), default=None)


async def in_its_place(handler: Callable[[Step], Awaitable[T]], step: Step) -> T:
    """Do a step, and do it again among those that wait for another server when it needs one."""
    try:
        return await handler(step)
    except NeedsAnotherServer:
        return await handler(replace(step, relays=True))
