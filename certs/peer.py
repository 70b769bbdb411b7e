"""Who holds the client certificate of a connection, and whether that holder may send for a domain.

The handshake has already checked chain, dates, revocation and purpose (`certs.contexts.relay`). What OpenSSL
lets through and we do not is refused here: an authority's own certificate used as a client's, and names
that hold invisible characters.
"""

import hashlib
import ssl
from functools import lru_cache
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.domain.directory import DistinguishedName, PeerIdentity, TrustedDomain
from gateway.domain.errors import InvalidValue, PliError

# A peer opens many connections with one certificate: reading it costs 100 times a look-up here.
_REMEMBERED = 4_096


class PeerRefused(PliError):
    """A certificate passed the handshake but is not one that identifies a client."""

    code = "PLI-502"


class TrustedDomains(Protocol):
    """Where the holders bound to a domain are looked up; `gateway.ports.directory.Directory` is one."""

    def domain(self, name: str) -> TrustedDomain | None:
        """Find a white-listed domain."""
        ...


def peer_identity(connection: ssl.SSLObject | ssl.SSLSocket) -> PeerIdentity | None:
    """Say who the peer of a finished handshake is; None when it showed no certificate.

    Raises:
        PeerRefused: its certificate is an authority's, or is not for clients, or its name cannot be trusted.
    """
    der = connection.getpeercert(binary_form=True)
    return identity_of(der) if der else None


def server_identity(connection: ssl.SSLObject | ssl.SSLSocket) -> PeerIdentity | None:
    """Say who the server of a finished handshake is, when we are the client: another operator's relay.

    Raises:
        PeerRefused: its certificate is an authority's, or is not for servers, or its name cannot be trusted.
    """
    der = connection.getpeercert(binary_form=True)
    return identity_of(der, ExtendedKeyUsageOID.SERVER_AUTH) if der else None


def bound(peer: PeerIdentity, domain: str, whitelist: TrustedDomains) -> bool:
    """Say whether the white list binds this holder to the domain (STD §1.2).

    Raises:
        DirectoryUnavailable: there is no usable white list; the answer is not known.
    """
    found = whitelist.domain(domain)
    return found is not None and found.binds(peer.dn)


def spki_sha256(certificate: x509.Certificate) -> bytes:
    """Give the digest by which a certificate's key is bound to a local mailbox."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(key).digest()


@lru_cache(maxsize=_REMEMBERED)
def identity_of(der: bytes, use: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH) -> PeerIdentity:
    """Read the holder of a certificate that must be good for `use`. Raises `PeerRefused`."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        _refuse_other_uses(certificate.extensions, use)
        return PeerIdentity(
            dn=name_of(certificate.subject),
            spki_sha256=spki_sha256(certificate),
            serial=certificate.serial_number,
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
        )
    except InvalidValue as error:
        raise PeerRefused(f"the peer's certificate is refused: {error}") from error
    except (ValueError, x509.DuplicateExtension) as error:
        raise PeerRefused("the peer's certificate is refused: it cannot be read") from error


def name_of(name: x509.Name) -> DistinguishedName:
    """Give a certificate's name in the form that names are compared in. Raises `InvalidValue`."""
    return DistinguishedName.of(
        [(part.oid.dotted_string, _text(part.value)) for part in rdn] for rdn in name.rdns
    )


def _text(value: str | bytes) -> str:
    if isinstance(value, bytes):  # a bit string, which no name of an operator is
        raise InvalidValue("its name holds an attribute that is no text")
    return value


def _refuse_other_uses(extensions: x509.Extensions, use: x509.ObjectIdentifier) -> None:
    for extension in extensions:
        if isinstance(extension.value, x509.BasicConstraints) and extension.value.ca:
            raise InvalidValue("it is an authority's")
        if (
            isinstance(extension.value, x509.ExtendedKeyUsage)
            and use not in extension.value
        ):
            raise InvalidValue(f"it is not for {'clients' if use == ExtendedKeyUsageOID.CLIENT_AUTH else 'servers'}")
