"""What is shown of a message: its card, unless the message came with documents that are not decided."""

from gateway.domain.card import Card
from gateway.domain.errors import SealBroken
from gateway.domain.filing_outcome import MessageOutcome
from gateway.domain.mailbox import ContentState, Entry, Summary, VaultId
from gateway.domain.mime import Kind
from gateway.domain.stand_ins import SUMMARY
from gateway.ports.store import Tx

_SHOWN_AT_ONCE = frozenset(kind.value for kind in Kind if not kind.is_held)


def shown_card(tx: Tx, vault: VaultId, entry: Entry, summary: Summary) -> Card:
    """Give what is shown of a message; one whose documents are not decided shows nothing, whatever row points to it."""
    return judged_card(tx, vault, entry, summary)[0]


def judged_card(
    tx: Tx, vault: VaultId, entry: Entry, summary: Summary
) -> tuple[Card, MessageOutcome | None]:
    """Give the same, and what became of the message where that was read to decide."""
    card = Card.from_json(summary.card)
    if all(attachment.kind in _SHOWN_AT_ONCE for attachment in card.attachments):
        return card, None
    try:
        state, outcome = tx.mail.judged(vault, entry.mid)
    except SealBroken:
        state, outcome = None, None
    return (card, outcome) if state is ContentState.VISIBLE else (Card.from_json(SUMMARY.card), None)
