"""A certificate authority of our own, for development, the demo and a laboratory without certificates.

Not for operators between themselves: those hold certificates of the national authority (STD §1.2). Keys are
P-256, written with mode 0600; no file is ever overwritten.
"""

import ipaddress
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.domain.errors import ConfigurationError

CERTIFICATE_FILE, KEY_FILE = "ca.pem", "ca.key"
AUTHORITY_VALIDITY = timedelta(days=3_650)
LEAF_VALIDITY = timedelta(days=397)
CRL_VALIDITY = timedelta(days=30)

# A clock that is a little behind must not find a new certificate "not yet valid".
_HEAD_START = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The attributes of a holder's name, as operators' certificates have them (STD §1.3); empty ones are left out."""

    common_name: str
    unit: str = ""
    organisation: str = ""
    state: str = ""
    country: str = "FR"

    @property
    def name(self) -> x509.Name:
        """Give it as a certificate holds it, the most general attribute first."""
        attributes = (
            (NameOID.COUNTRY_NAME, self.country),
            (NameOID.STATE_OR_PROVINCE_NAME, self.state),
            (NameOID.ORGANIZATION_NAME, self.organisation),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, self.unit),
            (NameOID.COMMON_NAME, self.common_name),
        )
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes if value])


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def save(self, certificate_file: Path, key_file: Path) -> None:
        """Write both as PEM, the key readable by its owner only.

        Raises:
            ConfigurationError: a file exists (nothing is overwritten) or cannot be written.
        """
        pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write_new(key_file, key, 0o600)
        try:
            _write_new(certificate_file, pem, 0o644)
        except ConfigurationError:
            with suppress(OSError):
                key_file.unlink()  # half a pair would stand in the way of the next try
            raise


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority that signs certificates directly, without intermediates."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def create(
        cls, folder: Path, now: datetime, validity: timedelta = AUTHORITY_VALIDITY,
        name: str = "Pli development authority",
    ) -> "Authority":  # fmt: skip
        """Make a new authority and write its files into `folder`. Raises `ConfigurationError`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = Subject(common_name=name, organisation="Pli").name
        certificate = (
            _builder(subject, subject, key.public_key(), key.public_key(), now, validity)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        Issued(certificate, key).save(folder / CERTIFICATE_FILE, folder / KEY_FILE)
        return cls(certificate, key)

    @classmethod
    def load(cls, folder: Path) -> "Authority":
        """Read an authority from its files. Raises `ConfigurationError`."""
        try:
            certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE_FILE).read_bytes())
            key = serialization.load_pem_private_key((folder / KEY_FILE).read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"no authority can be read from {folder}: {CERTIFICATE_FILE} and {KEY_FILE} are needed; "
                "« pli init » makes them"
            ) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ConfigurationError(f"{KEY_FILE} in {folder} is not the key of {CERTIFICATE_FILE}")
        return cls(certificate, key)

    def issue_server(self, names: Iterable[str], now: datetime, validity: timedelta = LEAF_VALIDITY) -> Issued:
        """Certify a new key for a server of these host names and IP addresses, at least one."""
        alternatives = [_general_name(name) for name in names]
        return self._issue(
            Subject(common_name=str(alternatives[0].value), organisation="Pli").name,
            ExtendedKeyUsageOID.SERVER_AUTH, alternatives, now, validity,
        )  # fmt: skip

    def issue_client(self, subject: Subject, now: datetime, validity: timedelta = LEAF_VALIDITY) -> Issued:
        """Certify a new key for a client: a laboratory, another operator, a professional."""
        return self._issue(subject.name, ExtendedKeyUsageOID.CLIENT_AUTH, [], now, validity)

    def revocation_list(
        self, serials: Iterable[int], now: datetime, validity: timedelta = CRL_VALIDITY
    ) -> bytes:
        """Make the signed list of revoked serial numbers, as PEM, ready for `certs.contexts.Trust.crl`."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - _HEAD_START)
            .next_update(now + validity)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(_authority_key(self.key.public_key()), critical=False)
        )
        for serial in serials:
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
            builder = builder.add_revoked_certificate(revoked)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def _issue(
        self, subject: x509.Name, use: x509.ObjectIdentifier, alternatives: Sequence[x509.GeneralName],
        now: datetime, validity: timedelta,
    ) -> Issued:  # fmt: skip
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(subject, self.certificate.subject, key.public_key(), self.key.public_key(), now, validity)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        )
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return Issued(builder.sign(self.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePublicKey,
    now: datetime, validity: timedelta,
) -> x509.CertificateBuilder:  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _HEAD_START)
        .not_valid_after(now + validity)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(_authority_key(signer), critical=False)
    )


def _authority_key(signer: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(signer)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _general_name(name: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with open(handle, "wb") as out:  # noqa: PTH123 - a descriptor, not a path
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError as error:
        raise ConfigurationError(f"{path} exists and is never overwritten; move it away first") from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}); check space and rights") from error
