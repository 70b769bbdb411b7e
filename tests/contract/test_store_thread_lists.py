"""Lists of conversations by key, and what they count: whatever happened to messages before, on both databases."""

import random
from collections import defaultdict
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects.sqlite import dialect

from gateway.domain.mailbox import SEEN, Entry, ThreadId, ThreadPlace, VaultId
from gateway.ports.store import Tx
from gateway.store import schema
from gateway.store.rows import document_revisions, documents, entry_statements
from tests.builders.store import NOON, StoreAt, a_content, a_mailbox, shown

_STEPS = 80


def _happen(tx: Tx, vault: VaultId, chance: random.Random) -> None:
    """Do one of the things that move a list: deliver, copy, mark, delete."""
    places = [
        (folder.id, entry.uid)
        for folder in tx.mail.folders(vault)
        for entry in tx.mail.entries(vault, folder.id, 1, 2**32)
    ]
    what = chance.choice(["deliver"] * 4 + ["copy", "mark", "delete", "folder"]) if places else "deliver"
    target = chance.choice(tx.mail.folders(vault)).id
    flags = frozenset({SEEN}) if chance.random() < 0.4 else frozenset[str]()
    if what == "deliver":
        at = NOON + timedelta(minutes=chance.randrange(12))
        shown(tx, vault, a_content(thread=chance.randrange(1, 9), at=at), folder=target, flags=flags)
        return
    folder, uid = chance.choice(places)
    match what:
        case "copy":
            tx.mail.copy(vault, folder, [uid], target)
        case "mark":
            tx.mail.set_flags(vault, folder, [(uid, flags)])
        case "delete":
            tx.mail.expunge(vault, folder, [uid])
        case _:
            made = tx.mail.create_folder(vault, f"Dossier {chance.random()}").id
            tx.mail.copy(vault, folder, [uid], made)
            tx.mail.delete_folder(vault, made)


def _computed(tx: Tx, vault: VaultId) -> tuple[list[ThreadPlace], dict[ThreadId, tuple[int, int]], list[int]]:
    """Give the list, its counts and what is unread in each folder, from every message."""
    found: defaultdict[ThreadId, list[Entry]] = defaultdict(list)
    unseen = []
    for folder in tx.mail.folders(vault):
        entries = tx.mail.entries(vault, folder.id, 1, 2**32)
        unseen.append(sum(SEEN not in entry.flags.split() for entry in entries))
        for entry in entries:
            found[entry.thread].append(entry)
    places = [ThreadPlace(max(one.internal_micros for one in entries), thread) for thread, entries in found.items()]
    counts = {
        thread: (len(entries), sum(SEEN not in one.flags.split() for one in entries))
        for thread, entries in found.items()
    }
    return sorted(places, reverse=True), counts, unseen


def _asked(
    tx: Tx, vault: VaultId, size: int
) -> tuple[list[ThreadPlace], dict[ThreadId, tuple[int, int]], list[int]]:
    """Give the same as pages ask for it, so many at once."""
    listed = tx.mail.latest_threads(vault, size)
    while page := tx.mail.latest_threads(vault, size, listed[-1]) if listed else []:
        assert tx.mail.later_threads(vault, size, page[0]) == listed[-size:]
        listed += page
    counts = {place.thread: tx.mail.thread_counts(vault, place.thread) for place in listed}
    return listed, counts, [tx.mail.unseen(vault, folder.id) for folder in tx.mail.folders(vault)]


@pytest.mark.parametrize("seed", [1, 2])
async def test_list_by_key_is_the_one_that_all_messages_give_after_anything(at: StoreAt, seed: int) -> None:
    vault, chance = await a_mailbox(at.store), random.Random(seed)
    await a_mailbox(at.store)
    for step in range(_STEPS):
        await at.store.write(lambda tx: _happen(tx, vault, chance))
        if step % 8 == 7:
            expected = await at.store.read(lambda tx: _computed(tx, vault))
            for size in (1, 3):
                assert await at.store.read(partial(_asked, vault=vault, size=size)) == expected, (step, size)


_READ_BY_EVERY_PAGE = {
    entry_statements.THREADS_BEFORE: "entry_date (vault=? AND internal_date<?)",
    entry_statements.THREADS_AFTER: "entry_date (vault=? AND internal_date>?)",
    entry_statements.THREAD: "entry_thread (vault=? AND thread=?)",
    entry_statements.THREAD_COUNTS: "entry_thread (vault=? AND thread=?)",
    entry_statements.UNSEEN: "entry_unseen (vault=? AND folder=? AND seen=?)",
    documents._OF_MESSAGE: "document_mid (vault=? AND mid=?)",
    document_revisions._UNSEEN: "document_unseen (vault=? AND seen=?)",
    document_revisions._UNOPENED: "document_unseen (vault=? AND seen=?)",
}


def test_what_every_page_reads_is_found_by_its_index() -> None:
    with create_engine("sqlite://").connect() as db:
        schema.metadata.create_all(db)
        for statement, index in _READ_BY_EVERY_PAGE.items():
            text = str(statement.compile(dialect=dialect(paramstyle="qmark")))
            plan = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (1,) * text.count("?")).all()
            assert any(index in row[3] for row in plan), (text, plan)
            assert not any(row[3].startswith("SCAN ") and row[3] != "SCAN page" for row in plan), (text, plan)
