"""What every page asks of the documents of a space: whether something changed, what is not opened, what came last.

It is found once for each state of the space: of its head, which moves with every document, and of what is not opened.
Rows that were bent meanwhile change none of it, as they would be passed over; `pli verify` names them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ClauseElement, case, func, select, text

from gateway.domain.access import Audience
from gateway.domain.instants import instant_of
from gateway.domain.mailbox import MessageId, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import DOCUMENT

T = TypeVar("T")
Arrival = tuple[MessageId | None, datetime, bool]
"""With which message and when a document came, and whether it was opened."""
_D = schema.document
_AT = {name: place for place, name in enumerate((*DOCUMENT.columns, "code", "seen"))}
_mine = (_D.c.vault == parameter("vault"), _D.c.hidden_from.bitwise_and(parameter("audience")) == 0)
# Each document weighs by its own number, scattered: whatever is filed, opened, replaced or taken away moves the sum.
_SCATTERED = (_D.c.document % 2**31) * 1_103_515_245 % (2**31 - 1)
_WEIGHT = _SCATTERED * (2 + case((_D.c.replaced_by.is_(None), 0), else_=2))
_ALL = select(func.sum(_WEIGHT)).where(*_mine)
_UNOPENED = select(func.sum(_SCATTERED)).where(*_mine, text("seen = 0"))
# The condition as the partial index has it: with a parameter it could not be used.
_UNSEEN = select(*DOCUMENT.selected()).where(*_mine, text("seen = 0")).limit(parameter("count"))
_ARRIVALS = (
    select(*DOCUMENT.selected("seen"))
    .where(*_mine)
    .order_by(_D.c.dated.desc(), _D.c.document)
    .limit(parameter("count"))
)
_KEPT = 64


class _State(NamedTuple):
    """What the head says of documents, and the sum of those that are not opened."""

    head: tuple[int, int]
    unopened: int


class DocumentRevisions:
    """Answers from what was found in the same state of the space; holds numbers and instants alone."""

    def __init__(self, runner: Runner, coded: CodedRows) -> None:
        self._runner = runner
        self._coded = coded
        # Any: each question has answers of its own type.
        self._known: dict[tuple[str, VaultId, Audience], tuple[object, Any]] = {}

    def of(self, vault: VaultId, audience: Audience) -> int:
        """Give a number that changes whenever what these readers see of the documents does."""
        state = self._state(vault, audience)
        whole = self._kept("sum", vault, audience, state.head, lambda: self._sum(_ALL, vault, audience))
        return whole - state.unopened

    def unseen(self, vault: VaultId, audience: Audience, most: int) -> int:
        """Count documents that the patient has not opened yet, no more than so many."""

        def counted() -> int:
            rows = self._runner.rows(_UNSEEN, vault=vault, audience=audience.value, count=most)
            return len(self._coded.sound(DOCUMENT, rows))

        return self._kept(f"unseen {most}", vault, audience, self._state(vault, audience), counted)

    def arrivals(self, vault: VaultId, audience: Audience, limit: int) -> list[Arrival]:
        """Say how the newest documents came."""

        def found() -> list[Arrival]:
            rows = self._runner.rows(_ARRIVALS, vault=vault, audience=audience.value, count=limit)
            return [
                (row[_AT["mid"]], instant_of(row[_AT["filed_at"]]), bool(row[_AT["seen"]]))
                for row in self._coded.sound(DOCUMENT, rows)
            ]

        return list(self._kept(f"arrivals {limit}", vault, audience, self._state(vault, audience), found))

    def _state(self, vault: VaultId, audience: Audience) -> _State:
        return _State(self._coded.head(vault).sum_of(DOCUMENT), self._sum(_UNOPENED, vault, audience))

    def _kept(self, what: str, vault: VaultId, audience: Audience, state: object, find: Callable[[], T]) -> T:
        known = self._known.get((what, vault, audience))
        if known is None or known[0] != state:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[what, vault, audience] = state, find()
        found: T = known[1]
        return found

    def _sum(self, statement: ClauseElement, vault: VaultId, audience: Audience) -> int:
        return int(self._runner.rows(statement, vault=vault, audience=audience.value)[0][0] or 0)
