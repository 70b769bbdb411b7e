"""Which documents still stand behind what they told: neither replaced nor taken away, and shown to whoever asks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from gateway.domain.access import Actor
from gateway.domain.brought import sameness
from gateway.domain.dossier import FiledDocument
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.ports.store import Tx
from gateway.services.access.permitted import documents_among, reads_documents


def standing_sources(
    tx: Tx, actor: Actor, numbers: Iterable[int | None], at: datetime
) -> Mapping[int, FiledDocument]:
    """Give, by number, those of the documents that stand; a later version that is withheld replaces nothing yet.

    Whoever may read the profile and no document is judged for by the same ones, and told of none.
    """
    asked = sorted({number for number in numbers if number is not None})
    if not asked:
        return {}
    found = _there(tx, actor, asked, at)
    later = {document.replaced_by for document in found if document.replaced_by is not None}
    shown = {document.id for document in _there(tx, actor, sorted(later), at)}
    return {document.id: document for document in found if document.replaced_by not in shown}


def _there(tx: Tx, actor: Actor, numbers: Sequence[int], at: datetime) -> list[FiledDocument]:
    if actor.is_visitor:
        return documents_among(tx, actor, at, numbers)
    return tx.documents.numbered(actor.vault, actor.audience, numbers)


def proposals_in(
    tx: Tx, actor: Actor, section: ProfileSection, found: Sequence[ProfileEntry], at: datetime
) -> tuple[Sequence[ProfileEntry], Mapping[int, FiledDocument]]:
    """Give the proposals of a section whose documents stand, and those documents.

    What the person has said already, or has refused, is not proposed again; what several propose is there once. Nothing
    is proposed to whoever may read no document: a proposal is judged by what it was read from.
    """
    if not reads_documents(tx, actor, at):
        return [], {}
    proposed = [one for one in found if one.state is EntryState.PROPOSED]
    sources = standing_sources(tx, actor, [one.source for one in proposed], at)
    said = {sameness(section, one.fields) for one in found if one.state is not EntryState.PROPOSED}
    shown: dict[tuple[str, ...], ProfileEntry] = {}
    for one in proposed:
        name = sameness(section, one.fields)
        if one.source in sources and name not in said:
            shown.setdefault(name, one)
    return list(shown.values()), sources


def newest_standing(tx: Tx, actor: Actor, section: ProfileSection, at: datetime) -> list[ProfileEntry]:
    """Give the entries of a section, proposals included, but for what a document wrote that does not stand any more."""
    found = list(tx.profile.newest(actor.vault, section))
    sources = standing_sources(tx, actor, [one.source for one in found if _is_of_document(one)], at)
    return [one for one in found if not _is_of_document(one) or one.source in sources]


def stands(tx: Tx, actor: Actor, entry: ProfileEntry, at: datetime) -> bool:
    """Say whether an entry may be shown: a proposal goes with its document, and so does what it wrote by itself."""
    rests = entry.state is EntryState.PROPOSED or _is_of_document(entry)
    return not rests or entry.source in standing_sources(tx, actor, [entry.source], at)


def _is_of_document(entry: ProfileEntry) -> bool:
    """Say whether a document wrote it and nobody has changed or accepted it since: it rests on that document alone."""
    return entry.state is EntryState.KEPT and entry.written_by is Writer.DOCUMENT and entry.source is not None
