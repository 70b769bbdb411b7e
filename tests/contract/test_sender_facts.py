"""What the lists say of a sender is found once a message, and anew as soon as they may have changed."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.directory.container import ContainerKind
from gateway.directory.container_writer import ContainerWriter
from gateway.directory.holder import CHECK_EVERY_SECONDS, SnapshotHolder
from gateway.directory.snapshot import add_entries, add_whitelist
from gateway.directory.whitelist import Whitelist
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, DistinguishedName, MailboxKind, PeerIdentity, TrustedDomain
from gateway.domain.smtp_connection import SmtpConnection, SmtpListener
from gateway.domain.verdict import Accept, Reject
from gateway.policy.settings import PolicySettings
from gateway.services.counting.counters import CountersInMemory
from gateway.services.intake.content_intake import ContentIntake
from gateway.services.intake.port import MailParameters
from gateway.services.intake.receiver import Receiver
from gateway.services.sign_in.app_passwords import AppPasswords
from gateway.services.sign_in.mailbox_standing import EndedSignIns, standing_in
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.services.trust.facts import Staleness, TrustFacts
from tests.builders.store import NOON, StoreAt, store_at

OPERATOR = DistinguishedName.parse("CN=smtps1.example.fr,C=FR")
A_DAY = timedelta(days=1)
SENDER = MailAddress("resultats", "lilas.example")
LABORATORY = DirectoryEntry(
    address=SENDER, kind=MailboxKind.APPLICATION, identifier="1750000001", name="Les Lilas"
)


def _listed(folder: Path, *names: str) -> None:
    domains = {name: TrustedDomain(name, frozenset({OPERATOR})) for name in names}
    with ContainerWriter(folder / "directory.snapshot", ContainerKind.DIRECTORY, NOON) as writer:
        add_entries(writer, [LABORATORY])
        writer.finish()
        writer.commit()
    with ContainerWriter(folder / "whitelist.snapshot", ContainerKind.WHITELIST, NOON) as writer:
        add_whitelist(writer, Whitelist(NOON, domains))
        writer.finish()
        writer.commit()


def _receiver(at: StoreAt, directory: SnapshotHolder) -> Receiver:
    trust = TrustFacts(directory, at.clock, Staleness())
    settings = PolicySettings(patient_domain="patient.mssante.fr", local_domains=frozenset({"ici.example"}))
    ended = EndedSignIns(at.store, directory.standings)
    passwords = AppPasswords(at.store, SignInTrace(at.store, at.clock), standing_in(directory.standings), ended.opened)
    contents = ContentIntake(at.store, at.blobs, trust, at.clock, settings, "ici.example")
    return Receiver(at.store, trust, at.clock, passwords, settings, contents, CountersInMemory().recipients)


async def test_sender_whose_domain_left_the_list_is_refused_on_the_same_connection(
    ram: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds, asked = 0.0, list[bytes]()
    _listed(tmp_path, "lilas.example")
    directory = SnapshotHolder(
        tmp_path / "directory.snapshot", tmp_path / "whitelist.snapshot", tmp_path / "local.json", lambda: seconds
    )
    binding = directory.binding

    def counted(spki_sha256: bytes) -> object:
        asked.append(spki_sha256)
        return binding(spki_sha256)

    monkeypatch.setattr(directory, "binding", counted)
    peer = PeerIdentity(
        dn=OPERATOR, spki_sha256=bytes(32), serial=1, not_before=NOON - A_DAY, not_after=NOON + A_DAY
    )
    connection = SmtpConnection(
        id="a1", listener=SmtpListener.RELAY, remote_ip="192.0.2.1", tls_version="TLSv1.3", peer=peer
    )
    async with store_at(ram) as at:
        receiver = _receiver(at, directory)
        for _ in range(3):
            assert isinstance(await receiver.mail(connection, SENDER, MailParameters()), Accept)
        assert len(asked) == 1
        _listed(tmp_path, "roses.example")
        seconds += CHECK_EVERY_SECONDS
        assert isinstance(await receiver.mail(connection, SENDER, MailParameters()), Reject)
        assert len(asked) == 2
        at.clock.advance(2 * A_DAY)
        await receiver.mail(connection, SENDER, MailParameters())
        assert len(asked) == 3, "a certificate may have run out"
