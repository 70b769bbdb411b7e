"""Which documents still stand behind what they told: neither replaced nor taken away, and shown to whoever asks."""

from collections.abc import Iterable, Mapping

from gateway.domain.access import Actor
from gateway.domain.dossier import FiledDocument
from gateway.ports.store import Tx


def standing_sources(tx: Tx, actor: Actor, numbers: Iterable[int | None]) -> Mapping[int, FiledDocument]:
    """Give, by number, those of the documents that stand; a later version that is withheld replaces nothing yet."""
    asked = sorted({number for number in numbers if number is not None})
    if not asked:
        return {}
    found = tx.documents.numbered(actor.vault, actor.audience, asked)
    later = {document.replaced_by for document in found if document.replaced_by is not None}
    shown = {document.id for document in tx.documents.numbered(actor.vault, actor.audience, sorted(later))}
    return {document.id: document for document in found if document.replaced_by not in shown}
