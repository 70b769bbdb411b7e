"""A patient's space, sign-ins, single-use codes and sessions, as values; their rules are elsewhere."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.address import PatientAddress
from gateway.domain.identity import PatientIdentity
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Space:
    """A patient's space; e-mail and phone are for notices only and may be empty."""

    vault: VaultId
    address: PatientAddress
    identity: PatientIdentity
    state: SpaceState
    email: str = ""
    phone: str = ""
    card_serial: str = ""
    scheme: str = ""
    notified_at: datetime | None = None

    def __repr__(self) -> str:
        """Hide the person."""
        return f"Space({self.vault:x}, {self.state.value})"


class SecretKind(Enum):
    """How a sign-in's secret is kept: a keyed digest for 128-bit random ones, argon2id for chosen ones."""

    APP = "app"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """A sign-in: an app password of a professional's mailbox, or a patient's identifier and password."""

    login: str
    vault: VaultId
    kind: SecretKind
    secret: bytes

    def __repr__(self) -> str:
        """Hide the secret."""
        return f"Account({self.vault:x}, {self.kind.value})"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Code:
    """A single-use code: its keyed digest, its end and the tries left."""

    vault: VaultId
    purpose: str
    digest: bytes
    issued: datetime
    expires: datetime
    tries_left: int

    def __repr__(self) -> str:
        """Hide the digest."""
        return f"Code({self.vault:x}, {self.purpose})"


def digest_of(secret: str) -> bytes:
    """Give the digest by which a store knows a session; its secret is random, so no salt is needed."""
    # What a client sends in its place may be anything, also no text at all.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Session:
    """A signed-in browser (``web``) or an access token (``fhir``), found by the SHA-256 of its secret."""

    digest: bytes
    vault: VaultId
    kind: str
    created: datetime
    used: datetime
    expires: datetime

    def __repr__(self) -> str:
        """Hide the digest."""
        return f"Session({self.vault:x}, {self.kind})"
