"""Bad client certificates are refused by the relay listener, good ones accepted (STD §1.2).

Each case is a real handshake of the relay's own context, over memory, followed by the checks that a session
makes. Each bad one differs from a good one in a single thing, and is refused for that thing.
"""

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from certs import contexts
from certs.authority import Authority, Subject
from certs.peer import PeerRefused, bound, identity_of, peer_identity, spki_sha256
from gateway.domain.directory import DistinguishedName, TrustedDomain
from tests.builders.certificates import (
    BEFORE,
    LATER,
    LONG_AGO,
    Holder,
    authority,
    certify,
    handshake,
    pem,
    revocation_list,
    subject,
)

LISTED = "CN=smtps1.lilas.example,OU=318003502400041,O=Laboratoire des Lilas,ST=Paris (75),C=FR"


class OneDomain:
    """A white list of one domain, bound to one holder."""

    def domain(self, name: str) -> TrustedDomain | None:
        if name != "lilas.example":
            return None
        return TrustedDomain(name, frozenset({DistinguishedName.parse(LISTED)}))


class World:
    """Authorities and keys, made once for all cases."""

    @cached_property
    def root(self) -> Holder:
        return authority("Root")

    @cached_property
    def middle(self) -> Holder:
        return authority("Middle", self.root, path_length=0)

    @cached_property
    def rsa_1024(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 1024)

    @cached_property
    def rsa_middle(self) -> Holder:
        return authority("Middle", self.root, key=self.rsa_2048)

    @cached_property
    def leaf(self) -> Holder:
        return certify(self.root)

    @cached_property
    def rsa_2048(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    def by_middle(self, **changes: object) -> list[Holder]:
        """Give a leaf under an intermediate authority that differs from a right one by `changes`."""
        middle = authority("Middle", self.root, **changes)
        return [certify(middle), middle]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


Make = Callable[[World], list[Holder]]


def uses(*purposes: ObjectIdentifier) -> Make:
    return lambda w: [certify(w.root, uses=purposes)]


def named(name: x509.Name) -> Make:
    return lambda w: [certify(w.root, name)]


def tampered(find: bytes, put: bytes) -> Make:
    """Show a certificate in which octets were replaced after it was signed."""

    def make(w: World) -> list[Holder]:
        assert find in w.leaf.der
        return [Holder(x509.load_der_x509_certificate(w.leaf.der.replace(find, put)), w.leaf.key)]

    return make


def broken_signature(w: World) -> list[Holder]:
    der = w.leaf.der[:-1] + bytes([w.leaf.der[-1] ^ 1])
    return [Holder(x509.load_der_x509_certificate(der), w.leaf.key)]


def with_sha1(leaf: Holder, issuer: Holder) -> Holder:
    """Sign a leaf of an RSA issuer again with SHA-1, which the library rightly refuses to do."""
    assert isinstance(issuer.key, rsa.RSAPrivateKey)
    strong, weak = (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01" + end for end in (b"\x0b", b"\x05"))
    signed = leaf.certificate.tbs_certificate_bytes.replace(strong, weak)
    digest = bytes.fromhex("3021300906052b0e03021a05000414") + hashlib.sha1(signed).digest()
    numbers = issuer.key.private_numbers()
    padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest
    signature = pow(int.from_bytes(padded), numbers.d, numbers.public_numbers.n).to_bytes(256)
    der = leaf.der.replace(leaf.certificate.tbs_certificate_bytes, signed).replace(strong, weak)
    return Holder(x509.load_der_x509_certificate(der.replace(leaf.certificate.signature, signature)), leaf.key)


def only_names(w: World, permitted: str) -> list[Holder]:
    tree = x509.NameConstraints([x509.DirectoryName(subject(organisation=permitted))], None)
    return w.by_middle(more=((tree, True),))


def two_deep(w: World) -> list[Holder]:
    below = authority("Below", w.middle)
    return [certify(below), below, w.middle]


def grouped(name: x509.Name) -> x509.Name:
    """Put the last two attributes into one multi-valued RDN."""
    return x509.Name([*name.rdns[:-2], x509.RelativeDistinguishedName([*name.rdns[-1], *name.rdns[-2]])])


UNKNOWN = x509.UnrecognizedExtension(ObjectIdentifier("1.2.250.1.999.1"), b"\x05\x00")
BOUND_ELSEWHERE = x509.SubjectAlternativeName([x509.DNSName("lilas.example"), x509.DNSName("smtps1.lilas.example")])
BOTH = ("digital_signature", "key_cert_sign")
NOT_BOUND = "not bound to the domain"
PURPOSE = "unsuitable certificate purpose"
INVISIBLE = "control or invisible characters"

# What is wrong, how the refusal reads, and the chain that is shown.
BAD: list[tuple[str, str, Make]] = [
    ("expired", "has expired", lambda w: [certify(w.root, end=BEFORE)]),
    ("not yet valid", "not yet valid", lambda w: [certify(w.root, start=LATER)]),
    ("other authority", "issuer certificate", lambda _: [certify(authority("Other"))]),
    ("other authority of the same name", "issuer certificate", lambda _: [certify(authority("Root"))]),
    ("other authority, sent along", "self-signed", lambda _: [certify(o := authority("Other")), o]),
    ("self-signed", "self-signed", lambda _: [certify(None)]),
    ("signed by another holder", "invalid CA", lambda w: [certify(w.leaf, subject("b.example")), w.leaf]),
    ("signature altered", "signature failure", broken_signature),
    ("name altered after signing", "signature failure", tampered(b"smtps1", b"smtps2")),
    ("date altered after signing", "signature failure", tampered(b"200101000000Z", b"190101000000Z")),
    ("signed with SHA-1", "digest algorithm too weak",
     lambda w: [with_sha1(certify(w.rsa_middle), w.rsa_middle), w.rsa_middle]),
    ("RSA key of 1024 bits", "key too weak", lambda w: [certify(w.root, key=w.rsa_1024)]),
    ("for servers only", PURPOSE, uses(ExtendedKeyUsageOID.SERVER_AUTH)),
    ("for mail signatures only", PURPOSE, uses(ExtendedKeyUsageOID.EMAIL_PROTECTION)),
    ("for code only", PURPOSE, uses(ExtendedKeyUsageOID.CODE_SIGNING)),
    ("for any use, clients not named", PURPOSE, uses(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)),
    ("key for encipherment only", PURPOSE, lambda w: [certify(w.root, allowed=("key_encipherment",))]),
    ("key for signing certificates", "keyCertSign", lambda w: [certify(w.root, allowed=BOTH)]),
    ("unknown critical extension", "critical extension", lambda w: [certify(w.root, more=((UNKNOWN, True),))]),
    ("intermediate not sent", "issuer certificate", lambda w: [certify(w.middle)]),
    ("intermediate expired", "has expired", lambda w: w.by_middle(end=BEFORE)),
    ("intermediate is no authority", "invalid CA", lambda w: w.by_middle(ca=False)),
    ("intermediate may not sign", "invalid CA", lambda w: w.by_middle(allowed=("crl_sign",))),
    ("intermediate for other names", "subtree violation", lambda w: only_names(w, "Laboratoire des Roses")),
    ("one authority too deep", "path length", two_deep),
    ("an authority's own", "it is an authority's", lambda w: [authority("Middle", w.root, allowed=BOTH)]),
    ("no name", "name empty", named(x509.Name([]))),
    ("NUL in the name", INVISIBLE, named(subject("smtps1.lilas.example\x00.evil.example"))),
    ("line feed in the name", INVISIBLE, named(subject("smtps1.lilas.example\n"))),
    ("direction mark in the name", INVISIBLE, named(subject("smtps1.lilas.example\u202e"))),
    ("invisible letter in the name", INVISIBLE, named(subject("smtps1.lil\u200bas.example"))),
    ("name of another operator", NOT_BOUND, named(subject("smtps1.roses.example"))),
    ("letter that looks the same", NOT_BOUND, named(subject("smtps1.lil\u0430s.example"))),
    ("one attribute more", NOT_BOUND, named(subject("smtps1.lilas.example", (NameOID.LOCALITY_NAME, "Paris")))),
    ("two common names", NOT_BOUND, named(subject("smtps1.lilas.example", (NameOID.COMMON_NAME, "autre")))),
    ("attributes inside one value", NOT_BOUND, named(subject("smtps1.lilas.example,OU=318003502400041"))),
    ("attributes grouped otherwise", NOT_BOUND, named(grouped(subject()))),
    ("bound name in the alternative names only", NOT_BOUND,
     lambda w: [certify(w.root, subject("autre.example"), more=((BOUND_ELSEWHERE, False),))]),
]  # fmt: skip

GOOD: dict[str, Make] = {
    "P-256": lambda w: [w.leaf],
    "P-384": lambda w: [certify(w.root, key=ec.generate_private_key(ec.SECP384R1()))],
    "RSA of 2048 bits": lambda w: [certify(w.root, key=w.rsa_2048)],
    "below an intermediate": lambda w: [certify(w.middle), w.middle],
    "without extended use": lambda w: [certify(w.root, uses=None)],
    "for servers and clients": uses(ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    "name in other case and spacing": named(subject("SMTPS1.Lilas.Example", organisation="LABORATOIRE  des  Lilas")),
    "intermediate for these names": lambda w: only_names(w, "Laboratoire des Lilas"),
    "unknown extension that is not critical": lambda w: [certify(w.root, more=((UNKNOWN, False),))],
}


@dataclass
class Relay:
    """The relay's context, in a folder of its own, trusting the world's root."""

    world: World
    folder: Path

    def context(self, crl: bytes | None = None) -> ssl.SSLContext:
        server = certify(self.world.root, subject("localhost"), uses=(ExtendedKeyUsageOID.SERVER_AUTH,))
        authorities = self.file("authorities.pem", pem(self.world.root))
        trust = contexts.Trust(authorities, self.file("crl.pem", crl) if crl else None)
        return contexts.relay(contexts.KeyPair(self.file("server.pem", pem(server)), self.key(server)), trust)

    def client(self, chain: list[Holder]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")  # shows whatever it is given
        if chain:
            context.load_cert_chain(self.file("client.pem", pem(*chain)), self.key(chain[0]))
        return context

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def key(self, holder: Holder) -> Path:
        return self.file(f"{holder.certificate.serial_number}.key", holder.key_pem)

    def refusal(self, chain: list[Holder], crl: bytes | None = None) -> str:
        """Say why a client that shows `chain` is refused; empty when it is accepted."""
        try:
            peer = peer_identity(handshake(self.context(crl), self.client(chain)).server)
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        except (ssl.SSLError, PeerRefused) as error:
            return str(error)
        assert peer is not None
        return "" if bound(peer, "lilas.example", OneDomain()) else NOT_BOUND


@pytest.fixture
def relay(world: World, tmp_path: Path) -> Relay:
    return Relay(world, tmp_path)


def test_there_are_enough_cases() -> None:
    assert len(BAD) >= 30
    assert len(GOOD) >= 6


@pytest.mark.parametrize(("reason", "make"), [pytest.param(*case, id=name) for name, *case in BAD])
def test_bad_certificate_is_refused_for_what_is_wrong(relay: Relay, reason: str, make: Make) -> None:
    assert reason in relay.refusal(make(relay.world))


@pytest.mark.parametrize("case", GOOD)
def test_good_certificate_is_accepted(relay: Relay, case: str) -> None:
    assert relay.refusal(GOOD[case](relay.world)) == ""


def test_revoked_certificate_is_refused_and_its_neighbour_is_not(relay: Relay) -> None:
    revoked = certify(relay.world.root)
    crl = revocation_list(relay.world.root, revoked)

    assert relay.refusal([revoked]) == ""
    assert "revoked" in relay.refusal([revoked], crl)
    assert relay.refusal([relay.world.leaf], crl) == ""


def test_expired_revocation_list_refuses_everybody(relay: Relay) -> None:
    crl = revocation_list(relay.world.root, until=BEFORE)

    assert "CRL has expired" in relay.refusal([relay.world.leaf], crl)


def test_revocation_list_of_another_authority_refuses_everybody(relay: Relay) -> None:
    crl = revocation_list(authority("Root"))

    assert "CRL" in relay.refusal([relay.world.leaf], crl)


def test_leaf_whose_issuer_has_no_revocation_list_is_refused(relay: Relay) -> None:
    crl = revocation_list(relay.world.root)

    assert "CRL" in relay.refusal([certify(relay.world.middle), relay.world.middle], crl)


def test_certificate_is_bound_to_its_own_domain_only(relay: Relay) -> None:
    assert not bound(identity_of(relay.world.leaf.der), "roses.example", OneDomain())


def test_client_that_shows_no_certificate_is_nobody(relay: Relay) -> None:
    # The handshake goes on, so that SMTP can tell it what is missing.
    assert peer_identity(handshake(relay.context(), relay.client([])).server) is None


def test_octets_that_are_no_certificate_identify_nobody() -> None:
    with pytest.raises(PeerRefused, match="cannot be read"):
        identity_of(b"0\x00")


def test_purpose_is_checked_whatever_the_handshake_let_through(relay: Relay) -> None:
    der = certify(relay.world.root, uses=(ExtendedKeyUsageOID.SERVER_AUTH,)).der

    with pytest.raises(PeerRefused, match="not for clients"):
        identity_of(der)


def test_name_with_an_attribute_that_is_no_text_is_refused(relay: Relay) -> None:
    bits = x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, b"\x00\x01", x509.name._ASN1Type.BitString)

    with pytest.raises(PeerRefused, match="no text"):
        identity_of(certify(relay.world.root, x509.Name([*subject(), bits])).der)


def test_identity_says_what_the_certificate_says(relay: Relay) -> None:
    leaf = relay.world.leaf
    peer = identity_of(leaf.der)

    assert peer.dn == DistinguishedName.parse(LISTED)
    assert peer.serial == leaf.certificate.serial_number
    assert peer.spki_sha256 == spki_sha256(leaf.certificate)
    assert peer.not_before == LONG_AGO


def test_identity_outlives_its_certificate_by_nothing(relay: Relay) -> None:
    peer = identity_of(certify(relay.world.root, start=BEFORE, end=LATER).der)
    second = timedelta(seconds=1)

    assert peer.valid_at(BEFORE)
    assert peer.valid_at(LATER)
    assert not peer.valid_at(BEFORE - second)
    assert not peer.valid_at(LATER + second)


def test_renewed_certificate_of_one_key_has_the_same_binding(relay: Relay) -> None:
    renewed = certify(relay.world.root, subject("autre.example"), key=relay.world.leaf.key)

    assert identity_of(renewed.der).spki_sha256 == identity_of(relay.world.leaf.der).spki_sha256


def test_certificate_of_the_development_authority_is_accepted(relay: Relay, tmp_path: Path) -> None:
    development = Authority.create(tmp_path, BEFORE, validity=LATER - BEFORE)
    relay.world = World()
    relay.world.root = Holder(development.certificate, development.key)
    holder = Subject(
        common_name="smtps1.lilas.example",
        unit="318003502400041",
        organisation="Laboratoire des Lilas",
        state="Paris (75)",
    )
    issued = development.issue_client(holder, BEFORE, LATER - BEFORE)
    crl = development.revocation_list([1], BEFORE, LATER - BEFORE)

    assert relay.refusal([Holder(issued.certificate, issued.key)], crl) == ""
