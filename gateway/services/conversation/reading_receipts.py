"""Read receipts: tell a professional that the patient has opened their message (RFC 8098, STD §1.7, §2.3).

`opening` leaves the step in the transaction that shows the message; here it is written and delivered. A step done
twice writes the same octets, and one message gets one receipt however often its step is done.
"""

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import CourierRefused
from gateway.domain.mime import Mailbox, Mdn, compose_mdn, is_message_id
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import TellDisplayed
from gateway.ports.clock import Clock
from gateway.services.delivery.post import Post
from gateway.services.outbox.steps import Finish, nothing, payload_of

_TEXT = (
    "Votre message a été ouvert dans l'espace santé du patient.\n\n"
    "Cet accusé ne dit pas que le patient l'a lu en entier ni compris.\n"
)


class ReadingReceipts:
    """Handles `StepKind.DISPLAYED`."""

    def __init__(self, post: Post, clock: Clock, mail_domain: str) -> None:
        self._post = post
        self._clock = clock
        self._domain = mail_domain

    async def send(self, step: Step) -> Finish:
        """Compose and deliver the receipt of one message, with a null sender."""
        told = payload_of(step, TellDisplayed)
        sender, mid = MailAddress.parse(told.to), told.mid
        try:
            await self._post.deliver(step, compose_mdn(self._mdn(told)), None, sender, f"displayed {mid:x}")
        except CourierRefused as error:
            event = AuditEvent(
                at=self._clock.now(),
                actor="pli",
                action="receipt.refused",
                outcome=error.code,
                objects=(f"message:{mid:x}",),
            )
            return lambda tx: tx.audit.append(step.vault, event)
        return nothing

    def _mdn(self, told: TellDisplayed) -> Mdn:
        answered = told.message_id
        return Mdn(
            # RFC 8098 §3: from the person whose reading it tells.
            from_=Mailbox.at(MailAddress.parse(told.patient)),
            to=Mailbox.at(MailAddress.parse(told.to)),
            message_id=f"<{told.mid:x}.lu@{self._domain}>",
            date=told.opened,
            original_subject=told.subject,
            original_message_id=answered if is_message_id(answered) else None,
            final_recipient=told.patient,
            text=_TEXT,
            reporting_ua=f"{self._domain}; Pli",
            disposition="displayed",
            automatic=False,
        )
