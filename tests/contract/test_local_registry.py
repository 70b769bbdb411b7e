"""The operator's own additions are durable, exclusive and consistent."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from gateway.directory.local import LocalRegistry
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind, MailboxState
from gateway.domain.errors import Conflict, DirectoryUnavailable, NotFound, StoreUnavailable

LILAS = MailAddress("resultats", "lilas.example")
KEY = b"k" * 32
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def entry(address: MailAddress = LILAS, kind: MailboxKind = MailboxKind.APPLICATION) -> DirectoryEntry:
    return DirectoryEntry(
        address=address,
        kind=kind,
        identifier="1750000001",
        name="Laboratoire des Lilas",
        city="Les Lilas",
        red_listed=True,
    )


@pytest.fixture
def registry(tmp_path: Path) -> LocalRegistry:
    return LocalRegistry(tmp_path / "local.json")


def test_nothing_added_is_an_empty_registry(registry: LocalRegistry) -> None:
    assert not registry.load().entries


def test_every_field_of_an_addition_comes_back(registry: LocalRegistry) -> None:
    registry.add(entry())
    registry.bind(CertificateBinding(LILAS, KEY))
    local = registry.load()

    assert dict(local.entries) == {LILAS: entry()}
    assert dict(local.bindings) == {KEY: CertificateBinding(LILAS, KEY)}


def test_adding_twice_keeps_one(registry: LocalRegistry) -> None:
    registry.add(entry())
    registry.add(entry())

    assert len(registry.load().entries) == 1


def test_kind_of_a_mailbox_never_changes(registry: LocalRegistry) -> None:
    registry.add(entry())

    with pytest.raises(Conflict, match="kind APP"):
        registry.add(entry(kind=MailboxKind.PERSON))


def test_key_is_bound_to_one_mailbox_only(registry: LocalRegistry) -> None:
    other = MailAddress("resultats", "roses.example")
    registry.add(entry())
    registry.add(entry(other))
    registry.bind(CertificateBinding(LILAS, KEY))

    with pytest.raises(Conflict, match="bound to another"):
        registry.bind(CertificateBinding(other, KEY))
    registry.bind(CertificateBinding(LILAS, KEY))


def test_only_a_local_mailbox_is_bound(registry: LocalRegistry) -> None:
    with pytest.raises(NotFound, match="add it before"):
        registry.bind(CertificateBinding(LILAS, KEY))


def test_removed_mailbox_takes_its_bindings_along(registry: LocalRegistry) -> None:
    registry.add(entry())
    registry.bind(CertificateBinding(LILAS, KEY))
    registry.put_into(LILAS, MailboxState.REMOVED, NOON)
    registry.put_into(LILAS, MailboxState.REMOVED, NOON)

    assert not registry.load().bindings
    with pytest.raises(Conflict, match="never given again"):
        registry.add(entry())


def test_suspended_mailbox_is_no_longer_trusted_and_keeps_its_keys(registry: LocalRegistry) -> None:
    registry.add(entry())
    registry.bind(CertificateBinding(LILAS, KEY, NOON))
    registry.put_into(LILAS, MailboxState.SUSPENDED, NOON)
    registry.add(entry())
    [found] = registry.mailboxes()

    assert (found.state, found.since, found.entry.valid) == (MailboxState.SUSPENDED, NOON, False)
    assert found.bindings == (CertificateBinding(LILAS, KEY, NOON),)
    assert dict(registry.load().sign_ins()) == {LILAS: None}
    registry.put_into(LILAS, MailboxState.IN_USE, NOON)
    assert registry.load().entries[LILAS].valid
    assert dict(registry.load().sign_ins()) == {LILAS: 2}


def test_ended_sign_ins_are_counted(registry: LocalRegistry) -> None:
    registry.add(entry())
    registry.end_sign_ins(LILAS)

    assert dict(registry.load().sign_ins()) == {LILAS: 1}
    with pytest.raises(NotFound, match="not a local one"):
        registry.end_sign_ins(MailAddress("autre", "lilas.example"))


def test_a_key_bound_again_has_its_new_end(registry: LocalRegistry) -> None:
    registry.add(entry())
    registry.bind(CertificateBinding(LILAS, KEY))
    registry.bind(CertificateBinding(LILAS, KEY, NOON))

    assert registry.load().bindings[KEY].not_after == NOON


def test_a_file_of_the_version_before_is_read(registry: LocalRegistry, tmp_path: Path) -> None:
    registry.add(entry())
    registry.bind(CertificateBinding(LILAS, KEY))
    path = tmp_path / "local.json"
    content = orjson.loads(path.read_bytes()) | {"version": 1}
    for item in content["entries"]:
        del item["state"], item["since"], item["sign_ins_ended"]
    for item in content["bindings"]:
        del item["not_after"]
    path.write_bytes(orjson.dumps(content))

    [found] = registry.mailboxes()
    assert (found.state, found.since) == (MailboxState.IN_USE, None)
    assert found.bindings == (CertificateBinding(LILAS, KEY),)


def test_withdrawn_key_leaves_the_mailbox(registry: LocalRegistry) -> None:
    registry.add(entry())
    registry.bind(CertificateBinding(LILAS, KEY))
    registry.unbind(KEY)

    assert LILAS in registry.load().entries
    assert not registry.load().bindings


def test_additions_of_several_processes_are_all_kept(tmp_path: Path) -> None:
    def add(number: int) -> None:
        # A registry each, as separate processes have; the lock file is what they share.
        LocalRegistry(tmp_path / "local.json").add(entry(MailAddress(f"m{number}", "lilas.example")))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(LocalRegistry(tmp_path / "local.json").load().entries) == 12


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"version":3,"entries":[],"bindings":[]}', '{"version":1,"entries":[{}],"bindings":[]}',
     '{"version":1,"entries":[],"bindings":[{"address":"a@b.example","spki_sha256":"zz"}]}',
     '{"version":1,"entries":[1],"bindings":[]}', '{"version":1,"entries":[],"bindings":[1]}'],
)  # fmt: skip
def test_unreadable_file_is_told_and_never_overwritten(tmp_path: Path, content: str) -> None:
    path = tmp_path / "local.json"
    path.write_text(content)

    with pytest.raises(DirectoryUnavailable, match=r"local\.json cannot be used"):
        LocalRegistry(path).add(entry())
    assert path.read_text() == content


def test_missing_folder_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="check space and rights"):
        LocalRegistry(tmp_path / "absent" / "local.json").add(entry())


def test_no_draft_is_left_beside_the_file(registry: LocalRegistry, tmp_path: Path) -> None:
    registry.add(entry())

    assert {path.name for path in tmp_path.iterdir()} == {"local.json", "local.json.lock"}
