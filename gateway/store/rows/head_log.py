"""The log of heads: leaves, hashes of whole subtrees of 256 leaves and more, and the last checkpoint.

A head that moved is found by `head_moved`, which the transaction of the event writes, so that nothing looks through
all traces. Nothing here is believed: whoever bends a row makes a tree that leads to another root than was published.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from gateway.domain.checkpoint import head_leaf
from gateway.domain.errors import SealBroken
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.merkle import WIDTH, leaf_hash, root_of
from gateway.ports.head_log import KeptCheckpoint, LoggedHead, TraceHead
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows.audit import AuditRows

_L, _H, _C, _M = schema.head_leaf, schema.head_hash, schema.head_checkpoint, schema.head_moved
# By a parameter: whoever writes takes the lock of the operator's vault by it, before anything is read (PostgreSQL).
_of_tree = (_L.c.vault == parameter("vault"), _L.c.tree == parameter("tree"))
_MOVED = select(_M.c.vault).where(_M.c.vault > parameter("after")).order_by(_M.c.vault).limit(parameter("count"))
_SETTLED = delete(_M).where(_M.c.vault == parameter("vault"))
_EVERY = select(schema.audit_head.c.vault).where(schema.audit_head.c.vault > 0)
"""With a condition: without one, SQLite reads ON CONFLICT as the condition of a join."""
_ALL_MOVED = insert(_M).from_select(["vault"], _EVERY).on_conflict_do_nothing()
_ADD = insert(_L)
_ADD_HASH = insert(_H)
_SIZE = select(func.max(_L.c.leaf)).where(*_of_tree)
_LEAVES = (
    select(_L.c.leaf, _L.c.subject, _L.c.seq, _L.c.hash)
    .where(*_of_tree, _L.c.leaf >= parameter("first"), _L.c.leaf < parameter("last"))
    .order_by(_L.c.leaf)
)
_HASHES = (
    select(_H.c.hash)
    .where(
        _H.c.vault == parameter("vault"), _H.c.tree == parameter("tree"), _H.c.level == parameter("level"),
        _H.c.number >= parameter("first"), _H.c.number < parameter("last"),
    )
    .order_by(_H.c.number)
)  # fmt: skip
_LATEST = (
    select(_L.c.leaf, _L.c.seq, _L.c.hash)
    .where(*_of_tree, _L.c.subject == parameter("subject"), _L.c.leaf < parameter("size"))
    .order_by(_L.c.leaf.desc())
    .limit(1)
)
_CHECKPOINT = select(_C.c.tree, _C.c.size, _C.c.at, _C.c.published, _C.c.note).where(_C.c.vault == parameter("vault"))
_checkpoint = insert(_C)
_KEEP = _checkpoint.on_conflict_do_update(
    index_elements=[_C.c.vault],
    set_={name: _checkpoint.excluded[name] for name in ("tree", "size", "at", "published", "note")},
)
_NO_END = 2**62


class HeadLogRows:
    """Implements `gateway.ports.head_log.HeadLog`."""

    def __init__(self, runner: Runner, audit: AuditRows) -> None:
        self._runner = runner
        self._audit = audit

    def moved(self, after: VaultId, limit: int) -> tuple[list[TraceHead], list[VaultId]]:
        """Give heads that moved since they were logged; apart, those that are not as the program left them."""
        found, bent = list[TraceHead](), list[VaultId]()
        for (number,) in self._runner.rows(_MOVED, after=after, count=limit):
            vault = VaultId(number)
            if (head := self._audit.head(vault)) is None:
                bent.append(vault)
            else:
                found.append(TraceHead(vault, *head))
        return found, bent

    def append(self, heads: Sequence[TraceHead]) -> list[VaultId]:
        """Log heads that are new; give vaults whose head is behind what was logged."""
        tree, size, behind = self._tree(), self.size(), list[VaultId]()
        for head in heads:
            last = self.latest(head.vault, _NO_END)
            if last is not None and head.seq <= last.head.seq:
                behind += [head.vault] if head != last.head and self._is_behind(last.head) else []
                continue
            self._runner.run(
                _ADD, vault=OPERATOR, tree=tree, leaf=size, subject=head.vault, seq=head.seq, hash=head.hash
            )
            size += 1
            self._complete(tree, size)
        return behind

    def _is_behind(self, logged: TraceHead) -> bool:
        """Say whether a trace stands before what was logged; another process may have logged more since it was read."""
        now = self._audit.head(logged.vault)
        return now is None or now[0] < logged.seq or (now[0] == logged.seq and now[1] != logged.hash)

    def settled(self, heads: Sequence[TraceHead], bent: Sequence[VaultId] = ()) -> None:
        """Note that these heads are logged, unless they moved since; each under the lock of its vault."""
        logged = {head.vault: head.seq for head in heads}
        for vault in sorted({*logged, *bent}):
            now = self._audit.head(vault)
            if now is None or now[0] == logged.get(vault):
                self._runner.run(_SETTLED, vault=vault)

    def size(self) -> int:
        """Give how many leaves the tree has."""
        last = self._runner.rows(_SIZE, vault=OPERATOR, tree=self._tree())[0][0]
        return 0 if last is None else int(last) + 1

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """Give hashes of the tree."""
        tree, last = self._tree(), first + count
        if level:
            rows = self._runner.rows(_HASHES, vault=OPERATOR, tree=tree, level=level, first=first, last=last)
            found = [bytes(row[0]) for row in rows]
        else:
            rows = self._runner.rows(_LEAVES, vault=OPERATOR, tree=tree, first=first, last=last)
            found = [leaf_hash(head_leaf(VaultId(row[1]), row[2], bytes(row[3]))) for row in rows]
        if len(found) != count:
            raise SealBroken("the log of heads has lost leaves: some were taken out")
        return found

    def latest(self, vault: VaultId, size: int) -> LoggedHead | None:
        """Give the newest leaf of a vault among the first `size`."""
        row = self._runner.row(_LATEST, vault=OPERATOR, tree=self._tree(), subject=vault, size=size)
        return None if row is None else LoggedHead(row[0], TraceHead(vault, row[1], bytes(row[2])))

    def checkpoint(self) -> KeptCheckpoint | None:
        """Give the last checkpoint."""
        row = self._runner.row(_CHECKPOINT, vault=OPERATOR)
        if row is None:
            return None
        tree, size, at, published, note = row
        return KeptCheckpoint(tree=tree, size=size, at=instant_of(at), note=note, is_published=bool(published))

    def keep_checkpoint(self, checkpoint: KeptCheckpoint) -> None:
        """Keep a checkpoint, in the place of the last."""
        self._runner.run(
            _KEEP, vault=OPERATOR, tree=checkpoint.tree, size=checkpoint.size, at=micros_of(checkpoint.at),
            published=int(checkpoint.is_published), note=checkpoint.note,
        )  # fmt: skip

    def renew(self, now: datetime) -> None:
        """Begin another tree, in which every head waits to be logged."""
        tree = max(self._tree() + 1, int(now.timestamp()))
        self.keep_checkpoint(KeptCheckpoint(tree=tree, size=0, at=instant_of(0), note="", is_published=True))
        self._runner.run(_ALL_MOVED)

    def _tree(self) -> int:
        row = self._runner.row(_CHECKPOINT, vault=OPERATOR)
        return row[0] if row else 1

    def _complete(self, tree: int, size: int) -> None:
        """Keep the hash of each subtree that is whole now."""
        level = 1
        while size % WIDTH**level == 0:
            number = size // WIDTH**level - 1
            hashed = root_of(self.hashes(level - 1, number * WIDTH, WIDTH))
            self._runner.run(_ADD_HASH, vault=OPERATOR, tree=tree, level=level, number=number, hash=hashed)
            level += 1
