"""Certificates on the command line, of mailboxes and agents: issued into files, or read from a file of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs.authority import Authority, Subject
from certs.peer import PeerRefused, identity_of, spki_sha256
from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, PeerIdentity
from gateway.domain.errors import ConfigurationError, PliError


def issued_folder(settings: Settings) -> Path:
    """Give where issued certificates go unless somebody says otherwise: a folder of their owner's alone."""
    return settings.path("issued")


@contextmanager
def issued(
    settings: Settings, entry: DirectoryEntry, out: Path, delegate: str = ""
) -> Iterator[tuple[dict[str, str], CertificateBinding]]:
    """Issue a client certificate for a mailbox in the development authority; its files stay if the body succeeds.

    Files are named by the address. A `delegate` of the holder is named in it, and comes in to the console only.
    """
    subject = Subject(common_name=delegate or entry.address.domain, unit=entry.identifier, organisation=entry.name)
    with issued_to(settings, subject, str(entry.address).replace("@", "_"), out) as (files, certificate):
        end = certificate.not_valid_after_utc
        yield files, CertificateBinding(entry.address, spki_sha256(certificate), end, delegate)


@contextmanager
def issued_to(
    settings: Settings, subject: Subject, stem: str, out: Path
) -> Iterator[tuple[dict[str, str], x509.Certificate]]:
    """Issue a client certificate in the development authority; its files stay if the body succeeds.

    Files are named by `stem`, and by the key too where those exist: none is ever overwritten.
    """
    authority = Authority.load(settings.path(settings.tls.authorities).parent)
    made = authority.issue_client(subject, SystemClock().now())
    if (out / f"{stem}.pem").exists() or (out / f"{stem}.key").exists():
        stem = f"{stem}-{spki_sha256(made.certificate).hex()[:8]}"
    certificate_file, key_file = out / f"{stem}.pem", out / f"{stem}.key"
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be made ({error.strerror}): name another folder by --out") from error
    made.save(certificate_file, key_file)
    try:
        yield {"cert_file": str(certificate_file), "key_file": str(key_file)}, made.certificate
    except PliError:
        certificate_file.unlink()
        key_file.unlink()
        raise


def bindable(path: Path, address: MailAddress) -> CertificateBinding:
    """Read a certificate that can send for a mailbox. Raises `ConfigurationError`."""
    peer = bindable_peer(path)
    return CertificateBinding(address, peer.spki_sha256, peer.not_after)


def bindable_peer(path: Path) -> PeerIdentity:
    """Read a certificate that somebody can show. Raises `ConfigurationError`."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} is no PEM certificate: give the holder's, without its key") from error
    refused = f"{path} cannot be bound"
    try:
        peer = identity_of(certificate.public_bytes(Encoding.DER))
    except PeerRefused as error:
        raise ConfigurationError(f"{refused}: {error.__cause__}; give its own, with client authentication") from error
    if peer.not_after < SystemClock().now():
        raise ConfigurationError(f"{refused}: it ended on {peer.not_after:%Y-%m-%d}; ask for the renewed one")
    return peer
