"""Fills a patient's space with years of mail and documents, so that its pages can be timed.

One letter and one result that came by mail are the models: what is added is stored as they are, without its way here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.core import Core
from gateway.domain.access import Audience
from gateway.domain.card import Card
from gateway.domain.dossier import FiledDocument
from gateway.domain.filing_outcome import MessageOutcome
from gateway.domain.mailbox import SEEN, Content, ContentState, MessageId, SpecialUse, ThreadId, VaultId
from gateway.domain.written_results import WrittenResults, written_results
from gateway.ports.store import Tx
from gateway.services.random_numbers import random_number

_AT_ONCE = 100
_EVERY = timedelta(hours=5)
RESULTS_EACH = 20
"""Results of each document that is added."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Models:
    """What came by mail: a letter, and a message with its document."""

    letter: Content
    result: Content
    outcome: MessageOutcome
    document: FiledDocument
    results: WrittenResults


async def fill(it: Core, vault: VaultId, conversations: int, documents: int) -> None:
    """Add as many conversations, so many of them with a document; one in ten has a second letter, all are read."""
    models = await it.store.read(lambda tx: _models(tx, vault))
    every = max(conversations // documents, 1)
    for start in range(0, conversations, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, conversations))

        def add(tx: Tx, numbers: Sequence[int] = numbers) -> None:
            for number in numbers:
                _add(tx, vault, models, number, it.clock.now() - _EVERY * (conversations - number), every)

        await it.store.write(add)


def _models(tx: Tx, vault: VaultId) -> Models:
    inbox = tx.mail.folder_by_use(vault, SpecialUse.INBOX)
    (document,) = tx.documents.all_of(vault, Audience.PATIENT, limit=1)
    contents = {e.mid: tx.mail.content(vault, e.mid) for e in tx.mail.entries(vault, inbox.id, 1, inbox.uid_next)}
    mid, outcome = document.mid, tx.mail.outcome(vault, document.mid) if document.mid else None
    if mid is None or outcome is None:
        raise LookupError("the space has no result that came by mail")
    found = tx.documents.results(vault, Audience.PATIENT, document.id)
    return Models(
        letter=next(content for number, content in contents.items() if number != mid),
        result=contents[mid],
        outcome=outcome,
        document=document,
        results=written_results((found * RESULTS_EACH)[:RESULTS_EACH]),
    )


def _add(tx: Tx, vault: VaultId, models: Models, number: int, at: datetime, every: int) -> None:
    if number % every:
        first = _shown(tx, vault, models.letter, f"Votre avis {number}", at)
        if number % 10 == 1:
            _shown(tx, vault, models.letter, f"Re: Votre avis {number}", at + timedelta(hours=1), ThreadId(first))
        return
    mid = _shown(tx, vault, models.result, f"Résultats {number}", at)
    tx.mail.note_outcome(vault, mid, models.outcome)
    tx.mail.set_state(vault, mid, ContentState.VISIBLE)
    model = models.document
    entry = replace(model.entry, unique_id=f"1.2.250.1.213.999.7.{number}", set_id=f"1.2.250.1.213.999.8.{number}")
    document = replace(
        model, id=random_number(), mid=mid, filed_at=at, dated=at, entry=entry, seen=number // every % 5 > 0,
        result_count=models.results.count, glance=models.results.glance,
    )  # fmt: skip
    tx.documents.add(vault, document, models.results)


def _shown(
    tx: Tx, vault: VaultId, model: Content, subject: str, at: datetime, thread: ThreadId | None = None
) -> MessageId:
    mid = MessageId(random_number())
    card = replace(Card.from_json(model.summary.card), subject=subject)
    is_held = any(attachment.kind for attachment in card.attachments)
    content = replace(
        model,
        mid=mid,
        internal_date=at,
        thread=thread or ThreadId(mid),
        state=ContentState.HELD if is_held else ContentState.VISIBLE,
        summary=replace(model.summary, card=card.to_json()),
    )
    tx.mail.add_content(content, vault)
    tx.mail.add_entry(vault, tx.mail.folder_by_use(vault, SpecialUse.INBOX).id, mid, frozenset({SEEN}), at)
    return mid
