"""Choices, folders and words of documents, and lists of them found by key: `gateway.ports.document_lists`.

A list looks at clear columns only; words are opened row by row, until a page is full. Nothing here decides what
somebody may read: that is the document's own coded row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, delete, func, literal, or_, select, text, update

from gateway.domain.access import Audience
from gateway.domain.document_lists import (
    NO_CHOICE,
    OUTSIDE,
    DocumentChoice,
    DocumentFilter,
    DocumentFolder,
    DocumentPlace,
)
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import DOCUMENT as CODED_DOCUMENT
from gateway.store.seal.document_choices import DocumentChoiceRecord, DocumentFolderRecord
from gateway.store.seal.packed_records import packed, unpacked
from gateway.store.seal.records import DOCUMENT_CHOICE, DOCUMENT_FOLDER
from gateway.store.seal.sealer import RecordKind, Sealer

_D, _C, _F, _W = schema.document, schema.document_choice, schema.document_folder, schema.document_words
_vault, _document = parameter("vault"), parameter("document")
_A_DAY = 86_400_000_000
_BATCH = 200
"""Rows whose words are in memory at once: 13 MB at most."""
MAX_WORDS = 64 * 1024
"""Octets of the words of one document."""

_CHOICE = select(_C.c.document, _C.c.pinned, _C.c.folder, _C.c.revision, _C.c.record)
_ONE = _CHOICE.where(_C.c.vault == _vault, _C.c.document == _document)
_EVERY = _CHOICE.where(_C.c.vault == _vault)
# The condition as the partial index has it.
_PINNED = select(_C.c.document).where(_C.c.vault == _vault, text("pinned = 1")).limit(parameter("count"))
_choice = insert(_C)
_CHOOSE = _choice.on_conflict_do_update(
    index_elements=[_C.c.vault, _C.c.document],
    set_={name: _choice.excluded[name] for name in ("pinned", "folder", "revision", "record")},
)
_DROP_CHOICE = delete(_C).where(_C.c.vault == _vault, _C.c.document == _document)
_FOLDERS = select(_F.c.folder, _F.c.record).where(_F.c.vault == _vault)
_folder = insert(_F)
_SAVE_FOLDER = _folder.on_conflict_do_update(
    index_elements=[_F.c.vault, _F.c.folder], set_={"record": _folder.excluded.record}
)
_DROP_FOLDER = delete(_F).where(_F.c.vault == _vault, _F.c.folder == parameter("folder"))
_EMPTY_FOLDER = (
    update(_C).where(_C.c.vault == _vault, _C.c.folder == parameter("old")).values(folder=parameter("new"))
)
_words = insert(_W)
_SAVE_WORDS = _words.on_conflict_do_update(
    index_elements=[_W.c.vault, _W.c.document], set_={name: _words.excluded[name] for name in ("day", "record")}
)
_DROP_WORDS = delete(_W).where(_W.c.vault == _vault, _W.c.document == _document)
_beside = and_(_W.c.vault == _D.c.vault, _W.c.document == _D.c.document)
_UNREAD = (
    select(_D.c.document)
    .outerjoin(_W, _beside)
    .where(
        _D.c.vault == _vault,
        _D.c.hidden_from.bitwise_and(parameter("audience")) == 0,
        _W.c.document.is_(None),
    )
    .order_by(_D.c.dated.desc())
    .limit(parameter("count"))
)


@cache
def _statement(flags: tuple[bool, ...]) -> Select[Row]:
    """Give what selects place, coded columns and words of a list; flags say which parts it has."""
    category, since, until, in_folder, words, by_day, ascending, placed = flags
    day = func.coalesce(_W.c.day, _D.c.dated / literal(_A_DAY))
    key: ColumnElement[int] = day if by_day else _D.c.dated
    columns = (key.label("place"), *CODED_DOCUMENT.selected())
    chosen = select(*columns, _W.c.record) if words else select(*columns)
    source = _D.outerjoin(_W, _beside) if by_day or since or until or words else _D
    if in_folder:
        source = source.join(_C, and_(_C.c.vault == _D.c.vault, _C.c.document == _D.c.document))
    asked = [_D.c.vault == _vault, _D.c.hidden_from.bitwise_and(parameter("audience")) == 0]
    asked += [_D.c.category == parameter("category")] if category else []
    asked += [day >= parameter("since")] if since else []
    asked += [day <= parameter("until")] if until else []
    asked += [_C.c.folder == parameter("folder")] if in_folder else []
    if placed:
        at, number = parameter("at"), parameter("number")
        beyond, further = (key > at, _D.c.document < number) if ascending else (key < at, _D.c.document > number)
        # The first part lets an index be used, the second is exact.
        asked += [key >= parameter("from_at") if ascending else key <= parameter("from_at")]
        asked += [or_(beyond, and_(key == parameter("same_at"), further))]
    order = (key.asc(), _D.c.document.desc()) if ascending else (key.desc(), _D.c.document.asc())
    return chosen.select_from(source).where(*asked).order_by(*order).limit(parameter("count"))


class DocumentListRows:
    """Implements `gateway.ports.document_lists.DocumentLists`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def find(
        self,
        vault: VaultId,
        audience: Audience,
        wanted: DocumentFilter,
        limit: int,
        beside: DocumentPlace | None = None,
        *,
        back: bool = False,
    ) -> list[DocumentPlace]:
        """Find documents in the order of a list: those after a place, or those right before it if `back`."""
        found: list[DocumentPlace] = []
        matches = self._reader(vault, wanted)
        at = CODED_DOCUMENT.columns.index("document") + 1
        for row in self._rows(vault, audience, wanted, beside, limit, ascending=wanted.oldest_first != back):
            if (matches is None or matches(row[at], row[-1])) and self._coded.holds(CODED_DOCUMENT, row[1:]):
                found.append(DocumentPlace(row[0], row[at]))
                if len(found) == limit:
                    break
        return found[::-1] if back else found

    def _rows(
        self, vault: VaultId, audience: Audience, wanted: DocumentFilter, beside: DocumentPlace | None, limit: int,
        *, ascending: bool,
    ) -> Iterator[Row]:
        """Give rows in the order of the list, a batch at a time: words are many octets."""
        size = _BATCH if wanted.is_read else limit
        at = CODED_DOCUMENT.columns.index("document") + 1
        while True:
            flags = (
                bool(wanted.category), wanted.since is not None, wanted.until is not None, wanted.folder is not None,
                wanted.is_read, wanted.by_day, ascending, beside is not None,
            )  # fmt: skip
            values: dict[str, object] = {
                "vault": vault, "audience": audience.value, "category": wanted.category, "folder": wanted.folder,
                "since": wanted.since and _number_of(wanted.since), "until": wanted.until and _number_of(wanted.until),
                "count": size,
            }  # fmt: skip
            if beside is not None:
                values |= {"at": beside.at, "from_at": beside.at, "same_at": beside.at, "number": beside.document}
            rows = self._runner.rows(_statement(flags), **values)
            yield from rows
            if len(rows) < size:
                return
            beside = DocumentPlace(rows[-1][0], rows[-1][at])

    def _reader(self, vault: VaultId, wanted: DocumentFilter) -> Callable[[int, bytes | None], bool] | None:
        """Give what says whether the words of a document are those that are looked for."""
        if not wanted.is_read:
            return None
        opened = self._sealer.opener(vault, RecordKind.DOCUMENT_WORDS)
        sender = [word.encode() for word in wanted.sender]
        every = [*([OUTSIDE.encode()] if wanted.outside else []), *(word.encode() for word in wanted.words), *sender]

        def matches(document: int, sealed: bytes | None) -> bool:
            if sealed is None:
                return False
            try:
                clear = opened(document, sealed)
                # Nearly all are none of those that are looked for: fields are cut out of the others only.
                if not all(word in clear for word in every):
                    return False
                author = unpacked(clear, 1)[0].partition(b"\n")[0] if sender else b""
            except SealBroken:
                self._sealer.tell_damage(vault, "document", document)
                return False
            return all(word in author for word in sender)

        return matches

    def choice(self, vault: VaultId, document: int) -> DocumentChoice:
        """Give what was chosen for one document."""
        row = self._runner.row(_ONE, vault=vault, document=document)
        return self._opened(vault, row) if row else NO_CHOICE

    def choices(self, vault: VaultId) -> Mapping[int, DocumentChoice]:
        """Give everything that was chosen, by document."""
        return {row[0]: self._opened(vault, row) for row in self._runner.rows(_EVERY, vault=vault)}

    def chosen(self, vault: VaultId, documents: Iterable[int]) -> Mapping[int, DocumentChoice]:
        """Give what was chosen for some documents."""
        return {number: self.choice(vault, number) for number in documents}

    def pinned(self, vault: VaultId, limit: int) -> list[int]:
        """List documents that stand first."""
        return [row[0] for row in self._runner.rows(_PINNED, vault=vault, count=limit)]

    def choose(self, vault: VaultId, document: int, choice: DocumentChoice) -> None:
        """Keep a choice as the next revision."""
        record = DocumentChoiceRecord(title=choice.title, day=choice.day.isoformat() if choice.day else "")
        self._runner.run(
            _CHOOSE,
            vault=vault,
            document=document,
            pinned=int(choice.pinned),
            folder=choice.folder,
            revision=choice.revision + 1,
            record=DOCUMENT_CHOICE.seal(self._sealer, vault, document, record),
        )

    def forget(self, vault: VaultId, document: int) -> None:
        """Drop choice and words of a document that is no more."""
        self._runner.run(_DROP_CHOICE, vault=vault, document=document)
        self._runner.run(_DROP_WORDS, vault=vault, document=document)

    def forget_words(self, vault: VaultId, document: int) -> None:
        """Drop the words of a document, which are read anew."""
        self._runner.run(_DROP_WORDS, vault=vault, document=document)

    def folders(self, vault: VaultId) -> Sequence[DocumentFolder]:
        """List folders by name; one that does not open has none."""
        found = []
        for number, sealed in self._runner.rows(_FOLDERS, vault=vault):
            try:
                name = DOCUMENT_FOLDER.open(self._sealer, vault, number, sealed).name
            except SealBroken:
                self._sealer.tell_damage(vault, "folder", number)
                name = ""
            found.append(DocumentFolder(number, name))
        return sorted(found, key=lambda folder: folder.name.casefold())

    def save_folder(self, vault: VaultId, folder: DocumentFolder) -> None:
        """Make a folder, or rename it."""
        sealed = DOCUMENT_FOLDER.seal(self._sealer, vault, folder.number, DocumentFolderRecord(name=folder.name))
        self._runner.run(_SAVE_FOLDER, vault=vault, folder=folder.number, record=sealed)

    def drop_folder(self, vault: VaultId, number: int) -> None:
        """Take a folder away; what was in it is in none then."""
        self._runner.run(_EMPTY_FOLDER, vault=vault, old=number, new=None)
        self._runner.run(_DROP_FOLDER, vault=vault, folder=number)

    def save_words(self, vault: VaultId, document: int, day: date, names: str, text: str) -> None:
        """Keep the folded words of a document: names and titles, and its text; at most 64 KiB in all."""
        first = names.encode()[: MAX_WORDS // 4]
        record = packed(RecordKind.DOCUMENT_WORDS, first, text.encode()[: MAX_WORDS - len(first)])
        sealed = self._sealer.seal(vault, RecordKind.DOCUMENT_WORDS, document, record)
        self._runner.run(_SAVE_WORDS, vault=vault, document=document, day=_number_of(day), record=sealed)

    def unread(self, vault: VaultId, audience: Audience, limit: int) -> list[int]:
        """List some documents that these readers may see and whose words nobody has kept yet."""
        return [row[0] for row in self._runner.rows(_UNREAD, vault=vault, audience=audience.value, count=limit)]

    def _opened(self, vault: VaultId, row: Row) -> DocumentChoice:
        document, pinned, folder, revision, sealed = row
        try:
            record = DOCUMENT_CHOICE.open(self._sealer, vault, document, sealed)
            title, day = record.title, date.fromisoformat(record.day) if record.day else None
        except (SealBroken, ValueError):
            self._sealer.tell_damage(vault, "document", document)
            title, day = "", None
        return DocumentChoice(title=title, day=day, pinned=bool(pinned), folder=folder, revision=revision)


def _number_of(day: date) -> int:
    """Count days since 1970, as instants are counted."""
    return day.toordinal() - date(1970, 1, 1).toordinal()
