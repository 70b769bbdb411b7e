"""Certificates right in everything but what a test names; dates are fixed and far apart."""

import datetime as dt
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

LONG_AGO, BEFORE, LATER, FAR = (dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (2020, 2021, 2098, 2099))
CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Holder:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def subject(
    common_name: str = "smtps1.lilas.example", *more: tuple[ObjectIdentifier, str], organisation: str | None = None
) -> x509.Name:
    attributes = [
        (NameOID.COUNTRY_NAME, "FR"), (NameOID.STATE_OR_PROVINCE_NAME, "Paris (75)"),
        (NameOID.ORGANIZATION_NAME, organisation or "Laboratoire des Lilas"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "318003502400041"), (NameOID.COMMON_NAME, common_name), *more,
    ]  # fmt: skip
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def usage(*allowed: str) -> x509.KeyUsage:
    kinds = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{kind: kind in allowed for kind in kinds})


def certify(
    issuer: Holder | None,
    name: x509.Name | None = None,
    *,
    key: Key | None = None,
    start: dt.datetime = LONG_AGO,
    end: dt.datetime = FAR,
    ca: bool = False,
    path_length: int | None = None,
    uses: tuple[ObjectIdentifier, ...] | None = CLIENT,
    allowed: tuple[str, ...] = ("digital_signature",),
    host: str = "",
    more: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> Holder:
    """Issue a certificate, right in everything that is not named."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = subject() if name is None else name
    signer = issuer.key if issuer else key
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca, path_length), True),
        (usage("key_cert_sign", "crl_sign") if ca and allowed == ("digital_signature",) else usage(*allowed), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
        *more,
    ]
    if host:
        extensions.append((x509.SubjectAlternativeName([x509.DNSName(host)]), False))
    if uses and not ca:
        extensions.append((x509.ExtendedKeyUsage(uses), False))
    issuer_name = issuer.certificate.subject if issuer else name
    builder = x509.CertificateBuilder(
        issuer_name, name, key.public_key(), x509.random_serial_number(), start, end
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return Holder(builder.sign(signer, hashes.SHA256()), key)


def authority(name: str, issuer: Holder | None = None, **changes: object) -> Holder:
    changes = {"ca": True, "uses": None} | changes
    common_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return certify(issuer, common_name, **changes)  # type: ignore[arg-type]  # `certify` has the types


def revocation_list(issuer: Holder, *revoked: Holder, until: dt.datetime = FAR) -> bytes:
    """Make an issuer's list of revoked certificates, as PEM."""
    entries = [
        x509.RevokedCertificateBuilder(holder.certificate.serial_number, BEFORE).build() for holder in revoked
    ]
    return (
        x509.CertificateRevocationListBuilder(
            issuer.certificate.subject, LONG_AGO, until, revoked_certificates=entries
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
        .add_extension(x509.CRLNumber(1), False)
        .sign(issuer.key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def pem(*holders: Holder) -> bytes:
    """Write a chain as PEM."""
    return b"".join(holder.certificate.public_bytes(serialization.Encoding.PEM) for holder in holders)


class Ends(NamedTuple):
    """Both ends of a finished handshake."""

    server: ssl.SSLObject
    client: ssl.SSLObject


def handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> Ends:
    """Shake hands over memory; raises what either end raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = Ends(
        server.wrap_bio(to_server, to_client, server_side=True),
        client.wrap_bio(to_client, to_server, server_hostname="localhost"),
    )
    for _ in range(10):
        with suppress(ssl.SSLWantReadError):
            ends.client.do_handshake()
        with suppress(ssl.SSLWantReadError):
            ends.server.do_handshake()  # last: its verdict on the client is what ends a handshake
            return ends
    raise AssertionError("the handshake does not end")
