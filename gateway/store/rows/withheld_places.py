"""Looks whether what withholds a document still has the row that ends it, for `pli verify`.

What a patient puts off shows on a day, and a doubt ends by a decision; either stands in a row of its own. Without it
nothing shows the document again by itself. A hold of the author may lack its row: it is then older than such rows.
"""

from sqlalchemy import and_, select, tuple_

from gateway.domain.access import Audience
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, parameter
from gateway.store.rows.message_places import is_number

GONE = "is gone: nothing shows the document again by itself"

_D, _L, _Q = schema.document, schema.document_delay, schema.document_doubt
_KEY = (_D.c.vault, _D.c.document)
_ROWS = (
    select(*_KEY, _D.c.hidden_from, _L.c.document, _Q.c.document)
    .join_from(_D, _L, and_(_L.c.vault == _D.c.vault, _L.c.document == _D.c.document), isouter=True)
    .join(_Q, and_(_Q.c.vault == _D.c.vault, _Q.c.document == _D.c.document), isouter=True)
    .where(tuple_(*_KEY) > tuple_(parameter("vault"), parameter("document")))
    .order_by(*_KEY)
    .limit(parameter("count"))
)
_BEFORE_ALL = (-(2**63), -(2**63))


class WithheldPlaces:
    """Looks at documents in the order of their keys."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def look(self, position: Position | None, limit: int) -> Inspected:
        """Look at some documents."""
        vault, document = position or _BEFORE_ALL
        rows = self._runner.rows(_ROWS, vault=vault, document=document, count=limit)
        damages = [damage for row in rows if is_number(row[0]) and is_number(row[2]) for damage in _of(row)]
        return Inspected(
            looked=len(rows), damages=damages, position=tuple(rows[-1][:2]) if len(rows) == limit else None
        )


def _of(row: Row) -> list[Damage]:
    vault, document, hidden, delay, doubt = row
    ends = ((Audience.LATER, delay, "delay"), (Audience.EVERYBODY, doubt, "doubt"))
    return [
        Damage(vault=vault, what=what, number=document, fault=GONE)
        for bit, found, what in ends
        if hidden & bit and found is None
    ]
