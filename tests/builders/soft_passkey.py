"""A device that makes passkeys and answers with them, in software: what a browser would send (WebAuthn §7)."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes

_PRESENT, _VERIFIED, _NEW = 0x01, 0x04, 0x40


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


@dataclass
class SoftPasskey:
    """One passkey of one site; `counter` goes up with each answer unless it is 0 for good."""

    origin: str = "https://pli.example"
    site: str = "pli.example"
    counts: bool = True
    verifies: bool = True
    counter: int = 0
    user: bytes = b""
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, options: str) -> str:
        """Answer a request for a new one."""
        asked = json.loads(options)
        self.user = base64url_to_bytes(asked["user"]["id"])
        body = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + self._public_key()
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(_NEW) + body}
        client = self._client("webauthn.create", asked["challenge"])
        return self._written({"clientDataJSON": _text(client), "attestationObject": _text(cbor2.dumps(attested))})

    def answered(self, options: str) -> str:
        """Answer a request to sign in."""
        self.counter += self.counts
        client, data = self._client("webauthn.get", json.loads(options)["challenge"]), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._written(
            {
                "clientDataJSON": _text(client),
                "authenticatorData": _text(data),
                "signature": _text(signature),
                "userHandle": _text(self.user),
            }
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        octets = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        return bytes(octets)

    def _written(self, response: dict[str, str]) -> str:
        name = _text(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
