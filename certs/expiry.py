"""What expires soon among our certificates, authorities and revocation lists, for `pli doctor`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from gateway.domain.errors import ConfigurationError

_CRL = b"-----BEGIN X509 CRL-----"
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Expiring:
    """A certificate or revocation list and the instant from which it is refused."""

    path: Path
    is_crl: bool
    not_after: datetime

    def expired(self, now: datetime) -> bool:
        """Say whether that instant has passed."""
        return self.not_after <= now


def expiring(paths: Iterable[Path], now: datetime, within: timedelta) -> list[Expiring]:
    """List what expires within a delay or has expired, chains and bundles included, the most urgent first.

    Raises:
        ConfigurationError: a file cannot be read, or holds neither certificate nor revocation list.
    """
    found = [item for path in paths for item in _dates(path) if item.not_after <= now + within]
    return sorted(found, key=lambda item: item.not_after)


def _dates(path: Path) -> list[Expiring]:
    try:
        pem = path.read_bytes()
        dates = []
        if _CERTIFICATE in pem:
            certificates = x509.load_pem_x509_certificates(pem)
            dates += [Expiring(path, False, certificate.not_valid_after_utc) for certificate in certificates]
        for block in pem.split(_CRL)[1:]:
            crl = x509.load_pem_x509_crl(_CRL + block)
            if crl.next_update_utc:
                dates.append(Expiring(path, True, crl.next_update_utc))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read as PEM; check the path and the file") from error
    if not dates:
        raise ConfigurationError(f"{path} holds no certificate and no dated revocation list; check the path")
    return dates
