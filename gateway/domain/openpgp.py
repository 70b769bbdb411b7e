"""A person's public OpenPGP key, as it was read, or why it cannot be used. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

MAX_KEY = 48 * 1024
"""Octets of a file with a key: a key with photographs and hundreds of signatures is not taken."""


class KeyFault(Enum):
    """Why a file with a key cannot be used."""

    NO_PROGRAM = "no-program"
    """gpg is not installed, or does not answer."""
    TOO_LARGE = "too-large"
    NO_KEY = "no-key"
    SEVERAL = "several"
    PRIVATE = "private"
    """It holds a private key, which nobody should send to anybody."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    SIGNS_ONLY = "signs-only"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OpenPgpKey:
    """A key that can be encrypted to.

    Attributes:
        data: the key as it was given.
        fingerprint: in full, 40 or 64 hexadecimal digits, upper case.
        people: whom it names, by its own words.
        expires: the last day on which it is good; None for ever.
    """

    data: bytes
    fingerprint: str
    people: tuple[str, ...]
    expires: date | None

    def __repr__(self) -> str:
        """Hide whose it is."""
        return f"OpenPgpKey({self.fingerprint})"


def spaced(fingerprint: str) -> str:
    """Write a fingerprint in groups of four, as it is compared."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
