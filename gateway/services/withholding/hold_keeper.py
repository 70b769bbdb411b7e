"""Documents that their author presents first show by themselves on their last day; the sender is warned before (A27).

What is due is read from an index and decided again on the sealed record, in the transaction that acts: several
processes, and a run after a kill, do it once. A later version without the mark shows at once; the one that it replaces
follows on its own day, without a notice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from gateway.domain.access import Actor, Audience
from gateway.domain.account import Space
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import OPERATOR, MessageId, VaultId
from gateway.domain.outbox import Step
from gateway.domain.space import receives_mail
from gateway.domain.step_payloads import TellSender
from gateway.domain.withholdings import WARNED_BEFORE, DocumentHold, SenderNews
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of, system_in
from gateway.services.filing.blood_groups import note_group_of
from gateway.services.filing.filed_documents import document_notice
from gateway.services.random_numbers import random_number
from gateway.services.space.operator_acts import found
from gateway.services.upkeep.due_work import DueWork
from gateway.services.withholding.display_delays import BATCH, show_without_a_day
from gateway.services.withholding.kept_files import kept_back, known_messages, sound_outcome
from gateway.services.withholding.sender_news import tell_sender


class HoldKeeper(DueWork):
    """Warns senders and releases documents whose day has come."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store, clock, "hold", lambda tx, now, limit: tx.withholdings.due_holds(now, limit), _kept)

    async def release(self, who: str, number: int, reason: str) -> Space:
        """Release a document before its day, or one that has none, as its sender asked.

        What its patient put off stays so until its day, but where the day is damaged or gone. `who` is the space's
        address or number.

        Raises:
            NotFound: there is no such space, or nothing is withheld of this document that may be released.
        """
        now = self._clock.now()

        def act(tx: Tx) -> Space:
            vault = found(tx, who)
            hold = _sound_hold(tx, vault, number) or _without_a_day(tx, vault, number, now)
            if hold is not None:
                _release(tx, vault, [hold], now, operator_of(vault), reason)
            if not show_without_a_day(tx, operator_of(vault), number, now, reason) and hold is None:
                raise NotFound(f"no document {number:x} of this space waits to be shown")
            return tx.spaces.space(vault)

        return await self._store.write(act)


def _kept(tx: Tx, *, vault: VaultId, number: int, now: datetime) -> None:
    hold = tx.withholdings.hold(vault, number)
    if hold is None:
        return
    if now >= hold.until:
        over = [one for one in tx.withholdings.holds(vault) if now >= one.until and one.document != number]
        _release(tx, vault, [hold, *over[: BATCH - 1]], now, system_in(vault), "its last day has come")
        return
    warns_at = hold.until - WARNED_BEFORE
    if hold.warned or now < warns_at:
        # Somebody was faster, or the index was bent: it says again what is due.
        tx.withholdings.save_hold(vault, replace(hold, next=hold.until if hold.warned else warns_at))
        return
    document = _withheld(tx, vault, number)
    if document is not None and document.replaced_by is None:
        news = TellSender(
            what=SenderNews.HOLD_ENDS.value, to=hold.sender, recipient=hold.recipient,
            document=document.entry.unique_id, subject=hold.subject, message_id=hold.message_id,
            day=day_in_words(local_day(hold.until)),
        )  # fmt: skip
        tell_sender(tx, vault, news, now)
        tx.audit.append(vault, system_in(vault).event(now, "document.hold-ends", objects=(f"document:{number:x}",)))
    tx.withholdings.save_hold(vault, replace(hold, warned=True, next=hold.until))


def _withheld(tx: Tx, vault: VaultId, number: int) -> FiledDocument | None:
    """Give a document that its patient may not read yet; None when it is gone, or shown."""
    known = next(iter(tx.documents.numbered(vault, Audience.NOBODY, [number])), None)
    return known if known is not None and Audience.PATIENT in known.hidden_from else None


def _sound_hold(tx: Tx, vault: VaultId, number: int) -> DocumentHold | None:
    try:
        return tx.withholdings.hold(vault, number)
    except SealBroken:
        return None  # told of; the operator's word stands in its place


def _without_a_day(tx: Tx, vault: VaultId, number: int, now: datetime) -> DocumentHold | None:
    """Give what releases a document whose day was never kept, or is damaged; None when nothing is withheld of it.

    Files of its messages are shown with it, unless another document of such a message is still withheld.
    """
    document = _withheld(tx, vault, number)
    if document is None:
        return None
    return DocumentHold(document=number, until=now, next=now, messages=known_messages(tx, vault, document))


def _release(
    tx: Tx, vault: VaultId, piece: Sequence[DocumentHold], now: datetime, actor: Actor, detail: str
) -> None:
    """Show documents, and files of messages that brought nothing else that waits: what still waits is read once."""
    for hold in piece:
        _show(tx, vault, hold, now, actor, detail)
    brought = dict.fromkeys(mid for hold in piece for mid in hold.messages)
    kept = kept_back(tx, vault, brought, Audience.PATIENT)
    for mid in brought:
        if mid not in kept:
            _show_files(tx, vault, mid)
    tx.changed(vault)


def _show(tx: Tx, vault: VaultId, hold: DocumentHold, now: datetime, actor: Actor, detail: str) -> None:
    document = _withheld(tx, vault, hold.document)
    tx.withholdings.drop_hold(vault, hold.document)
    if document is not None:
        tx.documents.withhold(vault, document.id, document.hidden_from & ~Audience.PATIENT)
        objects = (f"document:{document.id:x}",)
        tx.audit.append(vault, actor.event(now, "document.released", objects=objects, detail=detail))
        if Audience.LATER not in document.hidden_from:
            note_group_of(tx, actor.account, vault, document, now)
        state = tx.spaces.state(vault)
        waits = document.hidden_from & (Audience.BEFORE_ACTIVATION | Audience.LATER)
        if document.replaced_by is None and state is not None and receives_mail(state) and not waits:
            notice = Step(vault=vault, id=random_number(), payload=document_notice(document.hidden_from), due=now)
            tx.outbox.add(notice, unless_waiting=True)
            tx.changed(OPERATOR)


def _show_files(tx: Tx, vault: VaultId, mid: MessageId) -> None:
    """Let the files of a message be opened again by its patient."""
    outcome = sound_outcome(tx, vault, mid)
    if outcome is not None:
        shown = outcome.withheld_from & ~Audience.PATIENT
        tx.mail.note_outcome(vault, mid, msgspec.structs.replace(outcome, withheld_from=shown))
