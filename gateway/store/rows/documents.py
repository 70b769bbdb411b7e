"""Filed documents: a sealed record and sealed results each, found by keyed digests of what identifies them.

What is withheld from whoever asks is left out of every question here, counts included: no page and no program can
forget to ask.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter

from sqlalchemy import delete, select, update

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory, LabResult
from gateway.domain.dossier import DocumentFile, DocumentOutline, FiledDocument
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.glance import Glance
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import BlobRef, MessageId, VaultId
from gateway.domain.stand_ins import damaged_entry
from gateway.domain.written_results import WrittenResults
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, at_most, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import DOCUMENT as CODED_DOCUMENT
from gateway.store.rows.document_records import entry_of, record_of, results_of
from gateway.store.rows.document_revisions import Arrival, DocumentRevisions
from gateway.store.rows.document_versions import DocumentVersions
from gateway.store.rows.observed import ObservedRows
from gateway.store.rows.tallies import tally_of
from gateway.store.seal.records import DOCUMENT, RESULTS, ResultsRecord
from gateway.store.seal.sealer import Sealer

_D = schema.document
_vault, _document = parameter("vault"), parameter("document")
_CODED = CODED_DOCUMENT.selected()
_COLUMNS = CODED_DOCUMENT.selected("seen", "record")
_AT = {name: place for place, name in enumerate((*CODED_DOCUMENT.columns, "code", "seen", "record"))}
_mine = _D.c.vault == _vault
_this = (_mine, _D.c.document == _document)
_shown = _D.c.hidden_from.bitwise_and(parameter("audience")) == 0

_INSERT = insert(_D)
_ALL = select(*_COLUMNS).where(_mine, _shown).order_by(_D.c.dated.desc(), _D.c.document).limit(parameter("count"))
_OF_CATEGORY = (
    select(*_COLUMNS)
    .where(_mine, _shown, _D.c.category == parameter("category"))
    .order_by(_D.c.dated.desc(), _D.c.document)
    .limit(parameter("count"))
)
_GET = select(*_COLUMNS).where(*_this, _shown)
_ANY = select(*_COLUMNS).where(*_this)
_RESULTS = select(*_CODED, _D.c.results).where(*_this, _shown)
# In no order: SQLite would read the whole space along its key for it.
_OF_MESSAGE = select(*_COLUMNS).where(_mine, _shown, _D.c.mid == parameter("mid"))
_WITH_MESSAGE = select(*_CODED).where(_mine, _shown, _D.c.mid == parameter("mid"))
_OPEN = select(*_CODED).where(_mine, _shown)
_NUMBERS = select(*_CODED).where(_mine, _shown).order_by(_D.c.dated.desc(), _D.c.document)
_FILED = select(*_CODED).where(_mine, _D.c.identity == parameter("identity"))
_SAME = select(_D.c.document, _D.c.identity).where(_mine, _D.c.unique_digest == parameter("unique_digest"))
_TAKE_AWAY = delete(_D).where(*_this)
_BEFORE_ACTIVATION = (
    select(_D.c.document)
    .where(_mine, _D.c.hidden_from.bitwise_and(Audience.BEFORE_ACTIVATION.value) != 0)
    .where(_D.c.document > parameter("after"))
    .order_by(_D.c.document)
    .limit(parameter("count"))
)
_SEEN = update(_D).where(*_this).values(seen=1)
_FROM_ALL = Audience.EVERYBODY | Audience.PATIENT | Audience.REPRESENTATIVES | Audience.PROFESSIONALS


class DocumentRows(DocumentVersions):
    """Implements `gateway.ports.record.Documents`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        super().__init__(runner, sealer, coded)
        self._revisions = DocumentRevisions(runner, coded)
        self._observed = ObservedRows(runner, sealer, coded)

    def add(self, vault: VaultId, document: FiledDocument, results: WrittenResults) -> bool:
        """File; False and no change when the same document (identifier and hash) is filed already."""
        entry, number, identity = document.entry, document.id, self._identity(vault, document)
        unique = self._digest(vault, "unique-id", entry.unique_id.encode())
        same = self._runner.rows(_SAME, vault=vault, unique_digest=unique)
        if any(row[1] == identity for row in same):
            return False
        row: dict[str, object] = {
            "vault": vault,
            "document": number,
            "mid": document.mid,
            "category": entry.category.value,
            "filed_at": micros_of(document.filed_at),
            "dated": micros_of(document.dated),
            "hidden_from": document.hidden_from.value,
            "identity": identity,
            "unique_digest": unique,
            "set_digest": self._digest(vault, "set-id", entry.set_id.encode()) if entry.set_id else None,
            "replaced_by": None,
        }
        self._runner.run(
            _INSERT,
            **self._coded.stamped(CODED_DOCUMENT, row),
            seen=int(document.seen),
            record=DOCUMENT.seal(self._sealer, vault, number, record_of(document)),
            results=RESULTS.seal(self._sealer, vault, number, ResultsRecord(results=results.json)),
        )
        self._observed.add(vault, document, results.lines)
        self._supersede(vault, document, [row[0] for row in same])
        return True

    def withheld_from(self, vault: VaultId, document: FiledDocument) -> Audience:
        """Say from whom this document is withheld as it was filed before; from nobody when it was not."""
        row = self._runner.row(_FILED, vault=vault, identity=self._identity(vault, document))
        if row is None:
            return Audience.NOBODY
        return Audience(row[_AT["hidden_from"]]) if self._coded.holds(CODED_DOCUMENT, row) else _FROM_ALL

    def filed_as(self, vault: VaultId, document: FiledDocument) -> FiledDocument | None:
        """Give this document (identifier and hash) as it was filed before, whoever may see it; None when it was not."""
        row = self._runner.row(_FILED, vault=vault, identity=self._identity(vault, document))
        return self._any(vault, row[_AT["document"]]) if row else None

    def _identity(self, vault: VaultId, document: FiledDocument) -> bytes:
        return self._digest(vault, "document", document.entry.unique_id.encode(), document.sha256)

    def all_of(
        self, vault: VaultId, audience: Audience, category: str | None = None, limit: int = -1
    ) -> list[FiledDocument]:
        """List, newest first."""
        who, count = audience.value, at_most(limit)
        rows = (
            self._runner.rows(_ALL, vault=vault, audience=who, count=count)
            if category is None
            else self._runner.rows(_OF_CATEGORY, vault=vault, audience=who, category=category, count=count)
        )
        return self._all(vault, rows)

    def get(self, vault: VaultId, audience: Audience, document: int) -> FiledDocument:
        """Read one. Raises `NotFound`; `SealBroken`, which is told of, when it is damaged."""
        row = self._runner.row(_GET, vault=vault, audience=audience.value, document=document)
        if row is None or not self._coded.holds(CODED_DOCUMENT, row):
            raise NotFound(f"vault {vault:x} has no document {document:x}")
        with self._sealer.telling(vault, "document", document):
            return self._filed(vault, row)

    def results(self, vault: VaultId, audience: Audience, document: int) -> list[LabResult]:
        """Read the results of one document, in its order. Raises as `get` does."""
        row = self._runner.row(_RESULTS, vault=vault, audience=audience.value, document=document)
        if row is None or not self._coded.holds(CODED_DOCUMENT, row):
            raise NotFound(f"vault {vault:x} has no document {document:x}")
        with self._sealer.telling(vault, "document", document):
            return results_of(RESULTS.open(self._sealer, vault, document, row[-1]))

    def of_message(self, vault: VaultId, audience: Audience, mid: MessageId) -> list[FiledDocument]:
        """List the documents that came with a message."""
        rows = self._runner.rows(_OF_MESSAGE, vault=vault, audience=audience.value, mid=mid)
        return self._all(vault, sorted(rows, key=itemgetter(_AT["document"])))

    def came_with(self, vault: VaultId, audience: Audience, mid: MessageId) -> bool:
        """Say whether a document came with a message."""
        rows = self._runner.rows(_WITH_MESSAGE, vault=vault, audience=audience.value, mid=mid)
        return any(self._coded.holds(CODED_DOCUMENT, row) for row in rows)

    def numbered(self, vault: VaultId, audience: Audience, numbers: Iterable[int]) -> list[FiledDocument]:
        """Give documents by their numbers, in that order; what these readers may not see is left out."""
        rows = (self._runner.row(_GET, vault=vault, audience=audience.value, document=number) for number in numbers)
        return self._all(vault, [row for row in rows if row is not None])

    def take_away(self, vault: VaultId, document: int) -> None:
        """Remove a document and its results for good. Raises `NotFound`; a row that was bent stays, to be found."""
        row = self._runner.row(_ANY, vault=vault, document=document)
        if row is None or not self._coded.holds(CODED_DOCUMENT, row):
            raise NotFound(f"vault {vault:x} has no document {document:x}")
        self._coded.taken_away(CODED_DOCUMENT, vault, row)
        self._runner.run(_TAKE_AWAY, vault=vault, document=document)
        self._observed.forget(vault, document)

    def _all(self, vault: VaultId, rows: Sequence[Row]) -> list[FiledDocument]:
        """Give the documents of rows, but for those that were bent: those are hidden from all."""
        return [self._listed(vault, row) for row in self._coded.sound(CODED_DOCUMENT, rows)]

    def counts(self, vault: VaultId, audience: Audience) -> dict[str, int]:
        """Count documents by category, as the head of the vault says: rows that were bent since are counted."""
        tally = self._coded.tally(CODED_DOCUMENT, vault)
        if tally is None:
            rows = self._runner.rows(_OPEN, vault=vault, audience=audience.value)
            tally = tally_of(CODED_DOCUMENT, self._coded.sound(CODED_DOCUMENT, rows))
        found = Counter[str]()
        for said, number in tally.items():
            category, _, hidden_from = said.rpartition(" ")
            found[category] += 0 if Audience(int(hidden_from)) & audience else number
        return dict(+found)

    def numbers(self, vault: VaultId, audience: Audience) -> list[int]:
        """List all by their numbers alone, newest first."""
        rows = self._runner.rows(_NUMBERS, vault=vault, audience=audience.value)
        return [row[_AT["document"]] for row in self._coded.sound(CODED_DOCUMENT, rows)]

    def outlines(self, vault: VaultId, audience: Audience) -> list[DocumentOutline]:
        """List all by what they are judged by, newest first, without opening any."""
        number, category, hidden = (_AT[name] for name in ("document", "category", "hidden_from"))
        rows = self._runner.rows(_NUMBERS, vault=vault, audience=audience.value)
        sound = self._coded.sound(CODED_DOCUMENT, rows)
        return [
            DocumentOutline(row[number], DocumentCategory.stored(row[category]), Audience(row[hidden]))
            for row in sound
        ]

    def before_activation(self, vault: VaultId, after: int, limit: int) -> list[int]:
        """List documents that nobody reads before the space is activated, by number, those above `after` (F22)."""
        return [row[0] for row in self._runner.rows(_BEFORE_ACTIVATION, vault=vault, after=after, count=at_most(limit))]

    def unseen(self, vault: VaultId, audience: Audience, most: int = -1) -> int:
        """Count documents the patient has not opened yet, no more than so many."""
        return self._revisions.unseen(vault, audience, at_most(most))

    def arrivals(self, vault: VaultId, audience: Audience, limit: int) -> list[Arrival]:
        """Say of the newest documents with which message and when each came, and whether it was opened."""
        return self._revisions.arrivals(vault, audience, limit)

    def revision(self, vault: VaultId, audience: Audience) -> int:
        """Give a number that changes whenever what these readers see of the documents does."""
        return self._revisions.of(vault, audience)

    def withhold(self, vault: VaultId, document: int, hidden_from: Audience) -> None:
        """Withhold a document from these readers, and from no others."""
        self._change(vault, document, hidden_from=hidden_from.value)

    def mark_seen(self, vault: VaultId, document: int) -> None:
        """Note that the patient has opened it."""
        self._runner.run(_SEEN, vault=vault, document=document)

    def _any(self, vault: VaultId, number: int) -> FiledDocument | None:
        """Read a document whoever may see it, a stand-in for one that does not open; None when its row was bent."""
        row = self._runner.row(_ANY, vault=vault, document=number)
        return self._listed(vault, row) if row and self._coded.holds(CODED_DOCUMENT, row) else None

    def _listed(self, vault: VaultId, row: Row) -> FiledDocument:
        """Give a document of a list; one that does not open costs its own line."""
        try:
            return self._filed(vault, row)
        except SealBroken:
            at = dict(zip(_AT, row, strict=True))
            number, mid = at["document"], at["mid"]
            self._sealer.tell_damage(vault, "document", number)
            return FiledDocument(
                id=number,
                mid=None if mid is None else MessageId(mid),
                filed_at=instant_of(at["filed_at"]),
                dated=instant_of(at["dated"]),
                entry=damaged_entry(at["category"]),
                sha256=b"",
                sender="",
                identity_verified=True,
                result_count=0,
                has_alert=False,
                files=(),
                seen=bool(at["seen"]),
                replaced_by=at["replaced_by"],
                hidden_from=Audience(at["hidden_from"]),
                is_damaged=True,
            )

    def _filed(self, vault: VaultId, row: Row) -> FiledDocument:
        at = dict(zip(_AT, row, strict=True))
        number, mid = at["document"], at["mid"]
        read = DOCUMENT.open(self._sealer, vault, number, at["record"])
        return FiledDocument(
            id=number,
            mid=None if mid is None else MessageId(mid),
            filed_at=instant_of(at["filed_at"]),
            dated=instant_of(at["dated"]),
            entry=entry_of(read),
            sha256=read.sha256,
            sender=read.sender,
            issuer=read.issuer,
            identity_verified=read.identity_verified,
            result_count=read.result_count,
            has_alert=read.has_alert,
            files=tuple(
                DocumentFile(file.which, file.media_type, BlobRef(file.blob), file.size) for file in read.files
            ),
            seen=bool(at["seen"]),
            replaced_by=at["replaced_by"],
            hidden_from=Audience(at["hidden_from"]),
            glance=Glance(
                examinations=read.examinations,
                outside=read.outside,
                outside_count=read.outside_count,
                flagged=read.flagged,
                flagged_count=read.flagged_count,
            ),
            is_own=read.is_own,
            sender_name=read.sender_name,
        )
