"""Messages in folders: UID and MODSEQ, flags, copies, expunged messages, what lists give."""

from datetime import timedelta

import pytest

from gateway.domain.errors import NotFound
from gateway.domain.mailbox import (
    DELETED,
    FLAGGED,
    SEEN,
    BlobRef,
    ContentState,
    Entry,
    Flags,
    FolderId,
    MessageId,
    ModSeq,
    SpecialUse,
    Uid,
    VaultId,
)
from gateway.ports.store import Tx
from tests.builders.store import NOON, StoreAt, a_content, a_mailbox, an_outcome, inbox_of, newest, shown

_ALL = (1, 2**32 - 1)


async def _mailbox(at: StoreAt, messages: int = 0) -> tuple[VaultId, FolderId, list[Entry]]:
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)
    made = await at.store.write(lambda tx: [shown(tx, vault, a_content(), folder=inbox) for _ in range(messages)])
    return vault, inbox, made


async def _entries(at: StoreAt, vault: VaultId, folder: FolderId) -> list[Entry]:
    return await at.store.read(lambda tx: tx.mail.entries(vault, folder, *_ALL))


async def test_uids_and_modseqs_ascend(at: StoreAt) -> None:
    _, _, made = await _mailbox(at, 3)
    assert [entry.uid for entry in made] == [1, 2, 3]
    assert made[0].modseq < made[1].modseq < made[2].modseq


async def test_uid_of_the_last_message_is_not_reused_after_expunge(at: StoreAt) -> None:
    vault, inbox, made = await _mailbox(at, 2)
    await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [made[-1].uid]))
    entry = await at.store.write(lambda tx: shown(tx, vault, a_content(), folder=inbox))
    assert entry.uid == made[-1].uid + 1


async def test_folder_says_the_next_uid_and_the_highest_modseq(at: StoreAt) -> None:
    vault, _, made = await _mailbox(at, 3)
    inbox = await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))
    assert (inbox.uid_next, inbox.highest_modseq) == (made[-1].uid + 1, made[-1].modseq)


async def test_entry_read_back_is_the_one_that_was_given(at: StoreAt) -> None:
    vault, inbox, made = await _mailbox(at, 1)
    assert await _entries(at, vault, inbox) == made


async def test_internal_date_is_kept_to_the_microsecond(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at)
    instant = NOON + timedelta(microseconds=123_457)
    await at.store.write(lambda tx: shown(tx, vault, a_content(at=instant), folder=inbox))
    assert [entry.internal_date for entry in await _entries(at, vault, inbox)] == [instant]


async def test_entry_of_an_unknown_message_is_not_found(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at)
    with pytest.raises(NotFound):
        await at.store.write(lambda tx: tx.mail.add_entry(vault, inbox, MessageId(5), frozenset(), NOON))


async def test_message_of_another_vault_is_not_found(at: StoreAt) -> None:
    _, _, made = await _mailbox(at, 1)
    other = await a_mailbox(at.store)
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.mail.content(other, made[0].mid))


async def test_content_read_back_is_the_one_that_was_added(at: StoreAt) -> None:
    vault, _, _ = await _mailbox(at)
    content = a_content(subject="Résultats", extract="texte accentué : é, ï, œ")
    await at.store.write(lambda tx: tx.mail.add_content(content, vault))
    assert await at.store.read(lambda tx: tx.mail.content(vault, content.mid)) == content


async def test_held_message_is_in_no_list_until_it_is_shown(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at)
    held = a_content(state=ContentState.HELD)
    await at.store.write(lambda tx: tx.mail.add_content(held, vault))
    assert await at.store.read(lambda tx: (tx.mail.entries(vault, inbox, *_ALL), newest(tx, vault, 9))) == ([], [])

    def show(tx: Tx) -> None:
        tx.mail.note_outcome(vault, held.mid, an_outcome())
        tx.mail.set_state(vault, held.mid, ContentState.VISIBLE)
        tx.mail.add_entry(vault, inbox, held.mid, frozenset(), held.internal_date)

    await at.store.write(show)
    assert [entry.mid for entry in await _entries(at, vault, inbox)] == [held.mid]
    assert (await at.store.read(lambda tx: tx.mail.content(vault, held.mid))).state is ContentState.VISIBLE


async def test_lists_give_each_message_its_own_records(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at)
    contents = [a_content(subject=f"Objet {n}", extract=f"texte {n}") for n in range(3)]
    await at.store.write(lambda tx: [shown(tx, vault, content, folder=inbox) for content in contents])

    def read(tx: Tx) -> list[tuple[object, ...]]:
        mail = tx.mail
        wires, summaries = mail.wires(vault, inbox, *_ALL), mail.summaries(vault, inbox, *_ALL)
        headers, extracts = mail.header_blocks(vault, inbox, *_ALL), mail.extracts(vault, inbox, *_ALL)
        return [
            (w[0].mid, w[1], w[2], s[1], h[1], e[1])
            for w, s, h, e in zip(wires, summaries, headers, extracts, strict=True)
        ]

    assert await at.store.read(read) == [
        (c.mid, c.summary.envelope, c.summary.bodystructure, c.summary, c.header_block, c.extract) for c in contents
    ]


async def test_list_is_cut_to_its_range_and_limit(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at, 9)
    found = await at.store.read(lambda tx: tx.mail.wires(vault, inbox, 3, 7, 2))
    assert [entry.uid for entry, _, _ in found] == [3, 4]


async def test_uids_are_listed_in_four_octets_each(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at, 3)
    uids = await at.store.read(lambda tx: tx.mail.uids(vault, inbox))
    assert (uids.typecode, list(uids)) == ("I", [1, 2, 3])


# ---------------------------------------------------------------- flags


async def _flag(at: StoreAt, vault: VaultId, folder: FolderId, *changes: tuple[Uid, Flags]) -> ModSeq:
    return await at.store.write(lambda tx: tx.mail.set_flags(vault, folder, changes))


async def test_flags_are_replaced_under_one_new_modseq(at: StoreAt) -> None:
    vault, inbox, made = await _mailbox(at, 3)
    modseq = await _flag(at, vault, inbox, (Uid(1), frozenset({SEEN, FLAGGED})), (Uid(2), frozenset({"urgent"})))
    assert modseq > made[-1].modseq
    found = [(entry.flags, entry.modseq) for entry in await _entries(at, vault, inbox)]
    assert found == [(rf"{FLAGGED} {SEEN}", modseq), ("urgent", modseq), ("", made[2].modseq)]


async def test_flags_of_an_expunged_message_are_passed_over(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at, 1)
    await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(1)]))
    await _flag(at, vault, inbox, (Uid(1), frozenset({SEEN})))
    assert await _entries(at, vault, inbox) == []


async def test_seen_flag_set_later_counts(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at, 2)
    await _flag(at, vault, inbox, (Uid(1), frozenset({SEEN})))
    assert (await at.store.read(lambda tx: tx.mail.status(vault, inbox))).unseen == 1


async def test_changes_since_a_modseq_are_listed(at: StoreAt) -> None:
    vault, inbox, made = await _mailbox(at, 3)
    await _flag(at, vault, inbox, (Uid(2), frozenset({SEEN})))
    changed = await at.store.read(lambda tx: tx.mail.changed_since(vault, inbox, made[-1].modseq))
    assert [entry.uid for entry in changed] == [2]


# ---------------------------------------------------------------- expunge


async def test_expunged_messages_leave_tombstones(at: StoreAt) -> None:
    vault, inbox, made = await _mailbox(at, 4)
    await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(4), Uid(2)]))
    gone = await at.store.read(lambda tx: tx.mail.vanished_since(vault, inbox, made[-1].modseq))
    assert gone == [2, 4]


async def test_tombstones_older_than_the_modseq_are_not_listed(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at, 2)
    await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(1)]))
    folder = await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))
    assert await at.store.read(lambda tx: tx.mail.vanished_since(vault, inbox, folder.highest_modseq)) == []


async def test_expunge_of_the_last_entry_drops_content_and_blob(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at)
    blob = at.blobs.put(b"message")
    content = a_content(blob=blob.ref)
    await at.store.write(lambda tx: shown(tx, vault, content, folder=inbox, blob=blob))
    assert await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(1)])) == [blob.ref]
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.mail.content(vault, content.mid))
    assert not await at.store.read(lambda tx: tx.blobs.referenced(blob.ref))


async def test_expunge_of_one_copy_keeps_content_and_blob(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at)
    blob = at.blobs.put(b"message")
    content = a_content(blob=blob.ref)
    await at.store.write(lambda tx: shown(tx, vault, content, folder=inbox, blob=blob))
    trash = (await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.TRASH))).id
    await at.store.write(lambda tx: tx.mail.copy(vault, inbox, [Uid(1)], trash))
    assert await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(1)])) == []
    assert await at.store.read(lambda tx: tx.mail.content(vault, content.mid)) == content
    assert await at.store.read(lambda tx: tx.blobs.open(vault, blob.ref)) == blob


async def test_blob_of_two_messages_of_one_vault_outlives_the_first(at: StoreAt) -> None:
    # A letter to oneself: one blob, in « Sent » and in INBOX.
    vault, inbox, _ = await _mailbox(at)
    blob = at.blobs.put(b"message")
    for _ in range(2):
        await at.store.write(lambda tx: shown(tx, vault, a_content(blob=blob.ref), folder=inbox, blob=blob))
    assert await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(1)])) == []
    assert await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(2)])) == [blob.ref]


async def test_blob_of_two_vaults_is_orphaned_by_the_last(at: StoreAt) -> None:
    blob = at.blobs.put(b"message")
    boxes = [(await _mailbox(at))[:2] for _ in range(2)]

    async def expunged(vault: VaultId, inbox: FolderId) -> list[BlobRef]:
        return await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(1)]))

    async def delivered(vault: VaultId, inbox: FolderId) -> None:
        await at.store.write(lambda tx: shown(tx, vault, a_content(blob=blob.ref), folder=inbox, blob=blob))

    for box in boxes:
        await delivered(*box)
    assert [await expunged(*box) for box in boxes] == [[], [blob.ref]]


async def test_expunge_twice_changes_nothing(at: StoreAt) -> None:
    vault, inbox, made = await _mailbox(at, 1)
    for _ in range(2):
        await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(1)]))
    assert await at.store.read(lambda tx: tx.mail.vanished_since(vault, inbox, made[0].modseq)) == [1]


async def test_dropped_content_gives_its_blob(at: StoreAt) -> None:
    vault, _, _ = await _mailbox(at)
    blob = at.blobs.put(b"message")
    content = a_content(blob=blob.ref, state=ContentState.HELD)

    def add(tx: Tx) -> None:
        tx.blobs.attach(vault, blob)
        tx.mail.add_content(content, vault)

    await at.store.write(add)
    assert await at.store.write(lambda tx: tx.mail.drop_content(vault, content.mid)) == [BlobRef(blob.ref.id)]


# ---------------------------------------------------------------- copy


async def test_copy_keeps_flags_dates_and_records(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at, 2)
    await _flag(at, vault, inbox, (Uid(2), frozenset({SEEN, DELETED})))
    trash = (await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.TRASH))).id
    pairs = await at.store.write(lambda tx: tx.mail.copy(vault, inbox, [Uid(2)], trash))
    assert pairs == [(2, 1)]
    source = (await at.store.read(lambda tx: tx.mail.wires(vault, inbox, 2, 2)))[0]
    copied = (await at.store.read(lambda tx: tx.mail.wires(vault, trash, 1, 1)))[0]
    assert copied[0] == source[0]._replace(uid=Uid(1), modseq=copied[0].modseq)
    assert copied[1:] == source[1:]


async def test_copy_passes_over_messages_that_are_gone(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at, 3)
    trash = (await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.TRASH))).id
    await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(2)]))
    pairs = await at.store.write(lambda tx: tx.mail.copy(vault, inbox, [Uid(1), Uid(2), Uid(3)], trash))
    assert pairs == [(1, 1), (3, 2)]


async def test_copy_into_the_same_folder_gives_new_uids(at: StoreAt) -> None:
    vault, inbox, _ = await _mailbox(at, 1)
    assert await at.store.write(lambda tx: tx.mail.copy(vault, inbox, [Uid(1)], inbox)) == [(1, 2)]


async def test_copy_to_a_folder_that_is_gone_changes_nothing(at: StoreAt) -> None:
    vault, inbox, made = await _mailbox(at, 1)
    with pytest.raises(NotFound):
        await at.store.write(lambda tx: tx.mail.copy(vault, inbox, [Uid(1)], FolderId(99)))
    assert await _entries(at, vault, inbox) == made
