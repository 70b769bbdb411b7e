"""A receiver of SMART Health Links, written from the specification alone (HL7 SHL STU1), with none of Pli's code.

It decodes the link, asks for the manifest, takes the file embedded or from its location, decrypts and inflates it.
"""

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def unpadded(text: str) -> bytes:
    """Decode base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class ScannedLink:
    """What stands in a link."""

    url: str
    key: bytes
    flag: str
    exp: int
    label: str


def scanned(text: str) -> ScannedLink:
    """Read a link, bare or behind the address of a viewer."""
    payload = json.loads(unpadded(text.partition("shlink:/")[2]))
    assert payload["v"] == 1
    assert len(payload["url"]) <= 128
    assert len(payload["key"]) == 43
    assert len(payload["label"]) <= 80
    return ScannedLink(payload["url"], unpadded(payload["key"]), payload["flag"], payload["exp"], payload["label"])


@dataclass
class Receiver:
    """A program that receives; `base` stands in the place of the origin that links name."""

    session: ClientSession
    base: str
    origin: str

    def _at(self, url: str) -> str:
        assert url.startswith(self.origin)
        return self.base + url.removeprefix(self.origin)

    async def manifest(self, link: ScannedLink, **asked: object) -> tuple[int, dict[str, Any]]:
        """Ask for the manifest; give the status and the answer."""
        async with self.session.post(self._at(link.url), json=asked) as answer:
            assert answer.content_type == "application/json"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            return answer.status, json.loads(await answer.text())

    async def file(self, entry: dict[str, Any]) -> str:
        """Take a file of a manifest."""
        if "embedded" in entry:
            return str(entry["embedded"])
        async with self.session.get(self._at(entry["location"])) as answer:
            assert (answer.status, answer.content_type) == (200, "application/jose")
            return await answer.text()

    async def status(self, url: str) -> int:
        """Ask for an address; give the status alone."""
        async with self.session.get(self._at(url)) as answer:
            return answer.status


def opened(jwe: str, key: bytes) -> dict[str, Any]:
    """Decrypt a compact JWE (RFC 7516 §7.1), ``dir`` and A256GCM, and inflate it (RFC 1951)."""
    head, encrypted_key, nonce, text, tag = jwe.split(".")
    header = json.loads(unpadded(head))
    assert (header["alg"], header["enc"], header["cty"]) == ("dir", "A256GCM", "application/fhir+json")
    assert encrypted_key == ""
    plain = AESGCM(key).decrypt(unpadded(nonce), unpadded(text) + unpadded(tag), head.encode())
    if header.get("zip") == "DEF":
        plain = zlib.decompress(plain, wbits=-zlib.MAX_WBITS)
    found: dict[str, Any] = json.loads(plain)
    return found
