"""UIDs of a folder, all of them or those whose line in clear is as asked: counted where no number is left out.

Ten thousand rows cost Python three times what the database needs to find them; as one text they cost a tenth. Where
every number of a stretch is there, as usual, counting says so, at a third of the cost of the text.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
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
_STRETCH = 1024
_GAPS = 2
"""So many stretches in a row that are not full, and what is left is not counted any more."""


@dataclass(frozen=True, slots=True)
class _Question:
    """The statements of one question; it `is_dense` where usually each UID between two is found, or none."""

    whole: Select[Any]  # Any: rows of several types
    rows: Select[Any]
    count: Select[Any]
    is_dense: bool


def _question(*wanted: ColumnElement[bool] | TextClause, is_dense: bool = False) -> _Question:
    # Written out: a separator that is bound would only be known when the statement runs.
    joined = func.aggregate_strings(cast(_E.c.uid, Text), literal_column("','"))  # type: ignore[arg-type]  # it takes both
    # With bounds SQLite would go along the table, not along a partial index.
    bounds = (_E.c.uid.between(parameter("low"), parameter("high")),) if is_dense else ()
    where = (*_here, *bounds, *wanted)
    counted = select(func.count()).select_from(_E).where(*where)
    return _Question(select(joined).where(*where), select(_E.c.uid).where(*where), counted, is_dense)


_ALL = _question(is_dense=True)
# As the partial indexes have it: with a parameter they could not be used.
_UNSEEN, _SEEN = _question(text("seen = 0")), _question(text("seen <> 0"))
_spelled = (" " + func.lower(_E.c.flags) + " ").like(parameter("flag"), escape="/")
_FLAGGED = _question(_E.c.flags != "", _spelled)
_DELETED = _question(text("flags LIKE '%Deleted%'"), _spelled)
# A sum, which no index has: by that of dates SQLite would go through other folders, and back to each line.
_date = _E.c.internal_date + literal_column("0")
_DATED = _question(_date >= parameter("first"), _date < parameter("end"), is_dense=True)
_SIZED = _question(_E.c.size >= parameter("first"), _E.c.size < parameter("end"), is_dense=True)
_real = (*_here, _E.c.uid.between(1, literal_column(str(MAX_UID))))
_FIRST = select(_E.c.uid).where(*_real).order_by(_E.c.uid).limit(1)
_LAST = select(_E.c.uid).where(*_real).order_by(_E.c.uid.desc()).limit(1)
_FIRST_UNSEEN = select(_E.c.uid).where(*_here, text("seen = 0")).order_by(_E.c.uid).limit(1)


class LineNumberRows:
    """Numbers of lines, of one vault at a time."""

    _runner: Runner

    def uids(self, vault: VaultId, folder: FolderId, test: LineTest = EVERY_LINE) -> "array[int]":
        """List the UIDs of lines that are as asked, ascending, four octets each."""
        question, asked = _asked(test)
        here = {"vault": vault, "folder": folder, **asked}
        if not question.is_dense:
            return self._listed(question, here, 1, MAX_UID)
        first, last = (self._runner.row(end, vault=vault, folder=folder) for end in (_FIRST, _LAST))
        if first is None or last is None:
            return array("I")
        found, low, end, gaps = array("I"), first[0], last[0] + 1, 0
        while low < end and gaps < _GAPS:
            stop = min(low + _STRETCH, end)
            count = self._runner.rows(question.count, **here, low=low, high=stop - 1)[0][0]
            if count == stop - low:
                found.extend(range(low, stop))
            elif count:
                found.extend(self._listed(question, here, low, stop - 1))
            gaps = 0 if count == stop - low else gaps + 1
            low = stop
        if low < end:
            found.extend(self._listed(question, here, low, end - 1))
        return found

    def _listed(self, question: _Question, here: Mapping[str, object], low: int, high: int) -> "array[int]":
        found = self._runner.rows(question.whole, **here, low=low, high=high)[0][0]
        try:
            numbers = orjson.loads(f"[{found or ''}]")
            numbers.sort()
            return array("I", numbers)
        except (OverflowError, TypeError, ValueError):
            # A line that somebody wrote without the program, under a number that is no UID: the others are shown.
            rows = self._runner.rows(question.rows, **here, low=low, high=high)
            return array("I", sorted(uid for (uid,) in rows if isinstance(uid, int) and 0 < uid <= MAX_UID))

    def first_unseen(self, vault: VaultId, folder: FolderId) -> Uid | None:
        r"""Give the lowest UID without \Seen."""
        row = self._runner.row(_FIRST_UNSEEN, vault=vault, folder=folder)
        return Uid(row[0]) if row and isinstance(row[0], int) else None


def _asked(test: LineTest) -> tuple[_Question, Mapping[str, object]]:
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
