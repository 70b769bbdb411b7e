"""The statements of `gateway.store.rows.entries`: lines of folders, alone and with what is sealed of their messages."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)

from gateway.store import schema
from gateway.store.backend.sql import parameter

_E, _W, _C, _T = schema.entry, schema.entry_wire, schema.content, schema.tombstone
_vault, _folder, _uid, _mid = parameter("vault"), parameter("folder"), parameter("uid"), parameter("mid")
_COLUMNS = (_E.c.uid, _E.c.mid, _E.c.modseq, _E.c.flags, _E.c.internal_date, _E.c.size, _E.c.thread)
WIDTH = len(_COLUMNS)
_here = (_E.c.vault == _vault, _E.c.folder == _folder)
_this = (*_here, _E.c.uid == _uid)
_range = (*_here, _E.c.uid.between(parameter("low"), parameter("high")))
_content = (_C.c.vault == _E.c.vault) & (_C.c.mid == _E.c.mid)
_limit = parameter("count")
_X = schema.withheld_message
# What brought a document that is not for representatives is not there for them.
_not_withheld = ~exists(literal(1)).where(_X.c.vault == _E.c.vault, _X.c.mid == _E.c.mid)

ENTRIES_TOLD = select(*_COLUMNS).where(*_range, _not_withheld).order_by(_E.c.uid).limit(_limit)
ENTRIES = select(*_COLUMNS).where(*_range).order_by(_E.c.uid).limit(_limit)
# As two texts: ten thousand rows cost Python seven times as much. What divides flags is in none; who reads counts them.
LISTED = select(
    func.aggregate_strings(cast(_E.c.uid, Text), literal_column("','")),  # type: ignore[arg-type]  # it takes both
    func.aggregate_strings(_E.c.flags, literal_column("'\n'")),  # type: ignore[arg-type]  # it takes both
).where(*_range)
WIRES = (
    select(*_COLUMNS, _W.c.wire)
    .join(_W, (_W.c.vault == _E.c.vault) & (_W.c.folder == _E.c.folder) & (_W.c.uid == _E.c.uid))
    .where(*_range)
    .order_by(_E.c.uid)
    .limit(_limit)
)
SUMMARIES = (
    select(*_COLUMNS, _C.c.wire, _C.c.summary).join(_C, _content).where(*_range).order_by(_E.c.uid).limit(_limit)
)
SUMMARIES_TOLD = SUMMARIES.where(_not_withheld)
HEADERS = select(*_COLUMNS, _C.c.headers).join(_C, _content).where(*_range).order_by(_E.c.uid).limit(_limit)
EXTRACTS = select(*_COLUMNS, _C.c.extract).join(_C, _content).where(*_range).order_by(_E.c.uid).limit(_limit)
# In no order: with one, SQLite would read the whole folder rather than the index of modification sequences.
CHANGED = select(*_COLUMNS).where(*_here, _E.c.modseq > parameter("since"))
VANISHED = (
    select(_T.c.uid)
    .where(
        _T.c.vault == _vault,
        _T.c.folder == _folder,
        _T.c.modseq > parameter("since"),
        # What is there has not vanished, whoever says so.
        ~exists(literal(1)).where(_E.c.vault == _vault, _E.c.folder == _folder, _E.c.uid == _T.c.uid),
    )
    .order_by(_T.c.uid)
)
_thread = (_E.c.vault == _vault, _E.c.thread == parameter("thread"))


def _pages(*wanted: ColumnElement[bool]) -> Select[Any]:  # Any: rows of several types
    # Which of them is found by the index alone, before anything is looked up: a deep page skips nothing but keys.
    page = (
        select(_E.c.folder, *_COLUMNS)
        .where(*_thread, _E.c.folder != parameter("without"), *wanted)
        .order_by(_E.c.internal_date.desc(), _E.c.mid.desc())
        .limit(_limit)
        .offset(parameter("skipped"))
        .subquery("page")
    )
    return (
        select(*page.c, _C.c.wire, _C.c.summary)
        .join(_C, (_C.c.vault == _vault) & (_C.c.mid == page.c.mid))
        .order_by(page.c.internal_date.desc(), page.c.mid.desc())
    )


THREAD, THREAD_TOLD = _pages(), _pages(_not_withheld)
THREAD_COUNTS = select(func.count(), func.count().filter(_E.c.seen == 0)).where(*_thread)
THREAD_COUNTS_TOLD = THREAD_COUNTS.where(_not_withheld)
_N = _E.alias("newer")
_no_newer = ~exists(literal(1)).where(
    _N.c.vault == _E.c.vault, _N.c.thread == _E.c.thread, _N.c.internal_date > _E.c.internal_date
)
_at, _of = parameter("at"), parameter("of")
_newer_withheld = exists(literal(1)).where(_X.c.vault == _N.c.vault, _X.c.mid == _N.c.mid)
_no_newer_told = ~exists(literal(1)).where(
    _N.c.vault == _E.c.vault, _N.c.thread == _E.c.thread, _N.c.internal_date > _E.c.internal_date, ~_newer_withheld
)


def _by_newest(*wanted: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:  # Any: as above
    # Along the index by date, from a key on: what is passed on the way are older letters of conversations shown
    # higher up.
    all_of = select(_E.c.thread, _E.c.internal_date).where(_E.c.vault == _vault, *wanted)
    all_of = all_of.group_by(_E.c.internal_date, _E.c.thread).limit(_limit)
    before = all_of.where(
        _E.c.internal_date <= _at, or_(_E.c.internal_date < _at, and_(_E.c.internal_date == _at, _E.c.thread < _of))
    ).order_by(_E.c.internal_date.desc(), _E.c.thread.desc())
    after = all_of.where(
        _E.c.internal_date >= _at, or_(_E.c.internal_date > _at, and_(_E.c.internal_date == _at, _E.c.thread > _of))
    ).order_by(_E.c.internal_date, _E.c.thread)
    return before, after


THREADS_BEFORE, THREADS_AFTER = _by_newest(_no_newer)
THREADS_BEFORE_TOLD, THREADS_AFTER_TOLD = _by_newest(_no_newer_told, _not_withheld)
# The condition as the partial index has it: with a parameter it could not be used.
UNSEEN = select(func.count()).select_from(_E).where(*_here, text("seen = 0"))
UNSEEN_TOLD = select(func.count()).select_from(_E).where(*_here, text("entry.seen = 0"), _not_withheld)
WITHHELD = select(_X.c.mid).where(_X.c.vault == _vault)
PLACES = select(_E.c.folder, *_COLUMNS).where(_E.c.vault == _vault, _E.c.mid == _mid)
SHOWN = select(_E.c.folder).where(_E.c.vault == _vault, _E.c.mid == _mid).limit(1)
_given = {name: parameter(f"new_{name}") for name in ("folder", "uid", "modseq", "flags", "seen", "internal_date")}
# What a message says of itself goes from its row to its line, and is not read for it.
SHOW = (
    insert(_E)
    .from_select(
        [*_given, "vault", "mid", "size", "thread"],
        select(*(value.label(name) for name, value in _given.items()), _C.c.vault, _C.c.mid, _C.c.size, _C.c.thread)
        .where(_C.c.vault == _vault, _C.c.mid == _mid),
    )
    .returning(_E.c.size, _E.c.thread)
)
SHOW_WIRE = insert(_W).from_select(
    ["vault", "folder", "uid", "wire"],
    select(_C.c.vault, parameter("new_folder").label("folder"), parameter("new_uid").label("uid"), _C.c.wire)
    .where(_C.c.vault == _vault, _C.c.mid == _mid),
)
INSERT, INSERT_WIRE, BURY = insert(_E), insert(_W), insert(_T)
FLAGS = (
    update(_E)
    .where(*_this)
    .values(flags=parameter("new_flags"), seen=parameter("new_seen"), modseq=parameter("new_modseq"))
)
REMOVE = delete(_E).where(*_this).returning(_E.c.mid)
REMOVE_WIRE = delete(_W).where(_W.c.vault == _vault, _W.c.folder == _folder, _W.c.uid == _uid)
EXHUME = delete(_T).where(_T.c.vault == _vault, _T.c.folder == _folder)
