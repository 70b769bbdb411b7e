"""Kinds of documents that a patient sees later because they wish so (E37): chosen, ended at once, ended by their day.

It hides from nobody but the patient and whoever reads for them. The author's own hold (A27) stands apart: what both
put off shows when both are over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec.structs import replace as replaced

from gateway.domain.access import NOBODY_READS, NOT_YET, Action, Actor, Audience, SpacePart
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import InvalidValue, SealBroken
from gateway.domain.mailbox import OPERATOR, MessageId, VaultId
from gateway.domain.outbox import Step
from gateway.domain.space import receives_mail
from gateway.domain.withholdings import DELAYS, DocumentDelay
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.filing.blood_groups import note_group_of
from gateway.services.filing.filed_documents import document_notice
from gateway.services.random_numbers import random_number
from gateway.services.upkeep.due_work import DueWork
from gateway.services.withholding.kept_files import kept_back, known_messages, sound_outcome

BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenDelays:
    """By how many days each kind is put off, and how many documents wait now."""

    days: Mapping[DocumentCategory, int]
    waiting: int


class DisplayDelays:
    """Keeps what the holder of a space puts off."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def chosen(self, actor: Actor) -> ChosenDelays:
        """Give what is put off."""
        now = self._clock.now()

        def look(tx: Tx) -> ChosenDelays:
            keep_from_visitors(actor)
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            days = {DocumentCategory.stored(kind): days for kind, days in tx.spaces.space(actor.vault).delays}
            return ChosenDelays(days=days, waiting=len(_chosen_ones(tx, actor.vault)))

        return await self._store.read(look)

    @traces_refusals
    async def choose(self, actor: Actor, days: Mapping[DocumentCategory, int]) -> None:
        """Put new documents of these kinds off, by days; those that wait of any other kind show at once.

        Raises:
            InvalidValue: a delay is none of `DELAYS`.
        """
        if not set(days.values()) <= {0, *DELAYS}:
            raise InvalidValue("no such delay")
        now, vault = self._clock.now(), actor.vault
        kept = tuple(sorted((kind.value, number) for kind, number in days.items() if number))

        def change(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            space = tx.spaces.space(vault)
            if space.delays != kept:
                tx.spaces.save(replace(space, delays=kept))
                detail = ", ".join(f"{kind} {number}" for kind, number in kept) or "none"
                tx.audit.append(vault, actor.event(now, "documents.delay-chosen", detail=detail))
                tx.changed(vault)

        await self._store.write(change)
        await self._end(actor, lambda delay: delay.kind not in dict(kept))

    @traces_refusals
    async def show_now(self, actor: Actor) -> None:
        """Show at once whatever waits by one's own choice; the choice for what comes stays."""
        now = self._clock.now()

        def look(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)

        await self._store.read(look)
        await self._end(actor, lambda _: True)

    async def _end(self, actor: Actor, is_over: Callable[[DocumentDelay], bool]) -> None:
        """Show what waits, in pieces, so that nobody's mail waits for a full space."""
        now = self._clock.now()

        def end(tx: Tx) -> int:
            piece = [delay for delay in _chosen_ones(tx, actor.vault) if is_over(delay)][:BATCH]
            kept = [one for one in piece if one.floor is not None and now < one.floor]
            for one in kept:
                tx.withholdings.save_delay(actor.vault, replace(one, until=one.floor or one.until, kind=""))
            _release(tx, actor.vault, [one for one in piece if one not in kept], actor, now)
            return len(piece)

        while await self._store.write(end) == BATCH:
            pass


class DelayKeeper(DueWork):
    """Shows documents whose delay is over."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store, clock, "delay", lambda tx, now, limit: tx.withholdings.due_delays(now, limit), _kept)


def show_without_a_day(tx: Tx, actor: Actor, number: int, now: datetime, detail: str) -> bool:
    """Show a document that is put off until a day which is damaged or gone; say whether it was such a one.

    Files of messages that brought it are shown with it, unless another document of such a message is put off.
    """
    vault = actor.vault
    document = next(iter(tx.documents.numbered(vault, Audience.NOBODY, [number])), None)
    if document is None or Audience.LATER not in document.hidden_from or _has_its_day(tx, vault, number):
        return False
    delay = DocumentDelay(document=number, until=now, messages=known_messages(tx, vault, document))
    _release(tx, vault, [delay], actor, now, detail)
    return True


def _has_its_day(tx: Tx, vault: VaultId, number: int) -> bool:
    try:
        return tx.withholdings.delay(vault, number) is not None
    except SealBroken:
        return False  # told of


def _kept(tx: Tx, *, vault: VaultId, number: int, now: datetime) -> None:
    delay = tx.withholdings.delay(vault, number)
    if delay is None:
        return
    if now < delay.until:
        tx.withholdings.save_delay(vault, delay)  # the index was bent: it says again what is due
        return
    over = [one for one in tx.withholdings.delays(vault) if now >= one.until and one.document != number]
    _release(tx, vault, [delay, *over[: BATCH - 1]], system_in(vault), now)


def _chosen_ones(tx: Tx, vault: VaultId) -> Sequence[DocumentDelay]:
    """Give what waits by the patient's choice; a floor is not theirs to shorten."""
    return [delay for delay in tx.withholdings.delays(vault) if delay.kind]


def _release(
    tx: Tx, vault: VaultId, piece: Sequence[DocumentDelay], actor: Actor, now: datetime, detail: str = ""
) -> None:
    """Show documents, and files of messages that brought nothing else that waits: what still waits is read once."""
    for delay in piece:
        _show(tx, vault, delay, actor, now, detail)
    if brought := dict.fromkeys(mid for delay in piece for mid in delay.messages):
        kept = kept_back(tx, vault, brought, Audience.LATER)
        for mid in brought:
            if mid not in kept:
                _show_files(tx, vault, mid)
    if piece:
        tx.changed(vault)


def _show(tx: Tx, vault: VaultId, delay: DocumentDelay, actor: Actor, now: datetime, detail: str) -> None:
    tx.withholdings.drop_delay(vault, delay.document)
    document = next(iter(tx.documents.numbered(vault, Audience.NOBODY, [delay.document])), None)
    if document is not None and Audience.LATER in document.hidden_from:
        hidden = document.hidden_from & ~Audience.LATER
        tx.documents.withhold(vault, document.id, hidden)
        objects = (f"document:{document.id:x}",)
        tx.audit.append(vault, actor.event(now, "document.released", objects=objects, detail=detail))
        if not hidden & NOT_YET:
            note_group_of(tx, actor.account, vault, document, now)
        state = tx.spaces.state(vault)
        is_told = actor.account == "pli" and not hidden & (NOT_YET | NOBODY_READS)
        if is_told and document.replaced_by is None and state is not None and receives_mail(state):
            notice = Step(vault=vault, id=random_number(), payload=document_notice(hidden), due=now)
            tx.outbox.add(notice, unless_waiting=True)
            tx.changed(OPERATOR)


def _show_files(tx: Tx, vault: VaultId, mid: MessageId) -> None:
    """Let the files of a message be opened again by its patient."""
    outcome = sound_outcome(tx, vault, mid)
    if outcome is not None:
        tx.mail.note_outcome(vault, mid, replaced(outcome, withheld_from=outcome.withheld_from & ~Audience.LATER))
