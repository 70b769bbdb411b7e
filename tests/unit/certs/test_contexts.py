"""Every port speaks TLS 1.2 or 1.3 with the suites of the ANSSI guide, and its files can be renewed."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs import contexts
from certs.contexts import KeyPair, Renewable, Trust
from certs.peer import name_of, peer_identity
from gateway.domain.errors import ConfigurationError
from tests.builders.certificates import Holder, authority, certify, handshake, pem, revocation_list, subject

ROLES: dict[str, Callable[[KeyPair, Trust], ssl.SSLContext]] = {
    "relay": contexts.relay,
    "submission": lambda pair, _: contexts.submission(pair),
    "imap": lambda pair, _: contexts.imap(pair),
    "web": lambda pair, _: contexts.web(pair),
}
SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)


@dataclass
class Files:
    """A server's files and a client that trusts them."""

    folder: Path
    root: Holder = field(default_factory=lambda: authority("Root"))

    def __post_init__(self) -> None:
        self.pair = KeyPair(self.folder / "server.pem", self.folder / "server.key")
        self.trust = Trust(self.folder / "ca.pem")
        self.trust.authorities.write_bytes(pem(self.root))
        self.show()
        self.client_pair = KeyPair(self.folder / "client.pem", self.folder / "client.key")
        self.write(certify(self.root), self.client_pair)

    def show(self, name: str = "localhost") -> None:
        self.write(certify(self.root, subject(name), uses=SERVER, host="localhost"), self.pair)

    def write(self, holder: Holder, pair: KeyPair) -> None:
        pair.certificate.write_bytes(pem(holder))
        pair.key.write_bytes(holder.key_pem)

    def client(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.trust.authorities)
        context.load_cert_chain(self.client_pair.certificate, self.client_pair.key)
        return context


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.mark.parametrize("role", ROLES)
def test_only_suites_with_forward_secrecy_and_authenticated_encryption(files: Files, role: str) -> None:
    names = {suite["name"] for suite in ROLES[role](files.pair, files.trust).get_ciphers()}

    assert names == {
        "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    }  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_present_versions_are_spoken(files: Files, role: str, version: ssl.TLSVersion) -> None:
    client = files.client()
    client.minimum_version = client.maximum_version = version

    assert handshake(ROLES[role](files.pair, files.trust), client).server.version() == version.name.replace("_", ".")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")  # what is tried here
def test_older_version_is_refused(files: Files, role: str) -> None:
    client = files.client()
    client.set_ciphers("ALL:@SECLEVEL=0")
    client.minimum_version = client.maximum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises(ssl.SSLError, match=r"(?i)version|protocol"):
        handshake(ROLES[role](files.pair, files.trust), client)


@pytest.mark.parametrize("suite", ["AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-SHA384", "DHE-RSA-AES256-GCM-SHA384"])
def test_suite_outside_the_guide_is_refused(files: Files, suite: str) -> None:
    client = files.client()
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers(suite)

    with pytest.raises(ssl.SSLError, match="NO_SHARED_CIPHER"):
        handshake(contexts.imap(files.pair), client)


@pytest.mark.parametrize("role", ROLES)
def test_neither_compression_nor_renegotiation(files: Files, role: str) -> None:
    wanted = ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION

    assert ROLES[role](files.pair, files.trust).options & wanted == wanted


def test_relay_gives_no_tickets(files: Files) -> None:
    context = contexts.relay(files.pair, files.trust)

    assert (context.num_tickets, bool(context.options & ssl.OP_NO_TICKET)) == (0, True)


def test_client_of_other_ports_needs_no_certificate(files: Files) -> None:
    client = ssl.create_default_context(cafile=files.trust.authorities)

    assert peer_identity(handshake(contexts.submission(files.pair), client).server) is None


@pytest.mark.parametrize(("role", "protocol"), [("imap", "imap"), ("web", "http/1.1"), ("relay", None)])
def test_port_names_its_own_protocol_only(files: Files, role: str, protocol: str | None) -> None:
    client = files.client()
    client.set_alpn_protocols(["h2", "http/1.1", "imap", "smtp"])

    assert handshake(ROLES[role](files.pair, files.trust), client).server.selected_alpn_protocol() == protocol


def test_outbound_shows_our_certificate(files: Files) -> None:
    peer = peer_identity(
        handshake(contexts.relay(files.pair, files.trust), contexts.outbound(files.client_pair, files.trust)).server
    )

    assert peer is not None
    assert "cn=smtps1.lilas.example" in str(peer.dn)


def test_outbound_refuses_a_server_of_another_name(files: Files) -> None:
    files.write(certify(files.root, subject("localhost"), uses=SERVER, host="roses.example"), files.pair)

    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(contexts.submission(files.pair), contexts.outbound(files.client_pair, files.trust))


def test_outbound_refuses_a_revoked_server(files: Files) -> None:
    server = certify(files.root, subject("localhost"), uses=SERVER, host="localhost")
    files.write(server, files.pair)
    crl = files.folder / "crl.pem"
    crl.write_bytes(revocation_list(files.root, server))

    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(
            contexts.submission(files.pair),
            contexts.outbound(files.client_pair, Trust(files.trust.authorities, crl)),
        )


def name_shown(context: ssl.SSLContext, files: Files) -> str:
    der = handshake(context, files.client()).client.getpeercert(binary_form=True)
    assert der is not None
    return str(name_of(x509.load_der_x509_certificate(der).subject))


def test_renewed_certificate_is_shown_from_the_next_connection_on(files: Files) -> None:
    context = contexts.imap(files.pair)
    files.show("renewed")
    contexts.renew(context, files.pair)

    assert "cn=renewed" in name_shown(context, files)


@dataclass
class Ticking:
    seconds: float = 0

    def __call__(self) -> float:
        return self.seconds


def renewable(files: Files, clock: Ticking) -> Renewable:
    watched = [files.pair.certificate, files.pair.key]
    return Renewable(lambda: contexts.submission(files.pair), watched, clock, every_seconds=10)


def test_changed_file_makes_a_new_context_when_it_is_looked_at(files: Files) -> None:
    clock = Ticking()
    kept = renewable(files, clock)
    first = kept.current()
    files.show("renewed")

    assert kept.current() is first
    clock.seconds = 10
    assert "cn=renewed" in name_shown(kept.current(), files)


def test_unchanged_files_keep_the_context(files: Files) -> None:
    clock = Ticking()
    kept = renewable(files, clock)
    first = kept.current()
    clock.seconds = 10

    assert kept.current() is first


def test_half_written_files_leave_the_former_context_in_service(files: Files) -> None:
    clock = Ticking()
    kept = renewable(files, clock)
    first = kept.current()
    files.pair.certificate.write_text("-----BEGIN")
    clock.seconds = 10

    assert kept.current() is first
    assert "server.pem" in kept.fault
    files.show()
    clock.seconds = 20
    assert kept.current() is not first
    assert kept.fault == ""


def test_new_revocation_list_counts_from_the_next_connection_on(files: Files) -> None:
    clock, client = Ticking(), certify(files.root)
    files.write(client, files.client_pair)
    trust = Trust(files.trust.authorities, files.folder / "crl.pem")
    assert trust.crl is not None
    trust.crl.write_bytes(revocation_list(files.root))
    kept = Renewable(lambda: contexts.relay(files.pair, trust), [trust.crl], clock)
    handshake(kept.current(), files.client())
    trust.crl.write_bytes(revocation_list(files.root, client))
    clock.seconds = 10

    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(kept.current(), files.client())


def no_certificate(files: Files) -> None:
    files.pair.certificate.unlink()


def other_key(files: Files) -> None:
    files.pair.key.write_bytes(certify(files.root).key_pem)


def not_pem(files: Files) -> None:
    files.pair.certificate.write_text("pas un certificat")


def locked_key(files: Files) -> None:
    encryption = serialization.BestAvailableEncryption(b"secret")
    form = serialization.PrivateFormat.PKCS8
    key = certify(files.root).key.private_bytes(serialization.Encoding.PEM, form, encryption)
    files.pair.key.write_bytes(key)


@pytest.mark.parametrize("harm", [no_certificate, other_key, not_pem, locked_key])
def test_files_that_cannot_be_used_are_told_by_name(files: Files, harm: Callable[[Files], None]) -> None:
    harm(files)

    with pytest.raises(ConfigurationError, match=r"server\.pem with the key .*server\.key cannot be used"):
        contexts.submission(files.pair)


@pytest.mark.parametrize("content", [None, b"", b"pas un certificat"])
def test_authorities_that_cannot_be_read_are_told_by_name(files: Files, content: bytes | None) -> None:
    files.trust.authorities.unlink()
    if content is not None:
        files.trust.authorities.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"authorities file .*ca\.pem cannot be used"):
        contexts.relay(files.pair, files.trust)
