"""Folders of a vault: names, special uses, UIDVALIDITY, counts."""

from datetime import timedelta

import pytest

from gateway.domain.errors import Conflict, NotFound
from gateway.domain.mailbox import SEEN, Folder, FolderId, SpecialUse, Uid
from tests.builders.store import StoreAt, a_content, a_mailbox, shown


async def test_folders_are_listed_inbox_first_then_by_name(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await at.store.write(lambda tx: tx.mail.create_folder(vault, "Analyses"))
    names = [folder.name for folder in await at.store.read(lambda tx: tx.mail.folders(vault))]
    assert names == ["INBOX", "Analyses", "Drafts", "Sent", "Trash"]


async def test_inbox_is_found_in_any_case(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    found = await at.store.read(lambda tx: tx.mail.folder(vault, "iNbOx"))
    assert found is not None
    assert found.special_use is SpecialUse.INBOX


async def test_other_folder_is_found_by_exact_name_only(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    found, missed = await at.store.read(lambda tx: (tx.mail.folder(vault, "Sent"), tx.mail.folder(vault, "sent")))
    assert found is not None
    assert missed is None


async def test_absent_special_use_is_not_found(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.JUNK))


@pytest.mark.parametrize("taken", ["Sent", "inbox"])
async def test_folder_of_a_taken_name_is_a_conflict(at: StoreAt, taken: str) -> None:
    vault = await a_mailbox(at.store)
    with pytest.raises(Conflict):
        await at.store.write(lambda tx: tx.mail.create_folder(vault, taken))


async def test_two_vaults_may_have_folders_of_one_name(at: StoreAt) -> None:
    one, other = await a_mailbox(at.store), await a_mailbox(at.store)
    await at.store.write(lambda tx: tx.mail.create_folder(one, "Analyses"))
    made = await at.store.write(lambda tx: tx.mail.create_folder(other, "Analyses"))
    assert made.name == "Analyses"


async def test_rename_keeps_uidvalidity_and_messages(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    made = await at.store.write(lambda tx: tx.mail.create_folder(vault, "Avant"))
    entry = await at.store.write(lambda tx: shown(tx, vault, a_content(), folder=made.id))
    await at.store.write(lambda tx: tx.mail.rename_folder(vault, made.id, "Après"))
    found = await at.store.read(lambda tx: tx.mail.folder(vault, "Après"))
    assert found is not None
    assert found.uid_validity == made.uid_validity
    assert await at.store.read(lambda tx: list(tx.mail.uids(vault, made.id))) == [entry.uid]


async def test_rename_to_a_taken_name_is_a_conflict(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    made = await at.store.write(lambda tx: tx.mail.create_folder(vault, "Avant"))
    with pytest.raises(Conflict):
        await at.store.write(lambda tx: tx.mail.rename_folder(vault, made.id, "Sent"))


async def _made_again(at: StoreAt, between: timedelta = timedelta()) -> tuple[Folder, Folder]:
    vault = await a_mailbox(at.store)
    first = await at.store.write(lambda tx: tx.mail.create_folder(vault, "Analyses"))
    await at.store.write(lambda tx: tx.mail.delete_folder(vault, first.id))
    at.clock.advance(between)
    return first, await at.store.write(lambda tx: tx.mail.create_folder(vault, "Analyses"))


async def test_folder_made_again_has_a_greater_uidvalidity(at: StoreAt) -> None:
    first, second = await _made_again(at)
    assert second.uid_validity > first.uid_validity


async def test_folder_made_again_after_the_clock_went_back_has_a_greater_uidvalidity(at: StoreAt) -> None:
    first, second = await _made_again(at, timedelta(hours=-1))
    assert second.uid_validity > first.uid_validity


async def test_folder_made_again_has_another_number(at: StoreAt) -> None:
    # A session that still has the old folder selected must find it gone, not see the new one.
    first, second = await _made_again(at)
    assert second.id != first.id


async def test_entry_of_a_folder_that_is_gone_is_not_found(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    with pytest.raises(NotFound):
        await at.store.write(lambda tx: shown(tx, vault, a_content(), folder=FolderId(99)))


async def test_deleted_folder_leaves_no_messages_and_no_tombstones(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    made = await at.store.write(lambda tx: tx.mail.create_folder(vault, "Analyses"))
    content = a_content()
    await at.store.write(lambda tx: shown(tx, vault, content, folder=made.id))
    await at.store.write(lambda tx: tx.mail.delete_folder(vault, made.id))
    assert await at.store.read(lambda tx: tx.mail.vanished_since(vault, made.id, made.highest_modseq)) == []
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.mail.content(vault, content.mid))


async def test_subscription_is_kept(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    inbox = await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))
    await at.store.write(lambda tx: tx.mail.subscribe(vault, inbox.id, subscribed=False))
    assert not (await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))).subscribed


async def test_status_counts_messages_unseen_ones_and_octets(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    inbox = await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))
    await at.store.write(lambda tx: shown(tx, vault, a_content(size=700)))
    await at.store.write(lambda tx: shown(tx, vault, a_content(size=300), flags=frozenset({SEEN})))
    status = await at.store.read(lambda tx: tx.mail.status(vault, inbox.id))
    assert (status.messages, status.unseen, status.size) == (2, 1, 1000)


async def test_new_folder_starts_at_uid_one(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    made = await at.store.write(lambda tx: tx.mail.create_folder(vault, "Analyses"))
    assert made.uid_next == Uid(1)


async def test_renewed_folders_have_uidvalidities_that_none_had_before(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    before = await at.store.read(lambda tx: tx.mail.folders(vault))
    assert await at.store.write(lambda tx: tx.mail.renew_validity(vault)) == len(before)
    after = await at.store.read(lambda tx: tx.mail.folders(vault))
    given = [folder.uid_validity for folder in (*before, *after)]
    assert len(set(given)) == len(given)
    assert max(given[: len(before)]) < min(given[len(before) :])
    assert [(folder.id, folder.name, folder.uid_next) for folder in after] == [
        (folder.id, folder.name, folder.uid_next) for folder in before
    ]
