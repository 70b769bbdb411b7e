"""Twenty more ways for whoever may write to the database and has no keys: copies, swaps, counters, old rows, steps.

Each is done to a town of two spaces; none shows or allows anything that was not, and `pli verify` names each.
"""

import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.document import DocumentEntry
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import KeyUnavailable, PliError, SealBroken
from gateway.domain.filing_outcome import SendingOutcome
from gateway.domain.mailbox import (
    OPERATOR,
    BlobKey,
    Content,
    FolderId,
    MessageId,
    ModSeq,
    SpecialUse,
    Uid,
    VaultId,
)
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import NotifyPatient, Payload, SendReceipt
from gateway.domain.written_results import NO_RESULTS
from gateway.ports.store import Tx
from gateway.services.upkeep.blob_verification import every_blob
from gateway.services.upkeep.verification import Verification
from gateway.store.opening import StorePaths
from gateway.store.rows import message_places, step_places, traced_changes, version_places
from gateway.store.rows.inspection import CLOSED
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, Row, StoreAt, a_content, a_number, a_space, inbox_of, shown, store_at

LETTER, ANSWER, SENT = "<lettre@medecin.example>", "<reponse@patient.example>", "<envoi@patient.example>"
CLAIRE = "claire@medecin.example"
BENT = "was changed or made by somebody without the keys"
OCTETS = "octets do not open: SealBroken"
_TABLES = ("outcome", "outbox", "tombstone", "content", "entry", "entry_wire", "folder", "reference", "intake")


def a_document(name: str, *, replaces: tuple[str, ...] = (), mid: int = 7) -> FiledDocument:
    """Make a document of one laboratory."""
    return FiledDocument(
        id=a_number(),
        mid=MessageId(mid),
        filed_at=NOON,
        dated=NOON,
        entry=DocumentEntry(unique_id=name, replaces=replaces),
        sha256=bytes(32),
        sender="labo@biologie.example",
        identity_verified=True,
        result_count=0,
        has_alert=False,
        files=(),
    )


@dataclass
class Town:
    """Camille's space and Paul's, with what somebody with the database knows of their past."""

    at: StoreAt
    camille: VaultId
    paul: VaultId
    inbox: FolderId
    letter: Content
    other: Content
    expunged: Content
    blob: BlobKey
    other_blob: BlobKey
    step: Step
    correction: FiledDocument
    past: dict[str, list[Row]]

    def sql(self, query: str, *parameters: object) -> list[Row]:
        """Run SQL without the program."""
        return self.at.behind_its_back(query, *parameters)

    def put(self, table: str, *row: object) -> None:
        """Insert a row without the program."""
        self.sql(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)

    def copy(self, table: str, **changed: object) -> None:
        """Copy Camille's rows of a table, some columns changed; a copy of what is there already is left out."""
        names = [name for name, *_ in self._columns(table)]
        for row in self.sql(f"SELECT {', '.join(names)} FROM {table} WHERE vault = ?", self.camille):
            values = dict(zip(names, row, strict=True)) | changed
            columns, marks = ", ".join(names), ", ".join("?" * len(names))
            self.sql(f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING", *values.values())

    def _columns(self, table: str) -> list[Row]:
        if self.at.paths.server:
            return self.sql(
                "SELECT column_name FROM information_schema.columns WHERE table_name = ?"
                " AND table_schema = current_schema() ORDER BY ordinal_position",
                table,
            )
        return [(row[1],) for row in self.sql(f"PRAGMA table_info({table})")]

    async def read(self, fn: Callable[[Tx], object]) -> object:
        """Ask the store."""
        return await self.at.store.read(fn)

    async def subjects(self, vault: VaultId) -> list[bytes]:
        """List what the inbox of a vault shows."""

        def look(tx: Tx) -> list[bytes]:
            inbox = tx.mail.folder_by_use(vault, SpecialUse.INBOX).id
            return [summary.envelope for _, summary in tx.mail.summaries(vault, inbox, 1, 2**32 - 1)]

        return await self.at.store.read(look)

    async def leased(self) -> list[Step]:
        """Take every step that is due, as the worker would."""
        return await self.at.store.write(
            lambda tx: tx.outbox.lease(NOON, NOON + timedelta(minutes=20), 100, holder=A_WORKER)
        )


def _step(vault: VaultId, payload: Payload) -> Step:
    return Step(vault=vault, id=a_number(), payload=payload, due=NOON)


@pytest.fixture
async def town(at: StoreAt) -> Town:
    camille, paul = (await a_space(at.store)).vault, (await a_space(at.store)).vault
    letter, other, expunged = a_content(subject="Lettre"), a_content(subject="Autre"), a_content(subject="Effacée")
    theirs = a_content(subject="De Paul")
    blob, other_blob = at.blobs.put(b"lettre"), at.blobs.put(b"autre")
    step, done = _step(camille, SendReceipt(mid=letter.mid)), _step(camille, NotifyPatient())
    correction = a_document("1.2", replaces=("1.1",))

    def before(tx: Tx) -> None:
        shown(tx, camille, replace(letter, blob=blob.ref), blob=blob)
        shown(tx, camille, replace(other, blob=other_blob.ref), blob=other_blob)
        shown(tx, camille, expunged)
        shown(tx, paul, theirs)
        tx.mail.note_message_id(camille, LETTER, letter.thread, letter.mid, party=CLAIRE)
        tx.mail.note_message_id(camille, ANSWER, other.thread, other.mid, party=CLAIRE)
        tx.mail.note_sent(camille, SENT, other.thread, other.mid)
        tx.mail.note_outcome(camille, other.mid, SendingOutcome(delivered=0, recipients=1))
        tx.mail.first_seen(camille, bytes(16), letter.mid, NOON)
        tx.mail.create_folder(camille, "Archives")
        tx.outbox.add(step)
        tx.outbox.add(done)
        tx.documents.add(camille, correction, NO_RESULTS)
        tx.documents.add(camille, a_document("9.9"), NO_RESULTS)

    await at.store.write(before)
    past = {table: at.behind_its_back(f"SELECT * FROM {table} WHERE vault = ?", camille) for table in _TABLES}
    inbox = await inbox_of(at.store, camille)

    def after(tx: Tx) -> None:
        archives = tx.mail.folder(camille, "Archives")
        assert archives is not None
        tx.mail.delete_folder(camille, archives.id)
        tx.mail.expunge(camille, inbox, [Uid(3)])
        tx.mail.note_outcome(camille, other.mid, SendingOutcome(delivered=0, recipients=1, failed=True))
        assert tx.outbox.done(done)

    await at.store.write(after)
    found = Town(
        at=at, camille=camille, paul=paul, inbox=inbox, letter=letter, other=other, expunged=expunged, blob=blob,
        other_blob=other_blob, step=step, correction=correction, past=past,
    )  # fmt: skip
    assert await _told(found) == set()
    return found


# ------------------------------------------------------------ conversations and reports


async def _thread(town: Town, reference: str) -> object:
    return await town.read(lambda tx: tx.mail.thread_of(town.camille, [reference], party=CLAIRE))


async def _send_answers_into_another_conversation(town: Town) -> None:
    town.sql("UPDATE reference SET thread = ? WHERE vault = ?", town.other.thread, town.camille)
    assert await _thread(town, LETTER) is None


async def _swap_references(town: Town) -> None:
    here = await _thread(town, LETTER), await _thread(town, ANSWER)
    assert here == (town.letter.thread, town.other.thread)
    town.sql("UPDATE reference SET thread = CASE thread WHEN ? THEN ? ELSE ? END, mid = 7",
             town.letter.thread, town.other.thread, town.letter.thread)  # fmt: skip
    assert (await _thread(town, LETTER), await _thread(town, ANSWER)) == (None, None)


async def _let_in_reports_about_what_was_never_sent(town: Town) -> None:
    town.sql("DELETE FROM reference WHERE namespace = 2")
    town.sql("UPDATE reference SET namespace = 2 WHERE vault = ?", town.camille)
    for message_id in (LETTER, ANSWER):
        assert not await town.read(lambda tx, about=message_id: tx.mail.was_sent(town.camille, about))  # type: ignore[misc]


async def _let_in_reports_by_the_rows_of_another(town: Town) -> None:
    town.copy("reference", vault=town.paul)
    assert not await town.read(lambda tx: tx.mail.was_sent(town.paul, SENT))
    assert await town.read(lambda tx: tx.mail.by_message_id(town.paul, LETTER)) is None


async def _take_a_reply_for_sent(town: Town) -> None:
    town.sql("UPDATE reference SET mid = ? WHERE vault = ?", town.expunged.mid, town.camille)
    assert await town.read(lambda tx: tx.mail.by_message_id(town.camille, LETTER)) is None


async def _forget_a_reference(town: Town) -> None:
    # A destruction: an answer begins a conversation of its own.
    town.sql("DELETE FROM reference WHERE namespace = 0")
    assert await town.read(lambda tx: tx.mail.by_message_id(town.camille, LETTER)) is None


# ------------------------------------------------------------ versions of documents


async def _shown(town: Town, name: str) -> bool:
    found = await town.at.store.read(lambda tx: tx.documents.all_of(town.camille, Audience.PATIENT))
    return any(one.entry.unique_id == name and one.replaced_by is None for one in found)


async def _have_a_document_replaced_by_one_that_does_not_name_it(town: Town) -> None:
    replacing = a_document("8.2", replaces=("8.1",))
    await town.at.store.write(lambda tx: tx.documents.add(town.camille, replacing, NO_RESULTS))
    town.sql("UPDATE replacement SET document = (SELECT min(document) FROM document) WHERE document <> ?",
             town.correction.id)  # fmt: skip
    town.sql("INSERT INTO replacement SELECT vault, unique_digest, ? FROM replacement WHERE document <> ?",
             a_number(), town.correction.id)  # fmt: skip
    await town.at.store.write(lambda tx: tx.documents.add(town.camille, a_document("7.7"), NO_RESULTS))
    assert await _shown(town, "7.7")
    await town.at.store.write(lambda tx: tx.documents.add(town.camille, a_document("8.1"), NO_RESULTS))
    assert await _shown(town, "8.1")


async def _forget_a_replacement(town: Town) -> None:
    # A destruction: the document that it replaces would stand beside it.
    town.sql("DELETE FROM replacement")
    assert await _shown(town, "1.2")


async def _swap_results(town: Town) -> None:
    town.sql("UPDATE document SET results = (SELECT results FROM document WHERE document = ?)", town.correction.id)
    (number,) = (row[0] for row in town.sql("SELECT document FROM document WHERE document <> ?", town.correction.id))
    with pytest.raises(SealBroken):
        await town.read(lambda tx: tx.documents.results(town.camille, Audience.PATIENT, number))
    await town.read(lambda tx: tx.documents.results(town.camille, Audience.PATIENT, town.correction.id))


# ------------------------------------------------------------ folders, their counters, and lines


async def _have_numbers_of_a_folder_given_again(town: Town) -> None:
    town.sql("UPDATE folder SET uid_validity = 1 WHERE vault = ?", town.camille)
    (gone,) = (row[1:6] for row in town.past["folder"] if row[1] not in {1, 2, 3, 4})
    made = await town.at.store.write(lambda tx: tx.mail.create_folder(town.camille, "Archives"))
    assert made.id > gone[0]
    assert made.uid_validity > gone[3]


async def _put_back_a_deleted_folder_with_its_number(town: Town) -> None:
    row = max(town.past["folder"], key=lambda row: int(row[1]))
    town.put("folder", *row)
    made = await town.at.store.write(lambda tx: tx.mail.create_folder(town.camille, "Autre"))
    assert made.id > row[1]


async def _lower_the_next_uid(town: Town) -> None:
    # UIDs that are there are never given twice: the key of the table is in the way, and nothing is written.
    town.sql("UPDATE folder SET uid_next = 1 WHERE vault = ?", town.camille)
    with pytest.raises(PliError):
        await town.at.store.write(lambda tx: shown(tx, town.camille, a_content()))
    assert len(await town.subjects(town.camille)) == 2


async def _lower_the_next_modseq(town: Town) -> None:
    town.sql("UPDATE folder SET modseq = 1 WHERE vault = ?", town.camille)
    assert len(await town.subjects(town.camille)) == 2


async def _have_mail_clients_drop_a_message(town: Town) -> None:
    town.put("tombstone", town.camille, town.inbox, 2**40, 1)
    vanished = await town.read(lambda tx: tx.mail.vanished_since(town.camille, town.inbox, ModSeq(0)))
    assert vanished == [3]


async def _have_mail_clients_keep_a_message(town: Town) -> None:
    # A destruction: a mail client that was away goes on showing its own copy.
    town.sql("DELETE FROM tombstone")
    assert len(await town.subjects(town.camille)) == 2


async def _copy_messages_into_another_vault(town: Town) -> None:
    town.copy("content", vault=town.paul)
    for table in ("entry", "entry_wire"):
        town.sql(f"UPDATE {table} SET uid = 9 WHERE vault = ?", town.paul)
        town.copy(table, vault=town.paul)
    found = await town.subjects(town.paul)
    assert not {b'("Lettre")', b'("Autre")'} & set(found)
    with pytest.raises(SealBroken):
        await town.read(lambda tx: tx.mail.content(town.paul, town.letter.mid))


async def _swap_what_is_sealed_of_two_messages(town: Town) -> None:
    for name in ("wire", "summary", "headers", "extract", "path"):
        town.sql(f"UPDATE content SET {name} = (SELECT {name} FROM content WHERE mid = ?)", town.other.mid)
    assert (await town.subjects(town.camille))[0] != b'("Autre")'
    with pytest.raises(SealBroken):
        await town.read(lambda tx: tx.mail.content(town.camille, town.letter.mid))


async def _swap_what_lists_show_of_two_messages(town: Town) -> None:
    town.sql("UPDATE entry_wire SET wire = (SELECT wire FROM entry_wire WHERE vault = ? AND uid = 2) WHERE vault = ?",
             town.camille, town.camille)  # fmt: skip
    found = await town.at.store.read(lambda tx: tx.mail.wires(town.camille, town.inbox, 1, 9))
    assert [envelope for _, envelope, _ in found][1:] == [b'("Autre")']
    assert found[0][1] != b'("Autre")'


# ------------------------------------------------------------ octets


async def _swap_keys_of_octets(town: Town) -> None:
    town.sql("UPDATE blob SET wrapped = (SELECT wrapped FROM blob WHERE vault = ? AND blob = ?) WHERE vault = ?",
             town.camille, town.other_blob.ref.id, town.camille)  # fmt: skip
    key = await town.at.store.read(lambda tx: tx.blobs.open(town.camille, town.blob.ref))
    with pytest.raises(SealBroken):
        town.at.blobs.read(key)


async def _say_another_size_of_octets(town: Town) -> None:
    town.sql("UPDATE blob SET size = 3 WHERE blob = ?", town.blob.ref.id)
    key = await town.at.store.read(lambda tx: tx.blobs.open(town.camille, town.blob.ref))
    with pytest.raises(SealBroken):
        town.at.blobs.read(key)


async def _hold_the_octets_of_another(town: Town) -> None:
    town.copy("blob", vault=town.paul)
    with pytest.raises(SealBroken):
        await town.read(lambda tx: tx.blobs.open(town.paul, town.blob.ref))


# ------------------------------------------------------------ outcomes and steps


async def _put_back_an_earlier_outcome(town: Town) -> None:
    (old,) = town.past["outcome"]
    town.sql("UPDATE outcome SET record = ? WHERE mid = ?", old[2], old[1])


async def _outcome_of_another_message(town: Town) -> None:
    (row,) = town.sql("SELECT record FROM outcome")
    town.put("outcome", town.camille, town.letter.mid, row[0])
    with pytest.raises(SealBroken):
        await town.read(lambda tx: tx.mail.outcome(town.camille, town.letter.mid))


async def _double_a_step(town: Town) -> None:
    town.copy("outbox", step=a_number())
    assert [step.id for step in await town.leased()] == [town.step.id]


async def _give_a_step_to_another(town: Town) -> None:
    town.sql("UPDATE outbox SET vault = ?", town.paul)
    assert await town.leased() == []


async def _put_back_a_step_that_was_done(town: Town) -> None:
    # Each step is safe to do twice; a notice is sent under the step's number, once.
    for row in town.past["outbox"]:
        if row[1] != town.step.id:
            town.put("outbox", *row)


async def _take_steps_away(town: Town) -> None:
    town.sql("DELETE FROM outbox")
    assert await town.leased() == []


async def _end_a_step_before_its_time(town: Town) -> None:
    town.sql("UPDATE outbox SET parked = 1")
    assert await town.leased() == []


async def _quarantine_something_of_nobody(town: Town) -> None:
    town.put("quarantine", OPERATOR, town.letter.mid, "904", town.blob.ref.id, bytes(60), 0)
    assert len(await town.subjects(town.camille)) == 2


# ------------------------------------------------------------ deliveries


async def _have_a_delivery_taken_for_another(town: Town) -> None:
    town.copy("intake", vault=town.paul)
    mid = MessageId(a_number())
    # The digest of a delivery says for whom it is: that of another's is never asked for.
    assert await town.at.store.write(lambda tx: tx.mail.first_seen(town.paul, bytes([1] * 16), mid, NOON)) == mid


async def _have_a_claim_name_another_message(town: Town) -> None:
    town.sql("UPDATE intake SET mid = ?", town.other.mid)
    assert len(await town.subjects(town.camille)) == 2


Way = Callable[[Town], Awaitable[None]]
WAYS: list[tuple[Way, str]] = [
    (_send_answers_into_another_conversation, traced_changes.BENT_REFERENCE),
    (_swap_references, traced_changes.BENT_REFERENCE),
    (_let_in_reports_about_what_was_never_sent, traced_changes.BENT_REFERENCE),
    (_let_in_reports_by_the_rows_of_another, traced_changes.BENT_REFERENCE),
    (_take_a_reply_for_sent, traced_changes.BENT_REFERENCE),
    (_forget_a_reference, traced_changes.NO_REFERENCE),
    (_have_a_document_replaced_by_one_that_does_not_name_it, version_places.STRANGE),
    (_forget_a_replacement, version_places.UNANNOUNCED),
    (_swap_results, CLOSED),
    (_have_numbers_of_a_folder_given_again, BENT),
    (_put_back_a_deleted_folder_with_its_number, "« folder »"),
    (_lower_the_next_uid, traced_changes.OTHER_COUNTER),
    (_lower_the_next_modseq, message_places.OTHER_MODSEQ),
    (_have_mail_clients_drop_a_message, traced_changes.STRANGE_TOMBSTONE),
    (_have_mail_clients_keep_a_message, traced_changes.NO_TOMBSTONE),
    (_copy_messages_into_another_vault, traced_changes.PUT),
    (_swap_what_is_sealed_of_two_messages, CLOSED),
    (_swap_what_lists_show_of_two_messages, CLOSED),
    (_swap_keys_of_octets, OCTETS),
    (_say_another_size_of_octets, OCTETS),
    (_hold_the_octets_of_another, traced_changes.STRANGE_HOLD),
    (_put_back_an_earlier_outcome, traced_changes.OTHER_OUTCOME),
    (_outcome_of_another_message, CLOSED),
    (_double_a_step, traced_changes.STRANGE_STEP),
    (_give_a_step_to_another, traced_changes.UNDONE),
    (_put_back_a_step_that_was_done, traced_changes.STRANGE_STEP),
    (_take_steps_away, traced_changes.UNDONE),
    (_end_a_step_before_its_time, step_places.PARKED),
    (_quarantine_something_of_nobody, CLOSED),
    (_have_a_delivery_taken_for_another, traced_changes.STRANGE_CLAIM),
    (_have_a_claim_name_another_message, traced_changes.UNCLAIMED),
]


async def _told(town: Town) -> set[str]:
    verification = Verification(town.at.store, time.perf_counter)
    told = {damage.fault async for damage in verification.damages(await verification.parts())}
    looked = [blob.fault async for blob in every_blob(town.at.store, town.at.blobs)]
    return told | {f"octets do not open: {type(fault).__name__}" for fault in looked if fault}


@pytest.mark.parametrize(("way", "fault"), WAYS, ids=lambda item: getattr(item, "__name__", None))
async def test_way_shows_and_allows_nothing_and_is_named(town: Town, way: Way, fault: str) -> None:
    await way(town)
    told = await _told(town)
    assert any(fault in one for one in told), told


async def test_uid_that_was_given_twice_is_named_for_ever(town: Town) -> None:
    town.sql("UPDATE folder SET uid_next = uid_next - 1 WHERE vault = ? AND folder = ?", town.camille, town.inbox)
    await town.at.store.write(lambda tx: shown(tx, town.camille, a_content()))
    assert traced_changes.TWICE in await _told(town)


async def test_long_trace_is_followed_in_slices_that_find_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traced_changes, "SLICE", 1)
    assert await _told(town) == set()
    for table in ("reference", "outbox", "tombstone", "intake", "outcome", "entry", "content", "blob"):
        town.sql(f"DELETE FROM {table}")
    assert await _told(town) >= {
        traced_changes.NO_REFERENCE,
        traced_changes.UNDONE,
        traced_changes.NO_TOMBSTONE,
        traced_changes.UNCLAIMED,
        traced_changes.NO_OUTCOME,
        traced_changes.MOVED,
        traced_changes.TAKEN,
        traced_changes.NOT_HELD,
    }


async def test_lost_document_that_was_announced_leaves_a_row_that_is_named(town: Town) -> None:
    town.sql("DELETE FROM document WHERE document = ?", town.correction.id)
    assert version_places.STRANGE in await _told(town)


# ------------------------------------------------------------ keys, which are files of their own


async def _two_spaces(folder: Path) -> tuple[VaultId, VaultId]:
    async with store_at(folder) as at:
        vaults = [(await a_space(at.store)).vault for _ in range(2)]
        for vault in vaults:
            await at.store.write(partial(_letter, vault=vault))
        return vaults[0], vaults[1]


def _letter(tx: Tx, vault: VaultId) -> None:
    shown(tx, vault, a_content(subject="Lettre"))


async def _key_faults(folder: Path) -> set[tuple[VaultId | None, str]]:
    async with store_at(folder) as at:
        verification = Verification(at.store, time.perf_counter)
        return {(damage.vault, damage.what) async for damage in verification.damages(["keys"])}


async def test_keys_that_were_swapped_open_nothing_and_are_named(ram: Path) -> None:
    one, other = await _two_spaces(ram)
    with closing(sqlite3.connect(StorePaths.below(ram).key_store)) as keys, keys:
        found = dict(keys.execute("SELECT vault, wrapped FROM vault_key").fetchall())
        for vault, wrapped in ((one, found[other]), (other, found[one])):
            keys.execute("UPDATE vault_key SET wrapped = ? WHERE vault = ?", (wrapped, vault))
    assert await _key_faults(ram) == {(one, "key"), (other, "key")}
    async with store_at(ram) as at:
        for vault in (one, other):
            with pytest.raises(KeyUnavailable):
                await at.store.read(lambda tx, vault=vault: tx.mail.folders(vault))  # type: ignore[misc]


async def test_key_store_of_another_gateway_is_refused_or_named(ram: Path) -> None:
    here, there = ram / "here", ram / "there"
    for folder in (here, there):
        folder.mkdir()
        await _two_spaces(folder)
    shutil.copyfile(StorePaths.below(there).key_store, StorePaths.below(here).key_store)
    # The operator's own key does not open: nothing is served with keys of somebody else.
    with pytest.raises(KeyUnavailable):
        await _key_faults(here)


async def test_older_key_store_opens_nothing_that_came_since_and_is_named(ram: Path) -> None:
    async with store_at(ram):
        pass
    older = StorePaths.below(ram).key_store
    with closing(sqlite3.connect(older)) as keys:
        kept = keys.execute("SELECT * FROM vault_key").fetchall()
    one, other = await _two_spaces(ram)
    with closing(sqlite3.connect(older)) as keys, keys:
        keys.execute("DELETE FROM vault_key")
        keys.executemany(f"INSERT INTO vault_key VALUES ({', '.join('?' * len(kept[0]))})", kept)
    async with store_at(ram) as at:
        with pytest.raises(KeyUnavailable):
            await at.store.read(lambda tx: tx.mail.folders(one))
        verification = Verification(at.store, time.perf_counter)
        named = {damage.vault async for damage in verification.damages(await verification.parts())}
        assert {one, other} <= named
