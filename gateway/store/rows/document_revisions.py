"""A number that changes whenever what somebody sees of the documents of a space does: every page asks for it."""

from sqlalchemy import ClauseElement, case, func, select, text

from gateway.domain.access import Audience
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import DOCUMENT

_D = schema.document
_mine = (_D.c.vault == parameter("vault"), _D.c.hidden_from.bitwise_and(parameter("audience")) == 0)
# Each document weighs by its own number, scattered: whatever is filed, opened, replaced or taken away moves the sum.
_SCATTERED = (_D.c.document % 2**31) * 1_103_515_245 % (2**31 - 1)
_WEIGHT = _SCATTERED * (2 + case((_D.c.replaced_by.is_(None), 0), else_=2))
_ALL = select(func.sum(_WEIGHT)).where(*_mine)
_UNSEEN = select(func.sum(_SCATTERED)).where(*_mine, text("seen = 0"))
_KEPT = 64


class DocumentRevisions:
    """Adds up the documents of a space once for each state of its head, and those that are not opened every time."""

    def __init__(self, runner: Runner, coded: CodedRows) -> None:
        self._runner = runner
        self._coded = coded
        self._known: dict[tuple[VaultId, Audience], tuple[tuple[int, int], int]] = {}

    def of(self, vault: VaultId, audience: Audience) -> int:
        """Give the number of these readers."""
        # The head of a vault moves with every document but for its being opened.
        state, known = self._coded.head(vault).sum_of(DOCUMENT), self._known.get((vault, audience))
        if known is None or known[0] != state:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[vault, audience] = state, self._sum(_ALL, vault, audience)
        return known[1] - self._sum(_UNSEEN, vault, audience)

    def _sum(self, statement: ClauseElement, vault: VaultId, audience: Audience) -> int:
        return int(self._runner.rows(statement, vault=vault, audience=audience.value)[0][0] or 0)
