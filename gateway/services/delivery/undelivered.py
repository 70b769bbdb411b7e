"""Tell a sender whose message was accepted that one of its recipients could not have it after all (STD §2.4).

That is a space which closed between RCPT and DATA while another recipient was good: the message is acknowledged,
so the refusal goes back as a delivery report (RFC 3464) with a null sender. It says what the refusal at RCPT
says, and no more (A9). Nothing answers a null sender or a report (RFC 5321 §6.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import CourierRefused
from gateway.domain.mailbox import OPERATOR, MessageId
from gateway.domain.mime import DeliveryStatus, Dsn, Headers, Mailbox, compose_dsn, is_message_id
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import ReportUndelivered
from gateway.policy import reasons
from gateway.ports.clock import Clock
from gateway.ports.store import Tx
from gateway.services.delivery.post import Post
from gateway.services.delivery.postmaster import postmaster
from gateway.services.outbox.steps import Finish, add_step, payload_of
from gateway.services.random_numbers import random_number

_REASON = reasons.PATIENT_UNREACHABLE
_REPORT = "multipart/report"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Undelivered:
    """One recipient who did not get a message that was acknowledged.

    Attributes:
        sender: reverse path; None for ``<>``.
        header: the header block of the message.
        dedupe: the same for every try of the same message to the same recipient.
        step: random number of the report's outbox row, drawn before the transaction.
    """

    sender: MailAddress | None
    recipient: MailAddress
    header: bytes
    dedupe: bytes
    mid: MessageId
    at: datetime
    step: int

    @classmethod
    def of(
        cls,
        sender: MailAddress | None,
        recipient: MailAddress,
        header: bytes,
        dedupe: bytes,
        mid: MessageId,
        at: datetime,
    ) -> "Undelivered":
        """Make one, with a number for its report."""
        return cls(
            sender=sender, recipient=recipient, header=header, dedupe=dedupe, mid=mid, at=at, step=random_number()
        )


def is_report(header: bytes) -> bool:
    """Say whether a header block is that of a report (RFC 6522), which no report answers."""
    return Headers.parse(header).text("Content-Type").strip().lower().startswith(_REPORT)


def note_undelivered(tx: Tx, lost: Iterable[Undelivered]) -> None:
    """Leave the reports to the outbox, in a transaction of the operator's vault; a known one changes nothing."""
    for one in lost:
        if tx.mail.first_seen(OPERATOR, one.dedupe, one.mid, one.at) != one.mid:
            continue
        actor, objects = str(one.sender or "<>"), (f"message:{one.mid:x}",)
        # The exact cause is for the operator alone (A9).
        event = AuditEvent(
            at=one.at,
            actor=actor,
            action="message.undelivered",
            outcome=_REASON.rule,
            objects=objects,
            detail="space closed or sender blocked since RCPT",
        )
        tx.audit.append(OPERATOR, event)
        if one.sender is not None and not is_report(one.header):
            told = ReportUndelivered(sender=str(one.sender), recipient=str(one.recipient), header=one.header)
            add_step(tx, Step(vault=OPERATOR, id=one.step, payload=told, due=one.at))


class DeliveryReports:
    """Handles `StepKind.REPORT`."""

    def __init__(self, post: Post, clock: Clock, mail_domain: str) -> None:
        self._post = post
        self._clock = clock
        self._domain = mail_domain

    async def send(self, step: Step) -> Finish:
        """Compose and deliver one report; done twice, it arrives once."""
        told = payload_of(step, ReportUndelivered)
        sender, outcome = MailAddress.parse(told.sender), "ok"
        try:
            report = compose_dsn(self._report(step, told, sender))
            await self._post.deliver(step, report, None, sender, f"report {step.id:x}")
        except CourierRefused as error:
            outcome = error.code
        event = AuditEvent(at=self._clock.now(), actor="pli", action="report.sent", outcome=outcome)
        return lambda tx: tx.audit.append(OPERATOR, event)

    def _report(self, step: Step, told: ReportUndelivered, sender: MailAddress) -> Dsn:
        answered = Headers.parse(told.header).text("Message-ID").strip()
        status = DeliveryStatus(
            told.recipient,
            "failed",
            _REASON.enhanced,
            f"{_REASON.smtp_code} {_REASON.enhanced} {_REASON.english}",
        )
        return Dsn(
            from_=postmaster(self._domain),
            to=Mailbox.at(sender),
            message_id=f"<{step.id:x}.avis@{self._domain}>",
            date=self._clock.now(),
            reporting_mta=self._domain,
            recipients=(status,),
            text=f"Votre message n'a pas pu être remis à ce destinataire.\n\n{_REASON.french}\n",
            original_message_id=answered if is_message_id(answered) else None,
            original_headers=told.header,
        )
