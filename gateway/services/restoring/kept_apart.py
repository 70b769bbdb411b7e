"""What is kept beside the rest, as documents of their own: the log of another operator, and what nobody vouches for.

A log is never written into the trace of this gateway: its lines are another's word, in another chain of hashes.
"""

from collections.abc import Iterable, Iterator

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory, DocumentEntry
from gateway.domain.dossier import IMPORTED, ORIGINAL, FiledDocument
from gateway.domain.errors import LimitExceeded
from gateway.domain.written_results import NO_RESULTS
from gateway.services.restoring.archive_opening import MAX_FILE
from gateway.services.restoring.restored_content import Restoring, unverified_title
from gateway.services.restoring.restored_documents import FileOctets, file_document

LOG, PROOF = "journal/journal.jsonl", "journal/preuve.json"
_PIECE = 8 * 1024 * 1024
_TITLES = {"profil/": "Profil médical", "mesures/": "Mesures", "agenda/": "Agenda", "documents/": "Classement"}


async def keep_log(into: Restoring) -> None:
    """Keep the log of the operator who made the archive, with its proof, as one document."""
    if LOG in into.archive:
        title = f"Journal tenu par {into.operator}" if into.is_trusted else unverified_title("Journal")
        names = [name for name in (LOG, PROOF) if name in into.archive]
        await _keep(into, title, names, "log")


async def keep_unbelieved(into: Restoring) -> None:
    """Keep what the person wrote elsewhere, file by file, for them to read and take over what is right."""
    for name in into.archive.names:
        folder, _, rest = name.partition("/")
        title = _TITLES.get(f"{folder}/")
        if title and "/" not in rest and rest.endswith(".json"):
            await _keep(into, unverified_title(f"{title}, {rest.removesuffix('.json')}"), [name], "files")


async def _keep(into: Restoring, title: str, names: list[str], kind: str) -> None:
    digest = await into.store.aside(lambda: into.archive.digest(names[0]))
    prefix = "urn:pli:log:" if into.is_trusted else IMPORTED
    document = FiledDocument(
        id=into.made_number(kind, f"{names[0]} {digest}".encode()),
        mid=None,
        filed_at=into.at,
        dated=into.at,
        entry=DocumentEntry(unique_id=f"{prefix}{digest}", title=title, category=DocumentCategory.OTHER),
        sha256=bytes.fromhex(digest),
        sender="",
        identity_verified=into.is_trusted,
        result_count=0,
        has_alert=False,
        files=(),
        seen=True,
        hidden_from=Audience.PROFESSIONALS,
        is_own=True,
    )
    await file_document(into, document, NO_RESULTS, _octets(into, names), kind)


def _octets(into: Restoring, names: list[str]) -> Iterator[FileOctets]:
    """Give the files in pieces, cut at ends of lines: a log may be longer than what is held at once."""
    place = 0
    for name in names:
        for piece in _lines(into.archive.pieces(name)):
            yield (f"media-{place}" if place else ORIGINAL), "text/plain", piece
            place += 1


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= _PIECE and (cut := held.rfind(b"\n") + 1):
            yield bytes(held[:cut])
            del held[:cut]
        if len(held) > MAX_FILE:
            raise LimitExceeded("a line of the archive is longer than 128 MiB: it is none that Pli made")
    if held:
        yield bytes(held)
