"""UIDs of lines that are as asked, on both databases, and what finds them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import ClauseElement, create_engine
from sqlalchemy.dialects.sqlite import dialect

from gateway.domain.instants import micros_of
from gateway.domain.line_tests import EVERY_LINE, DatedBetween, LineTest, SizedBetween, Unseen, WithFlag
from gateway.domain.mailbox import DELETED, FLAGGED, SEEN, Flags, FolderId, Uid, VaultId
from gateway.ports.store import Tx
from gateway.store import schema
from gateway.store.rows import entry_statements, line_numbers
from tests.builders.store import NOON, StoreAt, a_content, a_mailbox, inbox_of

_LINES = (
    (frozenset({SEEN}), NOON, 100),
    (frozenset({FLAGGED, "$Label1"}), NOON + timedelta(days=1), 200),
    (frozenset({DELETED, SEEN, "$label10"}), NOON + timedelta(days=2), 300),
    (frozenset({"Deleted", "50%_off"}), NOON + timedelta(days=3), 400),
)


async def _mailbox(at: StoreAt) -> tuple[VaultId, FolderId]:
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)

    def fill(tx: Tx) -> None:
        for flags, day, size in _LINES:
            content = a_content(size=size, at=day)
            tx.mail.add_content(content, vault)
            tx.mail.add_entry(vault, inbox, content.mid, flags, day)

    await at.store.write(fill)
    return vault, inbox


_DAYS = [micros_of(day) for _, day, _ in _LINES]
_ASKED: list[tuple[LineTest, list[int]]] = [
    (EVERY_LINE, [1, 2, 3, 4]),
    (Unseen(), [2, 4]),
    (WithFlag(r"\seen"), [1, 3]),
    (WithFlag(r"\FLAGGED"), [2]),
    (WithFlag(DELETED), [3]),
    (WithFlag("Deleted"), [4]),
    (WithFlag("$LABEL1"), [2]),
    (WithFlag("50%_OFF"), [4]),
    (WithFlag("50___off"), []),
    (WithFlag("%"), []),
    (WithFlag("/"), []),
    (DatedBetween(_DAYS[1], _DAYS[3]), [2, 3]),
    (DatedBetween(-(2**62), _DAYS[0] + 1), [1]),
    (SizedBetween(200, 2**62), [2, 3, 4]),
    (SizedBetween(0, 200), [1]),
]


async def test_each_question_finds_its_lines(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    asked = [test for test, _ in _ASKED]
    found = await at.store.read(lambda tx: [list(tx.mail.uids(vault, inbox, test)) for test in asked])
    assert list(zip(asked, found, strict=True)) == _ASKED


@pytest.mark.parametrize("gone", [(), (1,), (4, 5), (3, 9, 13), (10, 11, 12, 13), range(2, 13), range(1, 14)])
async def test_numbers_are_found_across_gaps(at: StoreAt, monkeypatch: pytest.MonkeyPatch, gone: Sequence[int]) -> None:
    monkeypatch.setattr(line_numbers, "_STRETCH", 3)
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)

    def fill(tx: Tx) -> None:
        for number in range(1, 14):
            content = a_content(size=number, at=NOON)
            tx.mail.add_content(content, vault)
            tx.mail.add_entry(vault, inbox, content.mid, frozenset(), NOON)
        tx.mail.expunge(vault, inbox, map(Uid, gone))

    await at.store.write(fill)
    there = [number for number in range(1, 14) if number not in gone]
    tests: list[LineTest] = [EVERY_LINE, SizedBetween(4, 9), Unseen(), WithFlag(SEEN)]
    found = await at.store.read(lambda tx: [list(tx.mail.uids(vault, inbox, test)) for test in tests])
    assert found == [there, [number for number in there if 4 <= number < 9], there, []]


def _set(tx: Tx, vault: VaultId, inbox: FolderId, change: tuple[Uid, Flags]) -> None:
    tx.mail.set_flags(vault, inbox, [change])


async def test_first_unseen_moves_on_as_messages_are_read(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    for read, expected in ((None, 2), (2, 4), (4, None)):
        if read:
            change = (Uid(read), frozenset({SEEN}))
            await at.store.write(partial(_set, vault=vault, inbox=inbox, change=change))
        assert await at.store.read(lambda tx: tx.mail.first_unseen(vault, inbox)) == expected


async def test_folder_that_is_gone_has_no_modification_sequence(at: StoreAt) -> None:
    vault, inbox = await _mailbox(at)
    known, none = await at.store.read(
        lambda tx: [tx.mail.highest_modseq(vault, inbox), tx.mail.highest_modseq(vault, FolderId(99))]
    )
    folders = await at.store.read(lambda tx: tx.mail.folders(vault))
    assert (known, none) == (next(each.highest_modseq for each in folders if each.id == inbox), None)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (line_numbers._UNSEEN.whole, "entry_unseen (vault=? AND folder=? AND seen=?)"),
        (line_numbers._FIRST_UNSEEN, "entry_unseen (vault=? AND folder=? AND seen=?)"),
        (line_numbers._ALL.count, "PRIMARY KEY (vault=? AND folder=? AND uid>? AND uid<?)"),
        (line_numbers._DATED.whole, "PRIMARY KEY (vault=? AND folder=? AND uid>? AND uid<?)"),
        (line_numbers._DATED.count, "PRIMARY KEY (vault=? AND folder=? AND uid>? AND uid<?)"),
        (line_numbers._DELETED.whole, "entry_deleted (vault=? AND folder=?)"),
        (entry_statements.CHANGED, "entry_modseq (vault=? AND folder=? AND modseq>?)"),
    ],
)
def test_what_a_client_asks_again_and_again_does_not_grow_with_the_folder(statement: ClauseElement, index: str) -> None:
    with create_engine("sqlite://").connect() as db:
        schema.metadata.create_all(db)
        text = str(statement.compile(dialect=dialect(paramstyle="qmark")))
        [step] = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (1,) * text.count("?")).all()
        assert index in step[3]
