"""Our own keys, so that nobody comes in with them: a certificate of ours opens doors elsewhere, never here."""

from collections.abc import Iterable
from pathlib import Path

from cryptography import x509

from certs.peer import PeerRefused, spki_sha256
from gateway.domain.directory import PeerIdentity
from gateway.domain.errors import ConfigurationError


class OwnKeys:
    """Knows the keys in our files, and those that were there before in this process.

    Attributes:
        files: our certificates.
    """

    def __init__(self, certificates: Iterable[Path]) -> None:
        self.files = tuple(certificates)
        self._known: frozenset[bytes] = frozenset()

    def read(self) -> None:
        """Read the files again; one that is missing holds no key.

        Raises:
            ConfigurationError: a file cannot be read.
        """
        self._known |= {spki_sha256(one) for file in self.files for one in _first_of(file)}

    def checked(self, peer: PeerIdentity | None) -> PeerIdentity | None:
        """Give the peer back.

        Raises:
            PeerRefused: it holds a key of ours.
        """
        if peer is not None and peer.spki_sha256 in self._known:
            raise PeerRefused("the peer's certificate is refused: its key is our own")
        return peer


def _first_of(file: Path) -> list[x509.Certificate]:
    """Give the holder's certificate; those that follow are authorities'."""
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())[:1]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read as PEM; check the path and the file") from error
