"""The live directory follows its files, prefers local additions, and never takes ignorance for absence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.directory.container import ContainerKind
from gateway.directory.container_writer import ContainerWriter
from gateway.directory.holder import CHECK_EVERY_SECONDS, SnapshotHolder
from gateway.directory.local import LocalRegistry
from gateway.directory.snapshot import add_entries, add_whitelist
from gateway.directory.whitelist import Whitelist
from gateway.domain.address import MailAddress
from gateway.domain.directory import (
    CertificateBinding,
    DirectoryEntry,
    DistinguishedName,
    MailboxKind,
    PeerIdentity,
    TrustedDomain,
)
from gateway.domain.errors import DirectoryUnavailable
from gateway.domain.smtp_connection import SmtpConnection, SmtpListener
from gateway.policy.facts import Certificate
from gateway.ports.directory import Ages, Directory
from gateway.services.trust.facts import Staleness, TrustFacts
from tests.builders.store import ManualClock

DAY = datetime(2026, 1, 15, 3, tzinfo=UTC)
ADDRESS = MailAddress("resultats", "lilas.example")
OPERATOR = DistinguishedName.parse("CN=smtps1.example.fr,C=FR")


def entry(name: str = "Les Lilas") -> DirectoryEntry:
    return DirectoryEntry(address=ADDRESS, kind=MailboxKind.APPLICATION, identifier="1750000001", name=name)


@dataclass
class World:
    folder: Path
    seconds: float = 0

    def directory(self, *entries: DirectoryEntry, at: datetime = DAY) -> None:
        with ContainerWriter(self.folder / "directory.snapshot", ContainerKind.DIRECTORY, at) as writer:
            add_entries(writer, entries)
            writer.finish()
            writer.commit()

    def whitelist(self, *names: str, at: datetime = DAY) -> None:
        domains = {name: TrustedDomain(name, frozenset({OPERATOR})) for name in names}
        with ContainerWriter(self.folder / "whitelist.snapshot", ContainerKind.WHITELIST, at) as writer:
            add_whitelist(writer, Whitelist(at, domains))
            writer.finish()
            writer.commit()

    @property
    def local(self) -> LocalRegistry:
        return LocalRegistry(self.folder / "local.json")

    def holder(self) -> SnapshotHolder:
        folder = self.folder
        return SnapshotHolder(
            folder / "directory.snapshot", folder / "whitelist.snapshot", folder / "local.json", lambda: self.seconds
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def name_of(found: DirectoryEntry | None) -> str | None:
    return found.name if found else None


def test_holder_is_the_directory_port(world: World) -> None:
    port: Directory = world.holder()

    assert port.ages() == Ages(None, None)


def test_look_ups_answer_from_both_files(world: World) -> None:
    world.directory(entry())
    world.whitelist("lilas.example")
    holder = world.holder()
    domain = holder.domain("lilas.example")

    assert name_of(holder.entry(ADDRESS)) == "Les Lilas"
    assert domain is not None
    assert domain.binds(OPERATOR)
    assert holder.domains_of(OPERATOR) == {"lilas.example"}
    assert (holder.entry(MailAddress("x", "lilas.example")), holder.domain("x.example")) == (None, None)


def test_ages_are_those_of_the_files(world: World) -> None:
    world.directory(entry())
    world.whitelist("lilas.example", at=DAY + timedelta(hours=1))

    assert world.holder().ages() == Ages(whitelist=DAY + timedelta(hours=1), directory=DAY, whitelist_version=1)


@pytest.mark.parametrize(
    "look_up",
    [lambda h: h.entry(ADDRESS), lambda h: h.domain("lilas.example"), lambda h: h.domains_of(OPERATOR)],
)
def test_without_files_nothing_is_known_and_that_is_an_error(
    world: World, look_up: Callable[[SnapshotHolder], object]
) -> None:
    with pytest.raises(DirectoryUnavailable, match="missing; import it"):
        look_up(world.holder())


def test_replaced_file_is_seen_within_the_second(world: World) -> None:
    world.directory(entry("Avant"))
    holder = world.holder()
    world.directory(entry("Après"))

    assert name_of(holder.entry(ADDRESS)) == "Avant"
    world.seconds += CHECK_EVERY_SECONDS
    assert name_of(holder.entry(ADDRESS)) == "Après"


def test_first_import_is_seen_while_serving(world: World) -> None:
    holder = world.holder()
    world.directory(entry())
    world.seconds += CHECK_EVERY_SECONDS

    assert name_of(holder.entry(ADDRESS)) == "Les Lilas"
    assert len(holder.faults()) == 1  # the white list is still missing


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"x" * 300), lambda path: path.unlink()])
def test_spoilt_file_leaves_the_former_in_service_and_says_so(
    world: World, harm: Callable[[Path], object]
) -> None:
    world.directory(entry())
    world.whitelist("lilas.example")
    holder = world.holder()
    path = world.folder / "directory.snapshot"
    path.rename(path.with_suffix(".old"))  # an overwritten file would reach what is open
    path.touch()
    harm(path)
    world.seconds += CHECK_EVERY_SECONDS

    assert name_of(holder.entry(ADDRESS)) == "Les Lilas"
    assert holder.ages().directory == DAY
    assert holder.faults()[0].startswith("directory.snapshot")


def test_local_addition_wins_over_the_directory(world: World) -> None:
    world.directory(entry("National"))
    world.local.add(entry("Local"))

    assert name_of(world.holder().entry(ADDRESS)) == "Local"


def test_local_addition_needs_no_directory(world: World) -> None:
    world.local.add(entry("Local"))

    assert name_of(world.holder().entry(ADDRESS)) == "Local"


def test_binding_is_found_by_its_key_alone(world: World) -> None:
    binding = CertificateBinding(ADDRESS, b"k" * 32)
    world.local.add(entry())
    world.local.bind(binding)
    holder = world.holder()

    assert holder.binding(b"k" * 32) == binding
    assert holder.binding(b"K" * 32) is None


def test_local_addition_made_while_serving_is_seen(world: World) -> None:
    world.directory()
    holder = world.holder()
    world.local.add(entry("Local"))
    world.seconds += CHECK_EVERY_SECONDS

    assert name_of(holder.entry(ADDRESS)) == "Local"


def test_vanished_local_file_does_not_make_its_mailboxes_unknown(world: World) -> None:
    world.directory()
    world.local.add(entry("Local"))
    holder = world.holder()
    (world.folder / "local.json").unlink()
    world.seconds += CHECK_EVERY_SECONDS

    assert name_of(holder.entry(ADDRESS)) == "Local"


def test_unreadable_local_file_defers_everything(world: World) -> None:
    world.directory(entry())
    (world.folder / "local.json").write_text("{")

    with pytest.raises(DirectoryUnavailable, match=r"local\.json"):
        world.holder().entry(ADDRESS)


def test_logs_name_files_and_never_mailboxes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.directory(entry())
    world.holder().entry(ADDRESS)
    said = "".join(capsys.readouterr())

    assert "resultats" not in said
    assert "Lilas" not in said


def test_list_imported_again_with_the_same_date_is_another_list(world: World) -> None:
    world.whitelist("lilas.example", "parti.example")
    holder = world.holder()
    before = holder.ages()
    world.whitelist("lilas.example")
    world.seconds += CHECK_EVERY_SECONDS
    after = holder.ages()
    assert before.whitelist == after.whitelist
    assert before.whitelist_version != after.whitelist_version
    assert holder.domain("parti.example") is None


def test_domain_that_left_the_list_is_trusted_no_longer_whatever_was_remembered(world: World) -> None:
    world.directory(entry())
    world.whitelist("lilas.example", "parti.example")
    trust = TrustFacts(world.holder(), ManualClock(), Staleness())
    assert trust.white_listed("parti.example")
    world.whitelist("lilas.example")
    world.seconds += CHECK_EVERY_SECONDS
    assert not trust.white_listed("parti.example")


def test_certificate_that_ends_during_its_connection_is_refused_from_then_on(world: World) -> None:
    world.whitelist("lilas.example")
    clock = ManualClock(DAY)
    trust, minute = TrustFacts(world.holder(), clock, Staleness()), timedelta(minutes=1)
    peer = PeerIdentity(dn=OPERATOR, spki_sha256=b"key", serial=1, not_before=DAY - minute, not_after=DAY + minute)
    connection = SmtpConnection(
        id="c", listener=SmtpListener.RELAY, remote_ip="192.0.2.1", tls_version="TLSv1.3", peer=peer
    )
    assert trust.connection(connection).certificate is Certificate.VALID
    clock.advance(2 * minute)
    assert trust.connection(connection).certificate is Certificate.REFUSED


def test_mailbox_that_the_directory_withdraws_opens_nothing_until_it_is_listed_again(world: World) -> None:
    binding, ours = CertificateBinding(ADDRESS, b"k" * 32), replace(entry(), identifier="810000000011")
    world.local.add(ours)
    world.local.bind(binding)
    holder = world.holder()
    assert (holder.standings()[ADDRESS], holder.binding(b"k" * 32)) == (0, binding)
    assert holder.local_of("810000000011") == (ours,)
    for valid in (False, True):
        world.directory(replace(ours, valid=valid))
        world.seconds += 2
        assert holder.standings()[ADDRESS] == (0 if valid else None)
        assert (holder.binding(b"k" * 32) == binding) is valid
        assert holder.local_of("810000000011") == ((ours,) if valid else ())
    assert holder.local_of("810000000029") == ()


def test_mailbox_of_ours_has_the_structure_that_the_directory_alone_knows(world: World) -> None:
    ours = replace(entry(), kind=MailboxKind.PERSON, identifier="810000000011")
    world.local.add(ours)
    world.directory(replace(ours, name="Another name", organisation_id="1350000022"))
    holder = world.holder()
    told = replace(ours, organisation_id="1350000022")
    assert (holder.entry(ADDRESS), holder.local_of("810000000011")) == (told, (told,))
    corrected = replace(ours, organisation_id="1350000030")
    world.local.add(corrected)
    world.seconds += 2
    assert holder.entry(ADDRESS) == corrected


def test_what_the_directory_does_not_list_has_not_left(world: World) -> None:
    world.directory()
    world.local.add(entry())
    assert world.holder().standings() == {ADDRESS: 0}
