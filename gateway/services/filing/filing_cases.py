"""What filing knows of a message whose documents it reads: the message, its patient, and whom to tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.address import MailAddress
from gateway.domain.card import Card
from gateway.domain.errors import InvalidValue
from gateway.domain.identity import PatientIdentity
from gateway.domain.mailbox import BlobKey, Content, MessageId
from gateway.domain.mime import Headers
from gateway.domain.outbox import Step
from gateway.ports.store import Tx
from gateway.services.filing.filed_documents import Origin
from gateway.services.trust.recipient_facts import Resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingCase:
    """A message whose documents are to be filed, held or, if it bears but bare files, visible already.

    `subject`: as it came, decoded. `receiver`: the sender's mailbox here, when they asked for a receipt.
    """

    content: Content
    card: Card
    subject: str
    blob: BlobKey
    identity: PatientIdentity
    receiver: Resolved | None


def origin_of(
    step: Step, case: FilingCase, at: datetime, hold: timedelta, floor: datetime | None = None
) -> Origin:
    """Say how the documents of a case came; before `floor` their patient does not read them (F90)."""
    content, card = case.content, case.card
    return Origin(
        vault=step.vault, mid=content.mid, sender=card.sender, issuer=card.issuer,
        actor=content.reverse_path or "<>", at=at, recipient=content.recipient,
        subject=case.subject, message_id=card.message_id, hold=hold,
        floor=floor,
    )  # fmt: skip


def case_of(tx: Tx, step: Step, mid: MessageId) -> FilingCase:
    """Gather a message and its patient. Raises `NotFound`: it was deleted since."""
    content = tx.mail.content(step.vault, mid)
    card = Card.from_json(content.summary.card)
    return FilingCase(
        content=content,
        card=card,
        subject=Headers.parse(content.header_block).text("Subject"),
        blob=tx.blobs.open(step.vault, content.blob),
        identity=tx.spaces.space(step.vault).identity,
        receiver=_receiver(tx, content, card),
    )


def _receiver(tx: Tx, content: Content, card: Card) -> Resolved | None:
    try:
        return tx.spaces.resolve(MailAddress.parse(content.reverse_path)) if card.receipt_to else None
    except InvalidValue:
        return None  # a report, or a sender without address: nobody to tell
