"""Looks whether what finds a document's later version is as the sealed documents say, for `pli verify`.

A row of `replacement` says that a document names an identifier as replaced. It decides nothing by itself (the sealed
document does), but one that was taken away lets the replaced document be shown as current when it comes late.
"""

from collections.abc import Iterator

from sqlalchemy import LargeBinary, cast, select, tuple_

from gateway.domain.document_json import entry_from_json
from gateway.domain.errors import KeyUnavailable, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, parameter
from gateway.store.rows.document_versions import document_digest
from gateway.store.rows.message_places import is_number
from gateway.store.seal.records import DOCUMENT
from gateway.store.seal.sealer import Sealer

UNANNOUNCED = "what says which document it replaces was taken away: that one would stand beside it if it came late"
STRANGE = "a row says that it replaces a document which it does not name: the row decides nothing"

_D, _P = schema.document, schema.replacement
_DOCUMENTS = (
    select(_D.c.vault, _D.c.document, cast(_D.c.record, LargeBinary))
    .where(tuple_(_D.c.vault, _D.c.document) > tuple_(parameter("vault"), parameter("document")))
    .order_by(_D.c.vault, _D.c.document)
    .limit(parameter("count"))
)
_HERE = select(_P.c.document).where(
    _P.c.vault == parameter("vault"),
    _P.c.unique_digest == parameter("unique_digest"),
    _P.c.document == parameter("document"),
)
_KEY = (_P.c.vault, _P.c.unique_digest, _P.c.document)
_ROWS = (
    select(_P.c.vault, cast(_P.c.unique_digest, LargeBinary), _P.c.document, cast(_D.c.record, LargeBinary))
    .join_from(_P, _D, (_D.c.vault == _P.c.vault) & (_D.c.document == _P.c.document), isouter=True)
    .where(tuple_(*_KEY) > tuple_(parameter("vault"), parameter("unique_digest"), parameter("document")))
    .order_by(*_KEY)
    .limit(parameter("count"))
)
_BEFORE_ALL = -(2**63)


class VersionPlaces:
    """Looks at documents, then at what announces replacements, in the order of their keys."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def look(self, position: Position | None, limit: int) -> Inspected:
        """Look at some documents, or, once all were looked at, at some announcements."""
        of_documents, *after = position or (True, _BEFORE_ALL, _BEFORE_ALL)
        if of_documents:
            rows = self._runner.rows(_DOCUMENTS, vault=after[0], document=after[1], count=limit)
            damages = [damage for row in rows for damage in self._of_document(row)]
            following = (True, *rows[-1][:2]) if len(rows) == limit else (False, _BEFORE_ALL, b"", _BEFORE_ALL)
            return Inspected(looked=len(rows), damages=damages, position=following)
        rows = self._runner.rows(_ROWS, vault=after[0], unique_digest=after[1], document=after[2], count=limit)
        damages = [
            Damage(vault=row[0], what="document", number=row[2], fault=STRANGE)
            for row in rows
            if (replaced := self._replaced(row[0], row[2], row[3])) is not None and row[1] not in replaced
        ]
        end = (False, *rows[-1][:3]) if len(rows) == limit else None
        return Inspected(looked=len(rows), damages=damages, position=end)

    def _of_document(self, row: Row) -> Iterator[Damage]:
        vault, document, sealed = row
        for digest in self._replaced(vault, document, sealed) or ():
            if self._runner.row(_HERE, vault=vault, unique_digest=digest, document=document) is None:
                yield Damage(vault=vault, what="document", number=document, fault=UNANNOUNCED)

    def _replaced(self, vault: int, document: int, sealed: bytes | None) -> frozenset[bytes] | None:
        """Give what the documents that a document replaces are found by; None when it does not open."""
        if not (is_number(vault) and is_number(document)):
            return None  # told of with the structure
        if sealed is None:
            return frozenset()
        try:
            entry = entry_from_json(DOCUMENT.open(self._sealer, VaultId(vault), document, sealed).entry)
        except (SealBroken, KeyUnavailable):
            return None  # told of where records are opened
        names = (name.encode() for name in entry.replaces)
        return frozenset(document_digest(self._sealer, VaultId(vault), "unique-id", name) for name in names)
