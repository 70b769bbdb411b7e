"""Ways to take away, move, change or put back rows of messages and steps, for whoever has the database and no keys.

What a row is was sealed with the trace of what made it so, and `pli verify` names each that is not so any more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.mailbox import (
    OPERATOR,
    SEEN,
    BlobKey,
    BlobRef,
    Content,
    Entry,
    FolderId,
    MessageId,
    SpecialUse,
    Uid,
    VaultId,
)
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.outbox import Step, Urgency
from gateway.domain.row_faults import RowFaultKind
from gateway.domain.step_payloads import (
    DeliverMessage,
    FileDocuments,
    MoveToQuarantine,
    NotifyPatient,
    Payload,
    ReportUndelivered,
    SendCode,
    SendOpening,
    SendReceipt,
    TellHolder,
)
from gateway.ports.inspection import Damage
from gateway.ports.store import Tx
from gateway.services.space.awaited_choices import attempt_over
from gateway.services.upkeep.tidying import tidy
from gateway.services.upkeep.verification import Verification
from gateway.store.rows import step_places
from gateway.store.rows.traced_changes import (
    MOVED,
    NO_OUTCOME,
    NOT_HELD,
    NOT_KEPT,
    OLDER_HEAD,
    OTHER_DATE,
    OTHER_FLAGS,
    PUT,
    STRANGE_CLAIM,
    STRANGE_LINE,
    STRANGE_STEP,
    TAKEN,
    UNCLAIMED,
    UNDONE,
)
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, StoreAt, a_content, a_mailbox, a_number, an_outcome, shown, store_at

MARK, OCTETS = bytes(16), BlobKey(BlobRef(bytes([1] * 16)), bytes(32), 10)
_INBOX = FolderId(1)
_MISSED = (
    FileDocuments(mid=MessageId(7)),
    MoveToQuarantine(mid=MessageId(7)),
    SendReceipt(mid=MessageId(7)),
    ReportUndelivered(sender="a@b.example", recipient="c@d.example", header=b""),
    NotifyPatient(),
    SendCode(code="123456"),
    TellHolder(kind=NoticeKind.MESSAGE, values={"day": "1er mai"}, channel=Channel.SMS, to="0612345678"),
    SendOpening(code="Ad3eF4hM", issuer="Assurance", batch="2026-03-02"),
)
"""What steps are told whose absence is noticed, apart from deliveries."""
Rows = list[tuple[object, ...]]


def a_delivery(vault: VaultId) -> Step:
    told = DeliverMessage(blob=bytes(16), sender="a@b.example", recipient="c@d.example")
    return Step(vault=vault, id=a_number(), payload=told, due=NOON)


async def a_busy_mailbox(at: StoreAt) -> VaultId:
    """Make a mailbox in which a message came, was copied, read, and another one was deleted; a step waits."""
    vault = await a_mailbox(at.store)
    kept, deleted, step = a_content(), a_content(), a_delivery(vault)

    def come(tx: Tx) -> None:
        assert tx.mail.first_seen(vault, MARK, kept.mid, NOON) == kept.mid
        for blob in (OCTETS, BlobKey(BlobRef(bytes([2] * 16)), bytes(32), 10)):
            tx.blobs.attach(vault, blob)
        tx.mail.note_outcome(vault, kept.mid, an_outcome())
        tx.quarantine.add(deleted.mid, "904", OCTETS, an_outcome("904"), NOON)
        tx.outbox.add(step)
        for content in (kept, deleted):
            shown(tx, vault, content)

    def change(tx: Tx) -> None:
        inbox, trash = (tx.mail.folder_by_use(vault, use).id for use in (SpecialUse.INBOX, SpecialUse.TRASH))
        first, second = tx.mail.entries(vault, inbox, 1, 2)
        tx.mail.copy(vault, inbox, [first.uid], trash)
        tx.mail.set_flags(vault, inbox, [(first.uid, frozenset({SEEN}))])
        tx.mail.set_flags(vault, inbox, [(first.uid, frozenset())])
        tx.mail.set_flags(vault, inbox, [(first.uid, frozenset({SEEN}))])
        tx.mail.expunge(vault, inbox, [second.uid])
        tx.blobs.detach(vault, BlobRef(bytes([2] * 16)))

    await at.store.write(come)
    await at.store.write(change)
    return vault


def _added(tx: Tx, step: Step) -> None:
    tx.outbox.add(step)


def _added_unless_waiting(tx: Tx, step: Step) -> None:
    tx.outbox.add(step, unless_waiting=True)


def _done(tx: Tx, step: Step) -> None:
    assert tx.outbox.done(step)


async def _damages(at: StoreAt, *parts: str) -> list[Damage]:
    verification = Verification(at.store, lambda: 0.0)
    return [damage async for damage in verification.damages(parts or ("what traces say",))]


async def _faults(at: StoreAt, *parts: str) -> set[str]:
    return {damage.fault for damage in await _damages(at, *parts)}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ("DELETE FROM content", {TAKEN}),
        ("DELETE FROM entry", {MOVED}),
        ("DELETE FROM entry WHERE folder = 4", {MOVED}),
        ("UPDATE entry SET folder = 3 WHERE folder = 4", {MOVED, STRANGE_LINE}),
        ("UPDATE entry SET uid = uid + 7", {MOVED, STRANGE_LINE}),
        ("UPDATE entry SET mid = mid + 1", {MOVED, STRANGE_LINE}),
        ("UPDATE content SET mid = mid + 1", {TAKEN, PUT}),
        (r"UPDATE entry SET flags = '\Deleted'", {OTHER_FLAGS}),
        ("UPDATE entry SET internal_date = internal_date + 1", {OTHER_DATE}),
        ("DELETE FROM intake", {UNCLAIMED}),
        ("UPDATE intake SET mid = mid + 1", {UNCLAIMED, STRANGE_CLAIM}),
        ("DELETE FROM outbox", {UNDONE}),
        ("DELETE FROM outcome", {NO_OUTCOME}),
        ("DELETE FROM quarantine", {NOT_KEPT}),
        ("DELETE FROM blob", {NOT_HELD}),
        ("UPDATE outbox SET step = step + 1", {UNDONE, STRANGE_STEP}),
    ],
)
async def test_what_is_not_as_its_trace_says_is_named(at: StoreAt, change: str, faults: set[str]) -> None:
    vault = await a_busy_mailbox(at)
    assert await _damages(at) == []
    at.behind_its_back(change)
    damages = await _damages(at)
    assert {damage.fault for damage in damages} == faults
    assert {damage.vault for damage in damages} <= {vault, OPERATOR}


async def test_message_whose_every_row_was_taken_away_is_named(at: StoreAt) -> None:
    await a_busy_mailbox(at)
    for table in ("content", "entry", "entry_wire", "outbox", "intake"):
        at.behind_its_back(f"DELETE FROM {table}")
    assert await _faults(at) >= {TAKEN, MOVED, UNDONE, UNCLAIMED}


async def test_message_that_was_deleted_and_put_back_is_named(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    content = a_content()
    await at.store.write(lambda tx: shown(tx, vault, content))
    tables = ("content", "entry", "entry_wire")
    past: dict[str, Rows] = {table: at.behind_its_back(f"SELECT * FROM {table}") for table in tables}
    inbox = (await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))).id
    await at.store.write(lambda tx: tx.mail.expunge(vault, inbox, [Uid(1)]))
    assert await _damages(at) == []
    for table, rows in past.items():
        for row in rows:
            at.behind_its_back(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
    assert await _faults(at) == {PUT, STRANGE_LINE}


def a_step(vault: VaultId, payload: Payload) -> Step:
    return Step(vault=vault, id=a_number(), payload=payload, due=NOON)


@pytest.mark.parametrize("payload", _MISSED, ids=lambda payload: type(payload).__name__)
async def test_step_that_was_done_is_not_missed_and_one_taken_away_is(at: StoreAt, payload: Payload) -> None:
    vault = await a_mailbox(at.store)
    done, taken = a_step(vault, payload), a_step(vault, payload)
    await at.store.write(partial(_added, step=done))
    await at.store.write(partial(_done, step=done))
    assert await _damages(at) == []
    await at.store.write(partial(_added, step=taken))
    assert await _damages(at) == []
    at.behind_its_back("DELETE FROM outbox")
    (damage,) = await _damages(at)
    assert (damage.vault, damage.number, damage.fault) == (vault, taken.id, UNDONE)


async def test_done_step_that_was_put_back_is_named(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    step = a_step(vault, SendReceipt(mid=MessageId(7)))
    await at.store.write(partial(_added, step=step))
    (row,) = at.behind_its_back("SELECT * FROM outbox")
    await at.store.write(partial(_done, step=step))
    at.behind_its_back(f"INSERT INTO outbox VALUES ({', '.join('?' * len(row))})", *row)
    assert await _faults(at) == {STRANGE_STEP}


@pytest.mark.parametrize("is_put_off", [False, True])
async def test_step_begun_and_done_in_one_transaction_leaves_no_event(at: StoreAt, is_put_off: bool) -> None:
    vault = await a_mailbox(at.store)
    step = a_step(vault, SendReceipt(mid=MessageId(7)))

    def both(tx: Tx) -> None:
        begin = tx.outbox.put_off if is_put_off else tx.outbox.add
        begin(step)
        assert tx.outbox.done(step)

    await at.store.write(both)
    assert await at.store.read(lambda tx: tx.audit.events(vault)) == []
    assert await _damages(at) == []


async def test_end_of_a_step_that_leaves_nothing_else_gets_an_event_of_its_own(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    step = a_step(vault, NotifyPatient())
    await at.store.write(partial(_added, step=step))
    await at.store.write(partial(_done, step=step))
    events = await at.store.read(lambda tx: tx.audit.events(vault))
    assert [event.action for event in events] == ["step.done", "mailbox.changed"]


async def test_notice_that_another_one_stands_for_is_not_missed(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    for _ in range(2):
        step = a_step(vault, NotifyPatient())
        await at.store.write(partial(_added_unless_waiting, step=step))
    assert len(at.behind_its_back("SELECT step FROM outbox")) == 1
    assert await _damages(at) == []


async def test_claim_that_was_made_anew_is_no_fault(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)

    def claim(tx: Tx, at: datetime) -> None:
        mid = MessageId(a_number())
        assert tx.mail.first_seen(vault, MARK, mid, at, since=at - timedelta(hours=1)) == mid

    await at.store.write(partial(claim, at=NOON))
    await at.store.write(partial(claim, at=NOON + timedelta(days=1)))
    assert await _damages(at) == []


async def test_trace_of_several_pieces_is_followed_to_its_end(at: StoreAt) -> None:
    vault = await a_busy_mailbox(at)

    def come(tx: Tx) -> None:
        for _ in range(100):
            tx.audit.append(vault, AuditEvent(at=NOON, actor="pli", action="message.read"))
        shown(tx, vault, a_content())

    await at.store.write(come)
    assert await _damages(at) == []
    at.behind_its_back("DELETE FROM content")
    assert await _faults(at) == {TAKEN}


async def test_trace_that_is_broken_or_gone_is_told_of_by_itself(at: StoreAt) -> None:
    vault = await a_busy_mailbox(at)
    at.behind_its_back("UPDATE audit SET record = ? WHERE seq = 1", bytes(40))
    assert await _damages(at) == []
    at.behind_its_back("DELETE FROM audit WHERE vault = ?", vault)
    assert await _damages(at) == []


async def test_change_that_nobody_traced_gets_an_event_of_its_own(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await at.store.write(lambda tx: shown(tx, vault, a_content()))
    events = await at.store.read(lambda tx: tx.audit.events(vault))
    assert [(event.actor, event.action) for event in events] == [("pli", "mailbox.changed")]


# ------------------------------------------------------------ heads and traces put back


async def _put_back(at: StoreAt, past: dict[str, Rows]) -> None:
    for table, rows in past.items():
        at.behind_its_back(f"DELETE FROM {table}")
        for row in rows:
            at.behind_its_back(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)


async def _a_past_and_what_came_since(at: StoreAt, *tables: str) -> dict[str, Rows]:
    """Rename a folder, which changes rows that decide, with its trace."""
    vault = await a_mailbox(at.store)
    archive = await at.store.write(lambda tx: tx.mail.create_folder(vault, "Archives"))

    def rename(name: str) -> Callable[[Tx], None]:
        def change(tx: Tx) -> None:
            tx.audit.append(vault, AuditEvent(at=NOON, actor="pli", action="folder.renamed"))
            tx.mail.rename_folder(vault, archive.id, name)

        return change

    await at.store.write(rename("Un"))
    past: dict[str, Rows] = {table: at.behind_its_back(f"SELECT * FROM {table}") for table in tables}
    await at.store.write(rename("Deux"))
    return past


async def test_head_put_back_with_its_rows_and_without_its_trace_is_named(at: StoreAt) -> None:
    await _put_back(at, await _a_past_and_what_came_since(at, "vault_head", "folder"))
    assert await _faults(at, "coded rows") == set()
    assert await _faults(at) == {OLDER_HEAD}


async def test_trace_put_back_with_its_head_and_without_the_rows_is_named(at: StoreAt) -> None:
    await _put_back(at, await _a_past_and_what_came_since(at, "audit", "audit_head"))
    assert await _faults(at, "traces") == set()
    (fault,) = await _damages(at, "coded rows")
    assert "an older trace that was put back" in fault.fault


# ------------------------------------------------------------ steps


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("due = due + 999999999999", step_places.TOO_LATE),
        ("urgency = 9", step_places.NO_LANE),
        ("urgency = -1", step_places.NO_LANE),
        ("parked = 2", step_places.OTHER_STATE),
        ("parked = 1", step_places.PARKED),
        ("attempts = -5", step_places.NO_ATTEMPTS),
        ("kind = 'none'", step_places.NO_KIND),
    ],
)
async def test_step_that_somebody_put_off_is_named_and_done_all_the_same(
    at: StoreAt, change: str, fault: str
) -> None:
    step = a_delivery(await a_mailbox(at.store))
    await at.store.write(lambda tx: tx.outbox.add(step))
    assert await _damages(at, "steps") == []
    at.behind_its_back(f"UPDATE outbox SET {change}")
    assert await _faults(at, "steps") == {fault}
    await tidy(at.store, at.clock, attempt_over)
    leased = await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON + timedelta(hours=1), 10, holder=A_WORKER))
    # What is parked waits for a human, who is told; what is of no kind says nothing that could be done.
    assert [one.id for one in leased] == ([] if fault in (step_places.PARKED, step_places.NO_KIND) else [step.id])


async def test_step_that_waits_for_its_next_try_is_left_alone(at: StoreAt) -> None:
    step = a_delivery(await a_mailbox(at.store))
    await at.store.write(lambda tx: tx.outbox.add(step))
    (leased,) = await at.store.write(
        lambda tx: tx.outbox.lease(NOON, NOON + timedelta(minutes=20), 1, urgencies=(Urgency.POST,), holder=A_WORKER)
    )
    assert await at.store.write(lambda tx: tx.outbox.bring_near(NOON)) == 0
    await at.store.write(lambda tx: tx.outbox.retry(leased, NOON + timedelta(hours=1)))
    assert await at.store.write(lambda tx: tx.outbox.bring_near(NOON)) == 0
    assert await _damages(at, "steps") == []


# ------------------------------------------------------------ folders, vaults, codes


async def test_folder_is_for_what_was_sealed_whatever_its_row_says(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    inbox = await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))
    at.behind_its_back("UPDATE folder SET special_use = 'x' WHERE special_use = 'inbox'")
    at.behind_its_back(r"UPDATE folder SET special_use = 'inbox', uid_validity = 1 WHERE special_use = '\Trash'")
    assert await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX)) == inbox
    found = await at.store.read(lambda tx: tx.mail.folders(vault))
    assert [(folder.name, folder.special_use) for folder in found][:1] == [("INBOX", SpecialUse.INBOX)]
    assert all(folder.uid_validity > 1 for folder in found)
    assert await _coded(at, vault) == {("folder", RowFaultKind.BENT)}


@pytest.mark.parametrize("other", ["x", r"\Trash"])
async def test_message_for_the_inbox_goes_where_was_sealed_whatever_rows_say(at: StoreAt, other: str) -> None:
    vault, content = await a_mailbox(at.store), a_content()
    inbox = await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))
    at.behind_its_back("UPDATE folder SET special_use = 'x' WHERE special_use = 'inbox'")
    at.behind_its_back("UPDATE folder SET special_use = 'inbox' WHERE special_use = ?", other)

    def come(tx: Tx) -> Entry:
        tx.mail.add_content(content, vault)
        return tx.mail.add_entry_by_use(vault, SpecialUse.INBOX, content.mid, frozenset(), NOON)

    entry = await at.store.write(come)
    assert await at.store.read(lambda tx: tx.mail.places_of(vault, content.mid)) == [(inbox.id, entry)]
    with pytest.raises(NotFound):
        await at.store.write(
            lambda tx: tx.mail.add_entry_by_use(vault, SpecialUse.INBOX, MessageId(7), frozenset(), NOON)
        )


async def test_bent_folder_is_not_made_good_by_a_new_name(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    archive = await at.store.write(lambda tx: tx.mail.create_folder(vault, "Archives"))
    at.behind_its_back(r"UPDATE folder SET special_use = '\Trash' WHERE folder = ?", archive.id)
    await at.store.write(lambda tx: tx.mail.rename_folder(vault, archive.id, "Rangé"))
    assert await _coded(at, vault) == {("folder", RowFaultKind.BENT)}


async def test_folder_renamed_subscribed_and_deleted_by_its_owner_is_no_fault(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    archive = await at.store.write(lambda tx: tx.mail.create_folder(vault, "Archives"))
    await at.store.write(lambda tx: tx.mail.rename_folder(vault, archive.id, "Rangé"))
    await at.store.write(lambda tx: tx.mail.subscribe(vault, archive.id, False))
    assert await _coded(at, vault) == set()
    await at.store.write(lambda tx: tx.mail.delete_folder(vault, archive.id))
    await at.store.write(lambda tx: tx.mail.subscribe(vault, archive.id, True))
    assert await _coded(at, vault) == set()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("DELETE FROM folder", ("folder", RowFaultKind.MISSING)),
        ("UPDATE folder SET subscribed = 0", ("folder", RowFaultKind.BENT)),
        ("DELETE FROM vault", ("vault", RowFaultKind.MISSING)),
        ("UPDATE vault SET kind = 'space'", ("vault", RowFaultKind.BENT)),
    ],
)
async def test_row_of_a_folder_or_a_vault_that_was_bent_is_named(
    at: StoreAt, change: str, fault: tuple[str, RowFaultKind]
) -> None:
    vault = await a_mailbox(at.store)
    at.behind_its_back(change)
    assert await _coded(at, vault) == {fault}


async def _coded(at: StoreAt, vault: VaultId) -> set[tuple[str, RowFaultKind]]:
    found = await at.store.read(lambda tx: tx.integrity.faults(vault))
    return {(fault.table, fault.kind) for fault in found}


@pytest.mark.parametrize("change", ["size = size + 1", "internal_date = internal_date + 1"])
async def test_message_of_another_size_or_date_is_named(at: StoreAt, change: str) -> None:
    await a_busy_mailbox(at)
    at.behind_its_back(f"UPDATE content SET {change}")
    assert "its row says another size or date than it came with" in await _faults(at, "messages")


@pytest.mark.parametrize("change", ["size = size + 1", "seen = 1 - seen"])
async def test_line_that_says_something_else_than_its_message_is_named(at: StoreAt, change: str) -> None:
    await a_busy_mailbox(at)
    at.behind_its_back(f"UPDATE entry SET {change}")
    assert "another size, or that it was seen" in "".join(await _faults(at, "lines of folders"))


# ------------------------------------------------------------ values that the program never writes


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET flags = CAST(x'ff' AS TEXT) WHERE uid = 1",
        "UPDATE entry SET internal_date = 1 << 62 WHERE uid = 1",
        "UPDATE entry SET size = -1 WHERE uid = 1",
        "UPDATE entry SET mid = -1 WHERE uid = 1",
        "UPDATE entry SET uid = 1 << 40 WHERE uid = 1",
        "UPDATE entry SET uid = -1 WHERE uid = 1",
        "UPDATE content SET state = 9",
        "UPDATE folder SET special_use = CAST(x'ff' AS TEXT)",
        "UPDATE folder SET special_use = 'none'",
    ],
)
async def test_value_that_is_none_costs_its_own_line_and_no_other(ram: Path, change: str) -> None:
    async with store_at(ram) as at:
        vault = await a_mailbox(at.store)
        contents = [a_content(), a_content()]
        for content in contents:
            await at.store.write(partial(_shown, vault=vault, content=content))
        at.behind_its_back(change)

        def read(tx: Tx) -> None:
            inbox = tx.mail.folder_by_use(vault, SpecialUse.INBOX).id
            assert tx.mail.folders(vault)[0].id == inbox
            assert 2 in tx.mail.uids(vault, inbox)
            assert contents[1].mid in [entry.mid for entry in tx.mail.entries(vault, inbox, 1, 2**32)]
            assert contents[1].mid in [entry.mid for entry, *_ in tx.mail.wires(vault, inbox, 1, 2**32)]
            for entry, _ in tx.mail.summaries(vault, inbox, 1, 2**32):
                assert entry.internal_date.tzinfo is not None
            found = tx.mail.thread_entries(vault, contents[1].thread)
            assert [entry.mid for _, entry, _ in found] == [contents[1].mid]
            assert tx.mail.content(vault, contents[1].mid).mid == contents[1].mid

        await at.store.read(read)
        verification = Verification(at.store, lambda: 0.0)
        assert [one async for one in verification.damages(await verification.parts())] != []


async def test_other_failures_of_a_read_are_not_forgiven(ram: Path) -> None:
    async with store_at(ram) as at:
        vault = await a_mailbox(at.store)
        at.behind_its_back("DROP TABLE intake")
        with pytest.raises(StoreUnavailable):
            await at.store.read(lambda tx: tx.mail.first_seen(vault, MARK, a_content().mid, NOON))
        at.behind_its_back("DROP TABLE entry")
        with pytest.raises(StoreUnavailable):
            await at.store.read(lambda tx: tx.mail.uids(vault, _INBOX))


def _shown(tx: Tx, vault: VaultId, content: Content) -> None:
    shown(tx, vault, content)


@pytest.mark.parametrize("value", ["'x'", "x'00'", "1.5", "CAST(x'ff' AS TEXT)"])
@pytest.mark.parametrize(
    "column",
    [
        *(f"entry.{name}" for name in ("modseq", "flags", "seen", "internal_date", "size", "thread")),
        *(f"content.{name}" for name in ("state", "thread", "wire", "summary", "headers", "extract", "path")),
        "entry_wire.wire",
        *(f"folder.{name}" for name in ("special_use", "name", "uid_next", "modseq", "subscribed")),
    ],
)
async def test_value_of_another_type_costs_its_own_line_and_no_other(ram: Path, column: str, value: str) -> None:
    # The tables are STRICT: it takes somebody who writes to the file itself.
    table, name = column.split(".")
    async with store_at(ram) as at:
        vault = await a_mailbox(at.store)
        contents = [a_content(), a_content()]
        for content in contents:
            await at.store.write(partial(_shown, vault=vault, content=content))
        which = {"content": f"mid = {contents[0].mid}", "folder": "folder = 2"}.get(table, "uid = 1")
        at.past_the_types(f"UPDATE {table} SET {name} = {value} WHERE {which}")

        def read(tx: Tx) -> None:
            found = tx.mail.summaries(vault, _INBOX, 1, 2**32 - 1)
            assert [entry.internal_date.tzinfo for entry, _ in found] != []
            assert [entry.modseq + entry.size + entry.thread for entry, _ in found] != []
            for listed in (tx.mail.wires, tx.mail.header_blocks, tx.mail.extracts):
                assert contents[1].mid in [row[0].mid for row in listed(vault, _INBOX, 1, 2**32 - 1)]
            assert sum(folder.uid_next + folder.highest_modseq for folder in tx.mail.folders(vault)) > 0
            threads = tx.mail.latest_threads(vault, 10)
            shown_there = [entry.mid for one in threads for _, entry, _ in tx.mail.thread_entries(vault, one.thread)]
            assert contents[1].mid in shown_there
            assert tx.mail.content(vault, contents[1].mid).mid == contents[1].mid

        await at.store.read(read)
        assert await _damages(at, "structure") != []
