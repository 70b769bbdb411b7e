"""Receipts: tell a sender what became of the documents they sent (STD §1.7).

With Disposition-Notification-To, an MDN whatever the outcome; without, on failure only, an ordinary message
with the reason and the original attached. Both with a null sender, so that nothing answers them.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import CourierRefused, InvalidValue, NotFound
from gateway.domain.filing_outcome import NEXT, FilingOutcome
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import OPERATOR, BlobKey, BlobRef, MessageId
from gateway.domain.mime import ComposedMessage, Mailbox, Mdn, OutgoingAttachment, compose, compose_mdn
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import SendReceipt
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Cost, Store, Tx
from gateway.services.delivery.post import Parcel, Post
from gateway.services.delivery.postmaster import postmaster
from gateway.services.outbox.steps import Effects, Finish, Prepared, nothing, payload_of
from gateway.services.trust.recipient_facts import Resolved


@dataclass(frozen=True, slots=True)
class _Found:
    """What a receipt is made of; `local` is the sender's mailbox here, `original` their message, to be attached."""

    outcome: FilingOutcome
    sender: MailAddress
    local: Resolved | None
    original: BlobKey | None


class Receipts:
    """Handles `StepKind.RECEIPT`."""

    def __init__(self, store: Store, blobs: Blobs, post: Post, clock: Clock, mail_domain: str) -> None:
        self._store = store
        self._blobs = blobs
        self._post = post
        self._clock = clock
        self._domain = mail_domain

    async def send(self, step: Step) -> Finish | Prepared:
        """Compose and deliver the receipt of one message."""
        found = await self._store.read(lambda tx: _look(tx, step))
        if found is None:
            return nothing
        to = found.local
        if to is not None:
            return Prepared(
                lambda: Effects(elsewhere=(self._delivery(step, found, to),)),
                cost=Cost(parsed=found.original.size if found.original else 0),
            )
        try:
            raw = await self._store.aside(lambda: self._compose(step, found))
            await self._post.relay(step, raw, None, found.sender)
        except CourierRefused as error:
            event = AuditEvent(
                at=self._clock.now(),
                actor="pli",
                action="receipt.refused",
                outcome=error.code,
                objects=(f"message:{_mid(step):x}",),
            )
            return lambda tx: tx.audit.append(step.vault, event)
        return nothing

    def parcel(self, step: Step, outcome: FilingOutcome, to: Resolved) -> Parcel:
        """Write the receipt that a step would send, to a mailbox here; done early or by its step, it arrives once."""
        return self._parcel(step, _Found(outcome, MailAddress.parse(outcome.sender), to, None), to)

    def _delivery(self, step: Step, found: _Found, to: Resolved) -> Callable[[Tx], object]:
        """Make the octets of a receipt durable and give the transaction that delivers it here; blocks."""
        parcel = self._parcel(step, found, to)
        return parcel.accepted(self._blobs.put(parcel.raw))

    def _parcel(self, step: Step, found: _Found, to: Resolved) -> Parcel:
        if found.outcome.asked:
            return self._post.receipt(self._mdn(step, found.outcome), found.sender, to, _key(step))
        return self._post.parcel(self._compose(step, found), None, found.sender, to, _key(step))

    def _compose(self, step: Step, found: _Found) -> bytes:
        if found.outcome.asked:
            return compose_mdn(self._mdn(step, found.outcome))
        return compose(self._plain(step, found.outcome, self._blobs.read(found.original) if found.original else None))

    def _message_id(self, step: Step) -> str:
        return f"<{step.id:x}.recu@{self._domain}>"

    def _mdn(self, step: Step, outcome: FilingOutcome) -> Mdn:
        return Mdn(
            from_=postmaster(self._domain),
            to=Mailbox.at(MailAddress.parse(outcome.sender)),
            message_id=self._message_id(step),
            date=self._clock.now(),
            original_subject=outcome.subject,
            original_message_id=outcome.message_id or None,
            final_recipient=outcome.recipient,
            text=_text(outcome),
            reporting_ua=f"{self._domain}; Pli",
            error_code=None if outcome.is_filed else outcome.code,
            error_text="" if outcome.is_filed else " : ".join(filter(None, (outcome.label, outcome.cause))),
            warnings=tuple(f"906^{file.name}: {file.cause}" for file in outcome.set_aside),
        )

    def _plain(self, step: Step, outcome: FilingOutcome, original: bytes | None) -> ComposedMessage:
        answered = outcome.message_id or None
        return ComposedMessage(
            from_=postmaster(self._domain),
            to=(Mailbox.at(MailAddress.parse(outcome.sender)),),
            subject=_subject(outcome),
            text=_text(outcome),
            message_id=self._message_id(step),
            date=self._clock.now(),
            attachments=(OutgoingAttachment("message-original.eml", "message/rfc822", original),) if original else (),
            in_reply_to=answered,
            references=(answered,) if answered else (),
            headers=(("Auto-Submitted", "auto-replied"),),
        )


def _key(step: Step) -> str:
    return f"receipt {step.id:x}"


def _mid(step: Step) -> MessageId:
    return payload_of(step, SendReceipt).mid


def _look(tx: Tx, step: Step) -> _Found | None:
    """Find what a receipt says and whom it goes to; None when there is nothing or nobody to tell."""
    outcome = tx.mail.outcome(step.vault, _mid(step))
    if not isinstance(outcome, FilingOutcome):
        return None
    try:
        sender = MailAddress.parse(outcome.sender)
    except InvalidValue:
        return None  # a report, or a sender without address
    original = None
    if not outcome.asked:
        holder = step.vault if outcome.delivered else OPERATOR
        with suppress(NotFound):  # deleted by its owner since
            original = tx.blobs.open(holder, BlobRef(outcome.blob))
    return _Found(outcome, sender, tx.spaces.resolve(sender), original)


def _subject(outcome: FilingOutcome) -> str:
    if outcome.is_filed:
        return f"Intégré en partie : {outcome.subject}"
    return f"[KO Intégration système !][{outcome.code}] {outcome.subject}"


def _text(outcome: FilingOutcome) -> str:
    if outcome.set_aside:
        return _partly(outcome)
    if outcome.is_filed:
        note = f"{outcome.cause}\n" if outcome.cause else ""
        return f"Les documents de votre message ont été intégrés au dossier du patient.\n{note}{_hold(outcome)}"
    fate = ", qui a reçu le message" if outcome.delivered else "\N{NO-BREAK SPACE}; le patient n'a pas reçu le message"
    cause = f"{outcome.cause}\n" if outcome.cause else ""
    return (
        f"Les documents de votre message n'ont pas été intégrés au dossier du patient{fate}.\n\n"
        f"Motif\N{NO-BREAK SPACE}: {outcome.code} — {outcome.label}.\n{cause}\n"
        f"Que faire\N{NO-BREAK SPACE}: {NEXT.get(outcome.code, NEXT['906'])}\n"
    )


def _hold(outcome: FilingOutcome) -> str:
    """Name the last day of a hold (A27)."""
    if outcome.held_until is None:
        return ""
    day = day_in_words(local_day(outcome.held_until))
    return f"Le patient ne les voit pas encore. Présentez-les-lui avant le {day}, où il les verra.\n"


def _partly(outcome: FilingOutcome) -> str:
    space = "\N{NO-BREAK SPACE}"
    files = "\n".join(f"- {file.name or 'fichier sans nom'}{space}: {file.cause}" for file in outcome.set_aside)
    return (
        "Les documents de votre message ont été intégrés au dossier du patient, sauf ce qui suit.\n\n"
        f"{files}\n\n{_hold(outcome)}"
        "Le patient a reçu le reste du message. Il ne voit pas ces fichiers.\n"
        f"Que faire{space}: renvoyez-les dans une forme prise en charge, ou remettez-les au patient autrement.\n"
    )
