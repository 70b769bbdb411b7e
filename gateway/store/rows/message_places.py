"""Checks what stands in clear of messages against what is sealed, and that none is lost between its rows.

For `pli verify`: the services treat a message whose row was bent as one that is not to be shown.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from sqlalchemy import LargeBinary, and_, cast, exists, literal, or_, select, tuple_

from gateway.domain.errors import KeyUnavailable, SealBroken
from gateway.domain.filing_outcome import shows_message
from gateway.domain.mailbox import SEEN, ContentState, MessageId, VaultId
from gateway.domain.step_payloads import FileDocuments, MoveToQuarantine, StepKind
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, parameter
from gateway.store.seal.records import OUTCOME, PATH, STEP, PathRecord
from gateway.store.seal.sealer import Sealer

OTHER_OCTETS = "its row names other octets than it came with: it is not shown"
OTHER_SIZE = "its row says another size or date than it came with"
OTHER_LINE = "its line says another size, or that it was seen when its flags do not"
OTHER_THREAD = "its row names another conversation: it was moved there without the keys"
UNDECIDED = "its row says that it is shown, but its documents were not filed: it is kept from its reader"
SHOWN = "it stands in a folder, but may not be shown: it is kept from its reader"
NOWHERE = "it stands in no folder: nobody sees it"
IDLE = "it waits, and no step is left that would decide on it: nobody would ever see it"
OTHER_MODSEQ = "its line changed later than its folder says: mail clients would miss what changes next"
NO_MESSAGE = "a line of a folder has no message any more"
NO_FOLDER = "a line stands in a folder that is gone"

_C, _E, _F, _O, _X = schema.content, schema.entry, schema.folder, schema.outcome, schema.outbox
_MESSAGE_KEY = (_C.c.vault, _C.c.mid)
_shown = exists(literal(1)).where(_E.c.vault == _C.c.vault, _E.c.mid == _C.c.mid)
_MESSAGES = (
    select(
        _C.c.vault, _C.c.mid, cast(_C.c.blob, LargeBinary), _C.c.state, _C.c.thread, cast(_C.c.path, LargeBinary),
        _C.c.size, _C.c.internal_date, _shown,
    )
    .where(tuple_(*_MESSAGE_KEY) > tuple_(parameter("vault"), parameter("mid")))
    .order_by(*_MESSAGE_KEY)
    .limit(parameter("count"))
)
_OUTCOME = select(cast(_O.c.record, LargeBinary)).where(_O.c.vault == parameter("vault"), _O.c.mid == parameter("mid"))
_STEPS = select(_X.c.step, cast(_X.c.payload, LargeBinary)).where(
    _X.c.vault == parameter("vault"),
    or_(_X.c.kind == StepKind.FILE.value, _X.c.kind == StepKind.QUARANTINE.value),
)
_LINE_KEY = (_E.c.vault, _E.c.folder, _E.c.uid)
_LINES = (
    select(
        *_LINE_KEY, _E.c.mid, _E.c.size, _C.c.size, _E.c.seen, _E.c.flags,
        _E.c.thread, _C.c.mid, _C.c.thread, _F.c.folder, _E.c.modseq, _F.c.modseq,
    )
    .join_from(_E, _C, and_(_C.c.vault == _E.c.vault, _C.c.mid == _E.c.mid), isouter=True)
    .join(_F, and_(_F.c.vault == _E.c.vault, _F.c.folder == _E.c.folder), isouter=True)
    .where(tuple_(*_LINE_KEY) > tuple_(parameter("vault"), parameter("folder"), parameter("uid")))
    .order_by(*_LINE_KEY)
    .limit(parameter("count"))
)
_BEFORE_ALL = -(2**63)


class MessagePlaces:
    """Looks at messages, and at lines of folders, in the order of their keys."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def messages(self, position: Position | None, limit: int) -> Inspected:
        """Look whether each message is what its sealed path says, is shown once it may be, and is not forgotten."""
        vault, mid = position or (_BEFORE_ALL, _BEFORE_ALL)
        rows = self._runner.rows(_MESSAGES, vault=vault, mid=mid, count=limit)
        awaited = cache(self._awaited)
        damages = [
            Damage(vault=row[0], what="message", number=row[1], fault=fault)
            for row in rows
            for fault in self._faults(row, awaited)
        ]
        return _looked(rows, damages, 2, limit)

    def _faults(self, row: Row, awaited: Callable[[VaultId], frozenset[int]]) -> Iterator[str]:
        vault, mid, blob, state, thread, sealed, size, at, is_shown = row
        if not (is_number(vault) and is_number(mid)):
            return  # told of with the structure
        try:
            path = PATH.open(self._sealer, vault, mid, sealed)
        except (SealBroken, KeyUnavailable):
            return  # told of where records are opened
        if path.blob != blob:
            yield OTHER_OCTETS
        if path.thread != thread:
            yield OTHER_THREAD
        if (path.size or size, path.at or at) != (size, at):
            yield OTHER_SIZE
        if state != ContentState.VISIBLE:
            if is_shown:
                yield SHOWN
            if mid not in awaited(vault):
                yield IDLE
        elif not is_shown:
            yield NOWHERE
        if state == ContentState.VISIBLE and not self._is_decided(vault, mid, path):
            yield UNDECIDED

    def _is_decided(self, vault: VaultId, mid: MessageId, path: PathRecord) -> bool:
        if not path.was_held:
            return True
        row = self._runner.row(_OUTCOME, vault=vault, mid=mid)
        try:
            outcome = OUTCOME.open(self._sealer, vault, mid, row[0]) if row else None
        except SealBroken:
            return True  # told of where records are opened
        return shows_message(outcome)

    def _awaited(self, vault: VaultId) -> frozenset[int]:
        """List the messages of a vault that a step is to decide on."""
        found = set()
        for step, sealed in self._runner.rows(_STEPS, vault=vault):
            if not is_number(step):
                continue
            try:
                payload = STEP.open(self._sealer, vault, step, sealed)
            except SealBroken:
                continue
            if isinstance(payload, FileDocuments | MoveToQuarantine):
                found.add(int(payload.mid))
        return frozenset(found)

    def lines(self, position: Position | None, limit: int) -> Inspected:
        """Look whether each line of a folder shows a message of its own conversation, in a folder that is there."""
        vault, folder, uid = position or (_BEFORE_ALL, _BEFORE_ALL, _BEFORE_ALL)
        rows = self._runner.rows(_LINES, vault=vault, folder=folder, uid=uid, count=limit)
        damages = [
            Damage(vault=row[0], what="line of a message", number=row[3], fault=fault)
            for row in rows
            if (fault := _fault_of_line(row))
        ]
        return _looked(rows, damages, 3, limit)


def is_number(value: object) -> bool:
    """Say whether a value may be the number of a vault or of a thing in it: SQLite keeps anything anywhere."""
    return isinstance(value, int) and value >= 0


def _looked(rows: Sequence[Row], damages: Sequence[Damage], key: int, limit: int) -> Inspected:
    position = tuple(rows[-1][:key]) if len(rows) == limit else None
    return Inspected(looked=len(rows), damages=damages, position=position)


def _fault_of_line(row: Row) -> str:
    size, its_size, seen, flags, thread, message, its_thread, folder, modseq, highest = row[4:]
    if message is None:
        return NO_MESSAGE
    if folder is None:
        return NO_FOLDER
    if thread != its_thread:
        return OTHER_THREAD
    if not (is_number(modseq) and is_number(highest) and modseq <= highest):
        return OTHER_MODSEQ
    return "" if size == its_size and seen == (SEEN in str(flags).split()) else OTHER_LINE
