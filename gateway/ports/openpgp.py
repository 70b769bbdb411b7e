"""Encryption to people's OpenPGP keys."""

from collections.abc import Callable, Iterator
from typing import Protocol

from gateway.domain.openpgp import KeyFault, OpenPgpKey


class OpenPgp(Protocol):
    """Reads public keys and encrypts to them, one after another, and keeps nobody waiting who does anything else."""

    async def read_key(self, data: bytes) -> OpenPgpKey | KeyFault:
        """Read the one key of a file, or say why it cannot be used now."""
        ...

    async def encrypt(
        self, key: bytes, fingerprint: str, pieces: Iterator[bytes], take: Callable[[bytes], None]
    ) -> None:
        """Encrypt octets as they come, and hand over what comes of them; memory does not grow with them.

        Both are called in another thread, one at a time.

        Raises:
            EncryptionFailed: the key is not good any more, or the program fails; what was handed over is worth nothing.
        """
        ...
