"""How chosen passwords are kept: argon2id. Both functions take tens of milliseconds: call them in `Store.aside`."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = b"$argon2id$v=19$m=19456,t=2,p=1$j0GxasQKX3T2nRJoLU2Vzw$QHVediwQsAHSjBt9WULCm69Pt+edhTBU10Lju4+FP0E"
"""Hash of a random password that was thrown away: an unknown identifier costs the same work as a known one."""


def hashed(password: str) -> bytes:
    """Hash a password, with a salt of its own."""
    return _HASHER.hash(password).encode()


def is_right(password: str, kept: bytes) -> bool:
    """Say whether a password is the one that was hashed."""
    try:
        return _HASHER.verify(kept.decode(), password)
    except (VerificationError, InvalidHashError):
        return False
