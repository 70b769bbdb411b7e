"""Looks whether what withholds a document still has the row that ends it, for `pli verify`.

What a patient puts off shows on a day, and a doubt ends by a decision; either stands in a row of its own. Without it
nothing shows the document again by itself. A hold of the author may lack its row: it is then older than such rows.
"""

from sqlalchemy import LargeBinary, and_, cast, select, tuple_

from gateway.domain.access import Audience
from gateway.domain.errors import KeyUnavailable, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.withholdings import DoubtState
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, parameter
from gateway.store.rows.message_places import is_number
from gateway.store.seal.sealer import Sealer
from gateway.store.seal.withholding_records import DOCUMENT_DOUBT

GONE = "is gone: nothing shows the document again by itself"
ENDED = "has ended, and still hides its document: nothing shows it again by itself"

_D, _L, _Q = schema.document, schema.document_delay, schema.document_doubt
_KEY = (_D.c.vault, _D.c.document)
_ROWS = (
    select(*_KEY, _D.c.hidden_from, _L.c.document, _Q.c.document, cast(_Q.c.record, LargeBinary))
    .join_from(_D, _L, and_(_L.c.vault == _D.c.vault, _L.c.document == _D.c.document), isouter=True)
    .join(_Q, and_(_Q.c.vault == _D.c.vault, _Q.c.document == _D.c.document), isouter=True)
    .where(tuple_(*_KEY) > tuple_(parameter("vault"), parameter("document")))
    .order_by(*_KEY)
    .limit(parameter("count"))
)
_BEFORE_ALL = (-(2**63), -(2**63))


class WithheldPlaces:
    """Looks at documents in the order of their keys."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def look(self, position: Position | None, limit: int) -> Inspected:
        """Look at some documents."""
        vault, document = position or _BEFORE_ALL
        rows = self._runner.rows(_ROWS, vault=vault, document=document, count=limit)
        damages = [damage for row in rows if is_number(row[0]) and is_number(row[2]) for damage in self._of(row)]
        return Inspected(
            looked=len(rows), damages=damages, position=tuple(rows[-1][:2]) if len(rows) == limit else None
        )

    def _of(self, row: Row) -> list[Damage]:
        vault, document, hidden, delay, doubt, sealed = row
        ends = ((Audience.LATER, delay, "delay"), (Audience.EVERYBODY, doubt, "doubt"))
        found = [
            Damage(vault=vault, what=what, number=document, fault=GONE)
            for bit, found, what in ends
            if hidden & bit and found is None
        ]
        if hidden & Audience.EVERYBODY and doubt is not None and self._has_ended(vault, document, sealed):
            found.append(Damage(vault=vault, what="doubt", number=document, fault=ENDED))
        return found

    def _has_ended(self, vault: int, document: int, sealed: bytes) -> bool:
        """Say whether a doubt sets no document aside: one that nobody has, or that was given back."""
        try:
            state = DOCUMENT_DOUBT.open(self._sealer, VaultId(vault), document, sealed).state
        except (SealBroken, KeyUnavailable, TypeError):
            return False  # told of where records are opened
        return not DoubtState.stored(state).sets_aside
