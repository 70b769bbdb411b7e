"""Which document replaces which: by name, by version, or by the same identifier sent again (STD §4.2, features A20).

Only the organisation that sent a document replaces it. What anybody else sends about it stands beside it, and both
can be told of one another.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from sqlalchemy import ClauseElement, select, update

from gateway.domain.access import Audience
from gateway.domain.dossier import FiledDocument, RelatedDocuments
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import DOCUMENT as CODED_DOCUMENT
from gateway.store.seal.sealer import Sealer

_D, _P = schema.document, schema.replacement
_vault, _document = parameter("vault"), parameter("document")
_mine = _D.c.vault == _vault
_AT_MOST = 50
"""Documents that are looked at for each identifier: whoever repeats another's more often gains nothing."""

_OF_SET = select(_D.c.document).where(_mine, _D.c.set_digest == parameter("set_digest")).limit(_AT_MOST)
_OF_IDENTIFIER = select(_D.c.document).where(_mine, _D.c.unique_digest == parameter("unique_digest")).limit(_AT_MOST)
_ANNOUNCE = insert(_P).on_conflict_do_nothing()
_ANNOUNCED_BY = (
    select(_P.c.document)
    .where(_P.c.vault == _vault, _P.c.unique_digest == parameter("unique_digest"))
    .order_by(_P.c.document)
    .limit(_AT_MOST)
)
_CODED_ONE = select(*CODED_DOCUMENT.selected()).where(_mine, _D.c.document == _document)
_CHANGE = (
    update(_D)
    .where(_mine, _D.c.document == _document)
    .values({name: parameter(f"new_{name}") for name in ("hidden_from", "replaced_by", "version", "code")})
)


class DocumentVersions(ABC):
    """What documents are to one another, for `gateway.store.rows.documents.DocumentRows`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    @abstractmethod
    def _any(self, vault: VaultId, number: int) -> FiledDocument | None:
        """Read a document whoever may see it, a stand-in for one that does not open; None when its row was bent."""

    def related(self, vault: VaultId, audience: Audience, document: FiledDocument) -> RelatedDocuments:
        """Give what a document replaces, and what others sent about the same document, as these readers may see it."""
        found = [
            other
            for other in self._others(vault, document, (*document.entry.replaces, document.entry.unique_id))
            if not other.hidden_from & audience
        ]
        # What was replaced by what has itself been replaced since is an earlier version all the same.
        replaced = [other.id for other in found if other.replaced_by == document.id]
        contested = [other.id for other in found if other.owner != document.owner]
        return RelatedDocuments(tuple(replaced), tuple(contested))

    def _others(self, vault: VaultId, document: FiledDocument, identifiers: Iterable[str]) -> Iterator[FiledDocument]:
        """Give the documents of these identifiers, of the same set, and those that name this one."""
        numbers: dict[int, None] = {}
        for identifier in dict.fromkeys(identifiers):
            digest = self._digest(vault, "unique-id", identifier.encode())
            numbers |= dict.fromkeys(self._numbers(_OF_IDENTIFIER, vault=vault, unique_digest=digest))
        numbers |= dict.fromkeys(self._announced(vault, document))
        if document.entry.set_id:
            digest = self._digest(vault, "set-id", document.entry.set_id.encode())
            numbers |= dict.fromkeys(self._numbers(_OF_SET, vault=vault, set_digest=digest))
        return self._opened(vault, (number for number in numbers if number != document.id))

    def _supersede(self, vault: VaultId, document: FiledDocument, same: Iterable[int]) -> None:
        """Replace what a new document replaces, or the other way round: either may come first.

        A replacement names what it replaces, is a higher version of the same set, or bears the same identifier
        (`same`) and came later (STD §4.2).
        """
        replaced: set[int] = set()
        later: int | None = None
        for other in self._own(vault, document, self._named(vault, document)):
            replaced.add(other.id)
        for other in self._own(vault, document, self._announced(vault, document)):
            # What is sealed decides: a row of `replacement` only finds it sooner.
            if document.entry.unique_id in other.entry.replaces:
                later = other.id
        for other in self._own(vault, document, [*same, *self._of_set(vault, document)]):
            if other.replaced_by is not None:
                continue
            mine, theirs = document.entry.version or 0, other.entry.version or 0
            if theirs > mine:
                later = other.id
            elif theirs < mine or other.entry.unique_id == document.entry.unique_id:
                replaced.add(other.id)
        for number in replaced - {document.id}:
            self._change(vault, number, replaced_by=document.id)
        # Two documents that claim to replace each other must not both vanish: the last to come stays.
        if later is not None and later not in replaced:
            self._change(vault, document.id, replaced_by=later)

    def _own(self, vault: VaultId, document: FiledDocument, numbers: Iterable[int]) -> Iterator[FiledDocument]:
        """Give those that the organisation of a document sent: nobody replaces what somebody else has sent (A20)."""
        found = self._opened(vault, (number for number in numbers if number != document.id))
        return (other for other in found if other.owner == document.owner)

    def _opened(self, vault: VaultId, numbers: Iterable[int]) -> Iterator[FiledDocument]:
        return (found for number in numbers if (found := self._any(vault, number)) is not None)

    def _change(self, vault: VaultId, number: int, **changed: object) -> None:
        """Change what the code of a document's row covers; a row that was bent stays as it is, to be found."""
        row = self._runner.row(_CODED_ONE, vault=vault, document=number)
        if row is None or not self._coded.holds(CODED_DOCUMENT, row):
            return
        values = dict(zip(CODED_DOCUMENT.columns[:-1], row, strict=False)) | changed
        stamped = self._coded.stamped(CODED_DOCUMENT, values, was=row)
        new = {f"new_{name}": stamped[name] for name in ("hidden_from", "replaced_by", "version", "code")}
        self._runner.run(_CHANGE, vault=vault, document=number, **new)

    def _named(self, vault: VaultId, document: FiledDocument) -> list[int]:
        found: list[int] = []
        for unique_id in document.entry.replaces:
            digest = self._digest(vault, "unique-id", unique_id.encode())
            self._runner.run(_ANNOUNCE, vault=vault, unique_digest=digest, document=document.id)
            found += self._numbers(_OF_IDENTIFIER, vault=vault, unique_digest=digest)
        return found

    def _announced(self, vault: VaultId, document: FiledDocument) -> list[int]:
        digest = self._digest(vault, "unique-id", document.entry.unique_id.encode())
        return self._numbers(_ANNOUNCED_BY, vault=vault, unique_digest=digest)

    def _of_set(self, vault: VaultId, document: FiledDocument) -> list[int]:
        if not document.entry.set_id or document.entry.version is None:
            return []
        digest = self._digest(vault, "set-id", document.entry.set_id.encode())
        return self._numbers(_OF_SET, vault=vault, set_digest=digest)

    def _numbers(self, statement: ClauseElement, **values: object) -> list[int]:
        return [row[0] for row in self._runner.rows(statement, **values)]

    def _digest(self, vault: VaultId, purpose: str, *parts: bytes) -> bytes:
        return document_digest(self._sealer, vault, purpose, *parts)


def document_digest(sealer: Sealer, vault: VaultId, purpose: str, *parts: bytes) -> bytes:
    """Give what a document, or what it names, is found by in its vault."""
    return sealer.digest(purpose, vault.to_bytes(8, "big"), *parts)[:16]
