"""The same file as a document that is hidden from whoever adds it: theirs is filed beside it, and nothing is told."""

import hashlib
from dataclasses import replace

from gateway.domain.access import Actor
from gateway.domain.dossier import FiledDocument
from gateway.ports.store import Tx
from gateway.services.access.permitted import documents_among


def apart_from_hidden(tx: Tx, actor: Actor, filed: FiledDocument) -> tuple[FiledDocument, FiledDocument | None]:
    """Give a document as it is filed, and what it is the same as; it is the same as nothing that the actor cannot read.

    It takes a name of its own in that case, found again when they add the file once more.
    """
    while (known := tx.documents.filed_as(actor.vault, filed)) is not None:
        if documents_among(tx, actor, filed.filed_at, [known.id]):
            break
        own = hashlib.sha256(f"{actor.account} {filed.entry.unique_id}".encode()).hexdigest()
        entry = replace(filed.entry, unique_id=f"urn:pli:apart:{own}", set_id="", version=None, replaces=())
        filed = replace(filed, entry=entry)
    return filed, known
