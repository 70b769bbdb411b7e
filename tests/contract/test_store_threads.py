"""Conversations, what is newest, deduplication of intake, outcomes that outlive their message."""

from datetime import timedelta

import pytest

from gateway.domain.filing_outcome import SendingOutcome
from gateway.domain.mailbox import ContentState, MessageId, ThreadId, Uid, VaultId
from gateway.ports.store import Tx
from tests.builders.store import NOON, StoreAt, a_content, a_mailbox, inbox_of, shown


async def _noted(at: StoreAt, vault: VaultId, message_id: str, number: int) -> None:
    thread, mid = ThreadId(number), MessageId(number)
    await at.store.write(lambda tx: tx.mail.note_message_id(vault, message_id, thread, mid))


async def _claimed(at: StoreAt, vault: VaultId, number: int) -> MessageId:
    return await at.store.write(lambda tx: tx.mail.first_seen(vault, b"empreinte", MessageId(number), NOON))


async def test_thread_is_that_of_the_latest_known_reference(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _noted(at, vault, "<un@labo.example>", 10)
    await _noted(at, vault, "<deux@labo.example>", 20)
    references = ["<un@labo.example>", "<deux@labo.example>", "<inconnu@labo.example>"]
    assert await at.store.read(lambda tx: tx.mail.thread_of(vault, references)) == 20


async def test_unknown_references_have_no_thread(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    assert await at.store.read(lambda tx: tx.mail.thread_of(vault, ["<inconnu@labo.example>"])) is None


async def test_message_id_of_another_vault_is_unknown(at: StoreAt) -> None:
    one, other = await a_mailbox(at.store), await a_mailbox(at.store)
    await _noted(at, one, "<un@labo.example>", 1)
    assert await at.store.read(lambda tx: tx.mail.by_message_id(other, "<un@labo.example>")) is None


async def test_first_message_that_bears_a_message_id_keeps_it(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _noted(at, vault, "<un@labo.example>", 1)
    await _noted(at, vault, "<un@labo.example>", 2)
    assert await at.store.read(lambda tx: tx.mail.by_message_id(vault, "un@labo.example")) == 1


async def test_empty_message_id_is_not_noted(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _noted(at, vault, "", 1)
    assert await at.store.read(lambda tx: tx.mail.by_message_id(vault, "")) is None


async def test_conversation_is_listed_oldest_first_without_held_messages(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    late, early = a_content(at=NOON + timedelta(hours=1), thread=7), a_content(at=NOON, thread=7)
    held, other = a_content(thread=7, state=ContentState.HELD), a_content()

    def add(tx: Tx) -> None:
        for content in (late, early, other):
            shown(tx, vault, content)
        tx.mail.add_content(held, vault)

    await at.store.write(add)
    found = await at.store.read(lambda tx: tx.mail.thread_entries(vault, ThreadId(7)))
    assert [(entry.mid, summary) for _, entry, summary in found] == [(c.mid, c.summary) for c in (early, late)]


async def test_delivery_is_new_once(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    assert [await _claimed(at, vault, 1), await _claimed(at, vault, 2)] == [1, 1]


async def test_delivery_to_another_vault_is_new(at: StoreAt) -> None:
    one, other = await a_mailbox(at.store), await a_mailbox(at.store)
    assert [await _claimed(at, one, 1), await _claimed(at, other, 2)] == [1, 2]


async def test_claim_of_long_ago_no_longer_stands(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)

    async def claimed(number: int, days: int) -> MessageId:
        now = NOON + timedelta(days=days)
        return await at.store.write(
            lambda tx: tx.mail.first_seen(vault, b"empreinte", MessageId(number), now, now - timedelta(days=7))
        )

    assert [await claimed(*one) for one in ((1, 0), (2, 6), (3, 8), (4, 14), (5, 16))] == [1, 1, 3, 3, 5]


async def test_delivery_whose_transaction_failed_is_new_again(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)

    def fail(tx: Tx) -> None:
        tx.mail.first_seen(vault, b"empreinte", MessageId(1), NOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await at.store.write(fail)
    assert await _claimed(at, vault, 2) == 2


async def test_outcome_outlives_its_message(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)
    content = a_content()

    def add(tx: Tx) -> None:
        shown(tx, vault, content, folder=inbox)
        tx.mail.note_outcome(vault, content.mid, SendingOutcome(delivered=1, recipients=2))
        tx.mail.note_outcome(vault, content.mid, SendingOutcome(delivered=2, recipients=2))
        tx.mail.expunge(vault, inbox, [Uid(1)])

    await at.store.write(add)
    kept = await at.store.read(lambda tx: tx.mail.outcome(vault, content.mid))
    assert kept == SendingOutcome(delivered=2, recipients=2)


async def test_message_without_outcome_has_none(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    assert await at.store.read(lambda tx: tx.mail.outcome(vault, MessageId(1))) is None


async def test_message_of_one_correspondents_thread_is_not_found_in_anothers(at: StoreAt) -> None:
    vault, party = await a_mailbox(at.store), "claire@medecin.example"
    await at.store.write(lambda tx: tx.mail.note_message_id(vault, "<1@x>", ThreadId(7), MessageId(7), party=party))
    found = await at.store.read(lambda tx: tx.mail.thread_of(vault, ["<1@x>"], party=party))
    others = await at.store.read(lambda tx: [tx.mail.thread_of(vault, ["<1@x>"], party=who) for who in ("", "paul")])
    assert (found, others) == (7, [7, None])


async def test_what_was_sent_is_told_apart_from_what_came(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await at.store.write(lambda tx: tx.mail.note_message_id(vault, "<came@x>", ThreadId(1), MessageId(1)))
    await at.store.write(lambda tx: tx.mail.note_sent(vault, "<sent@x>", ThreadId(2), MessageId(2)))
    assert await at.store.read(lambda tx: [tx.mail.was_sent(vault, each) for each in ("<came@x>", "<sent@x>")]) == [
        False,
        True,
    ]
    at.behind_its_back("UPDATE reference SET namespace = 2 WHERE mid = ?", 1)
    assert not await at.store.read(lambda tx: tx.mail.was_sent(vault, "<came@x>"))
