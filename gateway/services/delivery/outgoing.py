"""Deliver what somebody here has written: a patient's reply, or a professional's message to another operator."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import structlog

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import CourierRefused
from gateway.domain.filing_outcome import MessageOutcome, SendingOutcome
from gateway.domain.mailbox import BlobKey, BlobRef, MessageId, VaultId, VaultKind
from gateway.domain.mime import DeliveryStatus, Dsn, Mailbox, compose_dsn, header_block
from gateway.domain.outbox import NeedsAnotherServer, Step
from gateway.domain.step_payloads import DeliverMessage, UnlinkBlob
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.delivery.acceptance import Outcome
from gateway.services.delivery.post import Post
from gateway.services.delivery.postmaster import postmaster
from gateway.services.delivery.undelivered import is_report
from gateway.services.outbox.steps import Finish, add_step, nothing, payload_of
from gateway.services.random_numbers import random_number

_log = structlog.get_logger("pli.outgoing")

Unlink: TypeAlias = Callable[[Sequence[BlobRef]], Awaitable[int]]
"""Removes those blobs that no vault holds any more."""


class Outgoing:
    """Handles `StepKind.DELIVER` and `StepKind.UNLINK`."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        post: Post,
        clock: Clock,
        mail_domain: str,
        unlink: Unlink,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._post = post
        self._clock = clock
        self._domain = mail_domain
        self._unlink = unlink

    async def deliver(self, step: Step) -> Finish:
        """Hand one message to one recipient; a refusal for good is told to whoever wrote it."""
        told = payload_of(step, DeliverMessage)
        ref, sender, recipient = BlobRef(told.blob), MailAddress.parse(told.sender), MailAddress.parse(told.recipient)
        key, kind, here = await self._store.read(
            lambda tx: (tx.blobs.open(step.vault, ref), _kind(tx, step.vault), tx.spaces.resolve(recipient))
        )
        if here is None and not step.relays:
            raise NeedsAnotherServer
        raw = await self._off_loop(key)
        try:
            outcome = await self._post.deliver(step, raw, sender, recipient, f"deliver {step.id:x}")
            failed = outcome is Outcome.UNREACHABLE
        except CourierRefused as error:
            _log.warning("delivery.refused", step=f"{step.id:x}", reason=error.code)
            failed = True
        if failed and kind is not VaultKind.SPACE:
            await self._tell(step, sender, recipient, raw)
        return self._finish(step, told, failed)

    async def give_up(self, step: Step) -> Finish:
        """Tell whoever wrote it that it could not be delivered in time."""
        told = payload_of(step, DeliverMessage)
        ref, sender, recipient = BlobRef(told.blob), MailAddress.parse(told.sender), MailAddress.parse(told.recipient)
        key, kind = await self._store.read(lambda tx: (tx.blobs.open(step.vault, ref), _kind(tx, step.vault)))
        if kind is not VaultKind.SPACE:
            await self._tell(step, sender, recipient, await self._off_loop(key))
        return self._finish(step, told, failed=True)

    async def unlink(self, step: Step) -> Finish:
        """Remove a blob's octets after its row is gone; a blob that somebody still holds stays."""
        await self._unlink([BlobRef(payload_of(step, UnlinkBlob).blob)])
        return nothing

    async def _off_loop(self, key: BlobKey) -> bytes:
        return await self._store.aside(lambda: self._blobs.read(key))

    async def _tell(self, step: Step, sender: MailAddress, recipient: MailAddress, raw: bytes) -> None:
        """Send the sender a delivery status notification (RFC 3464), unless what failed is itself a report."""
        header = header_block(raw)
        if is_report(header):
            return
        report = Dsn(
            from_=postmaster(self._domain),
            to=Mailbox.at(sender),
            message_id=f"<{step.id:x}.avis@{self._domain}>",
            date=self._clock.now(),
            reporting_mta=self._domain,
            recipients=(DeliveryStatus(str(recipient), "failed", "5.0.0"),),
            text=(
                f"Votre message n'a pas pu être remis à {recipient}. Son opérateur l'a refusé, n'a pas répondu"
                " à temps ou ne peut pas être joint d'ici.\n"
                "Vérifiez l'adresse dans l'annuaire, puis écrivez de nouveau. Si elle est juste, prévenez"
                " l'administrateur de votre messagerie.\n"
            ),
            original_headers=header,
        )
        await self._post.deliver(step, compose_dsn(report), None, sender, f"dsn {step.id:x}")

    def _finish(self, step: Step, told: DeliverMessage, failed: bool) -> Finish:
        now, orphan, mid = self._clock.now(), random_number(), told.mid
        event = AuditEvent(at=now, actor="pli", action="message.relayed", outcome="failed" if failed else "ok")

        def finish(tx: Tx) -> None:
            tx.audit.append(step.vault, event)
            if mid is not None:
                known = tx.mail.outcome(step.vault, mid)
                tx.mail.note_outcome(step.vault, mid, _fate(known, failed, told.recipients))
                _mark_changed(tx, step.vault, mid)
            elif tx.blobs.detach(step.vault, BlobRef(told.blob)):
                add_step(tx, Step(vault=step.vault, id=orphan, payload=UnlinkBlob(blob=told.blob), due=now))
            tx.changed(step.vault)

        return finish


def _fate(known: MessageOutcome | None, failed: bool, recipients: int) -> SendingOutcome:
    """Say what became of a message to several: failed once one has failed, delivered once all have it."""
    before = known if isinstance(known, SendingOutcome) else SendingOutcome()
    return SendingOutcome(
        delivered=before.delivered + (not failed), recipients=recipients, failed=failed or before.failed
    )


def _mark_changed(tx: Tx, vault: VaultId, mid: MessageId) -> None:
    """Raise the MODSEQ of a message whose fate is known, so that whoever shows it reads it again."""
    for folder, entry in tx.mail.places_of(vault, mid):
        tx.mail.set_flags(vault, folder, [(entry.uid, frozenset(entry.flags.split()))])


def _kind(tx: Tx, vault: VaultId) -> VaultKind:
    return tx.spaces.address_of(vault)[1]
