"""A snapshot file answers exactly what was put into it, or says that it cannot."""

import hashlib
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.directory.container import HEADER, Container, ContainerKind, SnapshotBroken
from gateway.directory.container_writer import ContainerWriter, Written
from gateway.directory.snapshot import DirectorySnapshot, WhitelistSnapshot, add_entries, add_whitelist
from gateway.directory.whitelist import Whitelist
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, DistinguishedName, MailboxKind, TrustedDomain
from gateway.domain.errors import InvalidValue

DAY = datetime(2026, 1, 15, 3, tzinfo=UTC)
OPERATOR = DistinguishedName.parse("CN=smtps1.example.fr,O=Lilas\\, SA,C=FR")
OTHER = DistinguishedName.parse("CN=smtps2.example.fr,2.5.4.97=NTRFR-1,C=FR")


def entry(local: str = "claire.martin", name: str = "Dr Claire Martin", red_listed: bool = False) -> DirectoryEntry:
    return DirectoryEntry(
        address=MailAddress(local, "medecin.example"),
        kind=MailboxKind.PERSON,
        identifier="810001234567",
        name=name,
        family_name="MARTIN",
        given_name="CLAIRE",
        profession="Médecin",
        speciality="Médecine générale",
        organisation='Cabinet « des Lilas »\n"|',
        city="Paris",
        postal_code="75011",
        red_listed=red_listed,
    )


def directory(path: Path, *entries: DirectoryEntry, generated_at: datetime = DAY) -> Written:
    with ContainerWriter(path, ContainerKind.DIRECTORY, generated_at) as writer:
        add_entries(writer, entries)
        written = writer.finish()
        writer.commit()
    return written


def whitelist(path: Path, *domains: TrustedDomain) -> WhitelistSnapshot:
    with ContainerWriter(path, ContainerKind.WHITELIST, DAY) as writer:
        add_whitelist(writer, Whitelist(DAY, {domain.name: domain for domain in domains}))
        writer.finish()
        writer.commit()
    return WhitelistSnapshot(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "directory.snapshot"


def test_every_field_of_an_entry_comes_back(path: Path) -> None:
    directory(path, entry(red_listed=True))

    assert DirectorySnapshot(path).entry(entry().address) == entry(red_listed=True)


def test_thousands_of_entries_are_all_found_and_no_other(path: Path) -> None:
    directory(path, *(entry(f"m{i}", f"Dr {i}") for i in range(3_000)))
    snapshot = DirectorySnapshot(path)

    names = [found.name for i in range(3_000) if (found := snapshot.entry(MailAddress(f"m{i}", "medecin.example")))]
    assert names == [f"Dr {i}" for i in range(3_000)]
    assert snapshot.entry(MailAddress("m3000", "medecin.example")) is None
    assert snapshot.entry(MailAddress("m30", "medecin.exampl")) is None


def test_iteration_gives_every_entry_once(path: Path) -> None:
    entries = {entry(f"m{i}") for i in range(100)}
    directory(path, *entries)

    found = list(DirectorySnapshot(path))
    assert (len(found), set(found)) == (100, entries)


def test_date_and_count_are_known(path: Path) -> None:
    directory(path, entry("a"), entry("b"))

    assert (DirectorySnapshot(path).generated_at, DirectorySnapshot(path).count) == (DAY, 2)


def test_empty_snapshot_answers_that_nobody_is_known(path: Path) -> None:
    directory(path)

    assert DirectorySnapshot(path).entry(entry().address) is None


def test_first_of_two_entries_of_one_address_stays(path: Path) -> None:
    written = directory(path, entry("a", "Première"), entry("b"), entry("a", "Seconde"))

    found = DirectorySnapshot(path).entry(entry("a").address)
    assert (written, found and found.name) == (Written(2, 1), "Première")


def test_domain_comes_back_with_its_holders(path: Path) -> None:
    lilas = TrustedDomain("lilas.example", frozenset({OPERATOR, OTHER}), "Les Lilas", DAY)
    snapshot = whitelist(path, lilas, TrustedDomain("roses.example", frozenset({OTHER})))

    assert snapshot.domain("LILAS.example") == lilas
    assert snapshot.domain("example") is None
    assert snapshot.count == 2


def test_domains_of_a_holder_are_found(path: Path) -> None:
    snapshot = whitelist(
        path, TrustedDomain("a.example", frozenset({OPERATOR, OTHER})), TrustedDomain("b.example", frozenset({OTHER}))
    )

    assert snapshot.domains_of(OTHER) == {"a.example", "b.example"}
    assert snapshot.domains_of(DistinguishedName.parse("CN=inconnu")) == frozenset()


def test_holder_index_is_no_domain(path: Path) -> None:
    snapshot = whitelist(path, TrustedDomain("a.example", frozenset({OPERATOR})))
    key = next(record[0] for record in Container(path, ContainerKind.WHITELIST) if record[0] != "a.example")

    assert key.startswith("dn:")
    with pytest.raises(InvalidValue):
        MailAddress.parse(f"x@{key}")
    assert snapshot.count == 1


@pytest.mark.parametrize("key", ['a"b', "a\\b", "a\nb", "é"])
def test_key_that_could_forge_a_record_is_refused(path: Path, key: str) -> None:
    with ContainerWriter(path, ContainerKind.DIRECTORY, DAY) as writer, pytest.raises(InvalidValue):
        writer.add(key, ("x",))


def test_nothing_appears_before_the_commit_and_nothing_is_left_without(path: Path) -> None:
    with ContainerWriter(path, ContainerKind.DIRECTORY, DAY) as writer:
        add_entries(writer, [entry()])
        writer.finish()
        assert not path.exists()

    assert list(path.parent.iterdir()) == []


def test_open_snapshot_answers_on_after_its_file_is_replaced(path: Path) -> None:
    directory(path, entry(name="Avant"))
    before = DirectorySnapshot(path)
    directory(path, entry(name="Après"))

    found = before.entry(entry().address)
    assert found is not None
    assert found.name == "Avant"


def test_replacement_is_seen_whole_or_not_at_all(path: Path) -> None:
    directory(path, entry(name="Avant"))
    seen, done = set(), threading.Event()

    def look() -> None:
        while not done.is_set():
            found = DirectorySnapshot(path).entry(entry().address)
            seen.add(found.name if found else None)

    reader = threading.Thread(target=look)
    reader.start()
    for i in range(20):
        directory(path, entry(name="Avant" if i % 2 else "Après"), *(entry(f"m{j}") for j in range(i)))
    done.set()
    reader.join()

    assert seen <= {"Avant", "Après"}


Damage = Callable[[bytearray], object]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda octets: octets.clear(), "truncated"),
        (lambda octets: octets.__delitem__(slice(-1, None)), "octets instead of"),
        (lambda octets: octets.__delitem__(slice(60, None)), "truncated"),
        (lambda octets: octets.extend(b"x"), "octets instead of"),
        (lambda octets: octets.__setitem__(slice(0, 4), b"%PDF"), "not a snapshot"),
        (lambda octets: octets.__setitem__(16, octets[16] ^ 1), "header is altered"),
        (lambda octets: octets.__setitem__(-3, octets[-3] ^ 1), "table is altered"),
    ],
)
def test_damaged_file_does_not_open(path: Path, damage: Damage, reason: str) -> None:
    directory(path, *(entry(f"m{i}") for i in range(10)))
    octets = bytearray(path.read_bytes())
    damage(octets)
    path.write_bytes(octets)

    with pytest.raises(SnapshotBroken, match=reason):
        DirectorySnapshot(path)


def test_no_flipped_bit_ever_changes_an_answer(path: Path) -> None:
    addresses = [entry(f"m{i}").address for i in range(6)]
    directory(path, *(entry(f"m{i}", f"Dr {i}") for i in range(5)))
    whole = path.read_bytes()
    snapshot = DirectorySnapshot(path)
    right = [snapshot.entry(address) for address in addresses]
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        refused = 0
        for address, answer in zip(addresses, right, strict=True):
            try:
                assert DirectorySnapshot(path).entry(address) == answer
            except SnapshotBroken:
                refused += 1
        assert refused > 0


def test_altered_record_is_found_by_verification(path: Path) -> None:
    directory(path, entry())
    DirectorySnapshot(path).verify()
    path.write_bytes(path.read_bytes().replace(b"Claire", b"Claude"))

    with pytest.raises(SnapshotBroken, match="content is altered"):
        DirectorySnapshot(path).verify()


def test_file_cut_while_open_is_an_error_not_a_crash(path: Path) -> None:
    directory(path, entry())
    snapshot = DirectorySnapshot(path)
    os.truncate(path, 120)

    with pytest.raises(SnapshotBroken, match="truncated"):
        snapshot.entry(entry().address)


def test_one_kind_is_never_taken_for_the_other(path: Path) -> None:
    directory(path, entry())

    with pytest.raises(SnapshotBroken, match="not a whitelist snapshot"):
        WhitelistSnapshot(path)


def test_file_of_another_version_is_told_as_such(path: Path) -> None:
    directory(path, entry())
    octets = path.read_bytes()
    header = octets[:8] + b"\x02" + octets[9 : HEADER.size - 16]
    path.write_bytes(header + hashlib.sha256(header).digest()[:16] + octets[HEADER.size :])

    with pytest.raises(SnapshotBroken, match="of version 2, this program reads version 1"):
        DirectorySnapshot(path)


def test_file_that_cannot_be_opened_is_told_as_such(path: Path) -> None:
    path.symlink_to(path)

    with pytest.raises(SnapshotBroken, match="cannot be opened"):
        DirectorySnapshot(path)


def test_commit_before_finish_is_a_mistake_of_the_program(path: Path) -> None:
    with ContainerWriter(path, ContainerKind.DIRECTORY, DAY) as writer, pytest.raises(RuntimeError, match="finish"):
        writer.commit()


def test_white_list_is_verified_like_a_directory(path: Path) -> None:
    snapshot = whitelist(path, TrustedDomain("a.example", frozenset({OPERATOR}), "Avant"))
    snapshot.verify()
    path.write_bytes(path.read_bytes().replace(b"Avant", b"Apres"))

    with pytest.raises(SnapshotBroken, match="content is altered"):
        WhitelistSnapshot(path).verify()


def test_folder_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotBroken, match="cannot be read"):
        DirectorySnapshot(tmp_path)


def test_absent_file_is_told_apart_from_a_broken_one(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DirectorySnapshot(path)


def test_closed_snapshots_give_their_descriptors_back(path: Path) -> None:
    directory(path, entry())
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        DirectorySnapshot(path)

    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
