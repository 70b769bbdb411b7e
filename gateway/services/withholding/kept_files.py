"""Of which messages the files stay withheld: those that brought what still is, first or once more (A27, E37, E80).

Which messages brought a document once more stands in the row of its doubt, whether or not anybody doubts it; of those
that its author or its patient keeps back also in the row that says until when. One of the two may be damaged.
"""

from collections.abc import Iterable, Sequence

from gateway.domain.access import Audience
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import SealBroken
from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.withholdings import DocumentDelay, DocumentHold
from gateway.ports.store import Tx


def kept_back(tx: Tx, vault: VaultId, messages: Iterable[MessageId], bit: Audience) -> set[MessageId]:
    """Give those of some messages of which a document is still withheld so, also where its day is damaged or gone.

    All of them, while it is withheld and no row says any more which messages brought it.
    """
    asked, waiting = set(messages), _waiting(tx, vault, bit)
    kept, have_a_day = {mid for one in waiting for mid in one.messages}, {one.document for one in waiting}
    for document, again in tx.withholdings.repeats(vault, bit):
        if again is None and document not in have_a_day:
            return asked
        kept.update(again or ())
    return {mid for mid in asked if mid in kept or _brought(tx, vault, mid, bit)}


def known_messages(tx: Tx, vault: VaultId, document: FiledDocument) -> tuple[MessageId, ...]:
    """List the messages that brought a document, as far as rows that open say so."""
    rows, found = tx.withholdings, [] if document.mid is None else [document.mid]
    for read in (rows.hold, rows.delay, rows.doubt):
        try:
            row = read(vault, document.id)
        except SealBroken:
            continue  # told of
        found += row.messages if row else ()
    return tuple(dict.fromkeys(found))


def sound_outcome(tx: Tx, vault: VaultId, mid: MessageId) -> FilingOutcome | None:
    """Give how a message was filed; None for one that does not open, which keeps no document back."""
    try:
        outcome = tx.mail.outcome(vault, mid)
    except SealBroken:
        return None  # told of
    return outcome if isinstance(outcome, FilingOutcome) else None


def _waiting(tx: Tx, vault: VaultId, bit: Audience) -> Sequence[DocumentHold | DocumentDelay]:
    if bit is Audience.PATIENT:
        return tx.withholdings.holds(vault)
    return tx.withholdings.delays(vault) if bit is Audience.LATER else ()


def _brought(tx: Tx, vault: VaultId, mid: MessageId, bit: Audience) -> bool:
    return any(bit in one.hidden_from for one in tx.documents.of_message(vault, Audience.NOBODY, mid))
