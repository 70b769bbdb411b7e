"""The statements of `gateway.store.rows.entries`: lines of folders, alone and with what is sealed of their messages."""

from sqlalchemy import and_, delete, exists, func, insert, literal, or_, select, text, update

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

UIDS = select(_E.c.uid).where(*_here).order_by(_E.c.uid)
ENTRIES = select(*_COLUMNS).where(*_range).order_by(_E.c.uid).limit(_limit)
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
HEADERS = select(*_COLUMNS, _C.c.headers).join(_C, _content).where(*_range).order_by(_E.c.uid).limit(_limit)
EXTRACTS = select(*_COLUMNS, _C.c.extract).join(_C, _content).where(*_range).order_by(_E.c.uid).limit(_limit)
CHANGED = select(*_COLUMNS).where(*_here, _E.c.modseq > parameter("since")).order_by(_E.c.uid)
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
# Which of them is found by the index alone, before anything is looked up: a deep page skips nothing but keys.
_page = (
    select(_E.c.folder, *_COLUMNS)
    .where(*_thread, _E.c.folder != parameter("without"))
    .order_by(_E.c.internal_date.desc(), _E.c.mid.desc())
    .limit(_limit)
    .offset(parameter("skipped"))
    .subquery("page")
)
THREAD = (
    select(*_page.c, _C.c.wire, _C.c.summary)
    .join(_C, (_C.c.vault == _vault) & (_C.c.mid == _page.c.mid))
    .order_by(_page.c.internal_date.desc(), _page.c.mid.desc())
)
THREAD_COUNTS = select(func.count(), func.count().filter(_E.c.seen == 0)).where(*_thread)
_N = _E.alias("newer")
_no_newer = ~exists(literal(1)).where(
    _N.c.vault == _E.c.vault, _N.c.thread == _E.c.thread, _N.c.internal_date > _E.c.internal_date
)
_at, _of = parameter("at"), parameter("of")
_by_newest = select(_E.c.thread, _E.c.internal_date).where(_E.c.vault == _vault, _no_newer)
_by_newest = _by_newest.group_by(_E.c.internal_date, _E.c.thread).limit(_limit)
# Along the index by date, from a key on: what is passed on the way are older letters of conversations shown higher up.
THREADS_BEFORE = _by_newest.where(
    _E.c.internal_date <= _at, or_(_E.c.internal_date < _at, and_(_E.c.internal_date == _at, _E.c.thread < _of))
).order_by(_E.c.internal_date.desc(), _E.c.thread.desc())
THREADS_AFTER = _by_newest.where(
    _E.c.internal_date >= _at, or_(_E.c.internal_date > _at, and_(_E.c.internal_date == _at, _E.c.thread > _of))
).order_by(_E.c.internal_date, _E.c.thread)
# The condition as the partial index has it: with a parameter it could not be used.
UNSEEN = select(func.count()).select_from(_E).where(*_here, text("seen = 0"))
PLACES = select(_E.c.folder, *_COLUMNS).where(_E.c.vault == _vault, _E.c.mid == _mid)
SHOWN = select(_E.c.folder).where(_E.c.vault == _vault, _E.c.mid == _mid).limit(1)
CONTENT = select(_C.c.size, _C.c.thread, _C.c.wire).where(_C.c.vault == _vault, _C.c.mid == _mid)
INSERT, INSERT_WIRE, BURY = insert(_E), insert(_W), insert(_T)
FLAGS = (
    update(_E)
    .where(*_this)
    .values(flags=parameter("new_flags"), seen=parameter("new_seen"), modseq=parameter("new_modseq"))
)
REMOVE = delete(_E).where(*_this).returning(_E.c.mid)
REMOVE_WIRE = delete(_W).where(_W.c.vault == _vault, _W.c.folder == _folder, _W.c.uid == _uid)
EXHUME = delete(_T).where(_T.c.vault == _vault, _T.c.folder == _folder)
