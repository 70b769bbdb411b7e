"""The operator's signature over an archive: Ed25519 (RFC 8032), so that anybody tells an altered one.

The key is derived from the operator's index key, so it is as durable as the store, in every process of it the same,
and nowhere written. Its public half stands in each archive.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from gateway.ports.store import Store

_PURPOSE, _FIRST_KEY = "archive-signing-key", b"1"


def signing_key(store: Store) -> Ed25519PrivateKey:
    """Give the operator's key for archives."""
    return Ed25519PrivateKey.from_private_bytes(store.digest(_PURPOSE, _FIRST_KEY))


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Write a public key as a file (SubjectPublicKeyInfo, PEM)."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_key_of(pem: bytes) -> Ed25519PublicKey | None:
    """Read a public key; None for what is none of this kind."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """Name a key by the SHA-256 of its raw octets, in groups of four digits."""
    digits = hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def is_signed_by(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Say whether a signature is of this key."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
