"""UIDs of a folder, all of them or those whose line in clear is as asked: one text from the database, read at once.

Ten thousand rows cost Python three times what the database needs to find them; as one text they cost a tenth.
"""

from array import array
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Text, TextClause, cast, func, literal_column, select, text

from gateway.domain.line_tests import EVERY_LINE, AnyLine, DatedBetween, LineTest, SizedBetween, Unseen, WithFlag
from gateway.domain.mailbox import DELETED, SEEN, FolderId, Uid, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, parameter

_E = schema.entry
_here = (_E.c.vault == parameter("vault"), _E.c.folder == parameter("folder"))
MAX_UID = 2**32 - 1


def _listed(*wanted: ColumnElement[bool] | TextClause) -> tuple[Select[Any], Select[Any]]:  # Any: rows of several types
    """Give the statement that lists UIDs as one text, and the one that lists them as rows."""
    # Written out: a separator that is bound would only be known when the statement runs.
    joined = func.aggregate_strings(cast(_E.c.uid, Text), literal_column("','"))  # type: ignore[arg-type]  # it takes both
    return select(joined).where(*_here, *wanted), select(_E.c.uid).where(*_here, *wanted)


_ALL = _listed()
# As the partial indexes have it: with a parameter they could not be used.
_UNSEEN, _SEEN = _listed(text("seen = 0")), _listed(text("seen <> 0"))
_spelled = (" " + func.lower(_E.c.flags) + " ").like(parameter("flag"), escape="/")
_FLAGGED = _listed(_E.c.flags != "", _spelled)
_DELETED = _listed(text("flags LIKE '%Deleted%'"), _spelled)
_DATED = _listed(_E.c.internal_date >= parameter("first"), _E.c.internal_date < parameter("end"))
_SIZED = _listed(_E.c.size >= parameter("first"), _E.c.size < parameter("end"))
_FIRST_UNSEEN = select(_E.c.uid).where(*_here, text("seen = 0")).order_by(_E.c.uid).limit(1)


class LineNumberRows:
    """Numbers of lines, of one vault at a time."""

    _runner: Runner

    def uids(self, vault: VaultId, folder: FolderId, test: LineTest = EVERY_LINE) -> "array[int]":
        """List the UIDs of lines that are as asked, ascending, four octets each."""
        (whole, apart), asked = _asked(test)
        found = self._runner.rows(whole, vault=vault, folder=folder, **asked)[0][0]
        try:
            numbers = orjson.loads(f"[{found or ''}]")
            numbers.sort()
            return array("I", numbers)
        except (OverflowError, TypeError, ValueError):
            # A line that somebody wrote without the program, under a number that is no UID: the others are shown.
            rows = self._runner.rows(apart, vault=vault, folder=folder, **asked)
            return array("I", sorted(uid for (uid,) in rows if isinstance(uid, int) and 0 < uid <= MAX_UID))

    def first_unseen(self, vault: VaultId, folder: FolderId) -> Uid | None:
        r"""Give the lowest UID without \Seen."""
        row = self._runner.row(_FIRST_UNSEEN, vault=vault, folder=folder)
        return Uid(row[0]) if row and isinstance(row[0], int) else None


def _asked(test: LineTest) -> tuple[tuple[Select[Any], Select[Any]], Mapping[str, object]]:  # Any: as above
    match test:
        case AnyLine():
            return _ALL, {}
        case Unseen():
            return _UNSEEN, {}
        case WithFlag(flag) if flag.lower() == SEEN.lower():
            return _SEEN, {}
        case WithFlag(flag):
            spelled = "".join(f"/{each}" if each in "/%_" else each for each in flag.lower())
            return _DELETED if flag.lower() == DELETED.lower() else _FLAGGED, {"flag": f"% {spelled} %"}
        case DatedBetween(first, end) | SizedBetween(first, end):
            return _DATED if isinstance(test, DatedBetween) else _SIZED, {"first": first, "end": end}
