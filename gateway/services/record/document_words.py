"""The words by which documents are found, read once each: title, names, and what the document says (F50).

Nothing is read while mail comes in: whoever searches has what is missing read first, for a moment, and the rest
behind them. What is withheld is read too, and never found: lists ask the document's own row.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from gateway.domain.access import Actor, Audience
from gateway.domain.document_lists import OUTSIDE, DocumentChoice
from gateway.domain.dossier import READABLE, DocumentFile, FiledDocument
from gateway.domain.errors import NotFound, PliError, ReaderBusy, SealBroken
from gateway.domain.mailbox import BlobKey, VaultId
from gateway.domain.mime import search_fold
from gateway.domain.readable import MEDIA_TYPE, readable_from_json
from gateway.ports.blobs import Blobs
from gateway.ports.file_texts import FileTexts
from gateway.ports.store import Store, Tx
from gateway.services.access.permitted import permitted_unread
from gateway.services.shared_turns import SharedTurns
from gateway.shared_memory import SharedMemory, SharedTotal, Total

_log = structlog.get_logger("pli.dossier")
_AT_ONCE = 20
_TEXTS = frozenset({MEDIA_TYPE, "text/plain", "text/calendar"})
_PDF = "application/pdf"
MAX_TEXT = 64 * 1024
"""Letters of one document that are looked through."""
_LONGEST_NAMES = 4_000
_MOST_TOLD = 10_000
_PATIENCE = timedelta(seconds=1.5)


@dataclass(frozen=True, slots=True)
class _Unread:
    document: FiledDocument
    choice: DocumentChoice
    keys: tuple[tuple[str, BlobKey], ...]


class DocumentWords:
    """Reads the words of documents, one space at a time."""

    def __init__(
        self, store: Store, blobs: Blobs, texts: FileTexts | None = None, held: SharedTotal | None = None
    ) -> None:
        """Take what it works on; without `texts` nothing is read of PDF files. `held` counts those of all processes."""
        self._store = store
        self._blobs = blobs
        self._texts = texts
        # One file at a time is taken into memory to be read; the others wait without theirs.
        self._turns = SharedTurns(1, held or SharedMemory().total(Total.PDF_FILES))
        self._asked: dict[VaultId, None] = {}
        self._is_asked = asyncio.Event()

    def ask(self, vault: VaultId) -> None:
        """Have what is missing of a space read in the background."""
        self._asked[vault] = None
        self._is_asked.set()

    async def run(self) -> None:
        """Read what was asked for, for ever."""
        while True:
            await self._is_asked.wait()
            self._is_asked.clear()
            while self._asked:
                vault = next(iter(self._asked))
                del self._asked[vault]
                try:
                    await self.read_all(vault)
                except PliError as error:
                    _log.warning("words.failed", reason=error.code)

    async def read_all(self, vault: VaultId) -> None:
        """Read every document of a space that was not read yet. Raises `ReaderBusy` when some must wait."""
        while await self.read_some(vault):
            pass

    async def catch_up(self, actor: Actor, at: datetime, patience: timedelta = _PATIENCE) -> int:
        """Read what is missing for a moment, leave the rest to the background, and say how many of theirs it may be."""
        vault = actor.vault
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self.read_all(vault)
        except (TimeoutError, ReaderBusy):
            self.ask(vault)
            return await self._store.read(lambda tx: permitted_unread(tx, actor, at, _MOST_TOLD))
        return 0

    async def read_some(self, vault: VaultId) -> int:
        """Read some documents, the newest first, and say how many. Raises `ReaderBusy`, then nothing is kept."""
        found = await self._store.read(lambda tx: _unread(tx, vault))
        if not found:
            return 0
        words = [await self._words(vault, one) for one in found]

        def keep(tx: Tx) -> None:
            for one, text in zip(found, words, strict=True):
                if _is_as_it_was(tx, vault, one):
                    tx.document_lists.save_words(vault, one.document.id, _day_of(one), _names(one), text)

        await self._store.write(keep)
        return len(found)

    async def _words(self, vault: VaultId, one: _Unread) -> str:
        pieces, room = list[str](), MAX_TEXT
        for media_type, key in one.keys:
            try:
                text = _typed(await self._text_of(vault, media_type, key))[:room]
            except ReaderBusy:
                raise  # it can be read, later
            except PliError as error:
                # It is found by its title; what of it cannot be read is told where it is opened.
                _log.info("words.unreadable", document=f"{one.document.id:x}", code=error.code)
                continue
            pieces.append(text)
            room -= len(text)
            if room <= 0:
                break
        return "\n".join(pieces)

    async def _text_of(self, vault: VaultId, media_type: str, key: BlobKey) -> str:
        if media_type == _PDF:
            if self._texts is None:
                return ""
            async with self._turns.turn():
                data = await self._store.aside(lambda: self._blobs.read(key))
                return await self._texts.text_of(data, f"{vault:x}")
        data = await self._store.aside(lambda: self._blobs.read(key))
        if media_type == MEDIA_TYPE:
            text = readable_from_json(data)
            return " ".join(token for token in text.tokens if isinstance(token, str))
        return data[: 4 * MAX_TEXT].decode("utf-8", "replace")


def _unread(tx: Tx, vault: VaultId) -> Sequence[_Unread]:
    found = []
    for number in tx.document_lists.unread(vault, Audience.NOBODY, _AT_ONCE):
        # Whoever may see it: as nobody in particular. One whose row was bent is not found, and named elsewhere.
        for document in tx.documents.numbered(vault, Audience.NOBODY, [number]):
            readable = [file for file in document.files if file.which == READABLE]
            files = readable or [file for file in document.files if file.media_type in _TEXTS]
            files += [file for file in document.files if file.media_type == _PDF and not readable]
            keys = tuple(key for file in files for key in _key_of(tx, vault, file))
            found.append(_Unread(document, tx.document_lists.choice(vault, number), keys))
    return found


def _key_of(tx: Tx, vault: VaultId, file: DocumentFile) -> list[tuple[str, BlobKey]]:
    """Give what opens a file; nothing when it is lost: its document is found by its title all the same."""
    try:
        return [(file.media_type, tx.blobs.open(vault, file.blob))]
    except (NotFound, SealBroken):
        return []


def _is_as_it_was(tx: Tx, vault: VaultId, one: _Unread) -> bool:
    """Say whether a document is still there, under the name and the day that were read."""
    number = one.document.id
    is_there = bool(tx.documents.numbered(vault, Audience.NOBODY, [number]))
    chosen = tx.document_lists.choice(vault, number)
    return is_there and (chosen.title, chosen.day) == (one.choice.title, one.choice.day)


def _day_of(one: _Unread) -> date:
    known = one.document.entry.effective_time
    first = known.earliest if known else None
    return one.choice.day or (known and known.day) or (first.date() if first else one.document.filed_at.date())


def _names(one: _Unread) -> str:
    """Give who wrote and sent it, on the first line, and what it is called."""
    entry, document = one.document.entry, one.document
    places = [*entry.authors, *filter(None, (entry.custodian, entry.legal_authenticator, entry.prescriber))]
    people = [name for place in places for name in (place.name, place.organisation) if name]
    sender = [] if document.is_own else [*filter(None, (document.sender_name, document.sender))]
    titles = [one.choice.title, entry.title, entry.type_label, entry.category.label]
    marked = OUTSIDE if document.glance.outside or document.glance.flagged else ""
    names = _typed(" ".join(dict.fromkeys([*people, *sender])))[:_LONGEST_NAMES]
    return "\n".join((names, marked, _typed(" ".join(filter(None, titles)))))


def _typed(text: str) -> str:
    """Fold a text, without the sign by which we mark documents."""
    return search_fold(text).replace(OUTSIDE[0], " ")
