"""Keys for what somebody typed and had not sent when their session ended: it comes back to them, and to nobody else.

A browser seals what is typed by a key that only pages of its holder's session bear; what it keeps is worth nothing
after sign-out. Without scripts the form that comes too late is sealed here, goes through sign-in in the pages, and is
opened for the same holder. Nothing is stored.
"""

import base64
import json
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.mailbox import VaultId

MAX_CARRIED = 40_000
"""Signs of what a page carries; a longer text is shown to be copied."""
_NONCE, _VAULT = 12, 8


@dataclass(frozen=True, slots=True, repr=False)
class TypedForm:
    """What was typed in the form that was sent to `path`."""

    path: str
    fields: Mapping[str, str]


class TypedDrafts:
    """Seals what was typed for one holder; `digest` is keyed, such as `gateway.ports.store.Store.digest`."""

    def __init__(self, digest: Callable[..., bytes]) -> None:
        self._digest = digest

    def browser_key(self, vault: VaultId) -> str:
        """Give the key by which browsers of a holder seal what is typed, 256 bits in base64."""
        return base64.b64encode(self._digest("typed-in-browser", _octets(vault))).decode("ascii")

    def mark(self, vault: VaultId) -> str:
        """Give what names the holder of a space on a form, to nobody but this gateway."""
        return _sealed(self._digest("typed-by"), _octets(vault))

    def carried(self, mark: str, typed: TypedForm) -> str:
        """Seal what was typed for the holder that a mark names; empty when it names none, or it is too long."""
        vault = _opened(self._digest("typed-by"), mark)
        if vault is None:
            return ""
        said = json.dumps([typed.path, dict(typed.fields)]).encode("ascii")
        sealed = _sealed(self._digest("typed-too-late", vault), zlib.compress(said))
        return sealed if len(sealed) <= MAX_CARRIED else ""

    def come_back(self, vault: VaultId, carried: str) -> TypedForm | None:
        """Open what was carried; None for what is of another holder, or none of ours."""
        found = _opened(self._digest("typed-too-late", _octets(vault)), carried)
        return TypedForm(*json.loads(zlib.decompress(found))) if found is not None else None


def _octets(vault: VaultId) -> bytes:
    return vault.to_bytes(_VAULT, "big")


def _sealed(key: bytes, octets: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, octets, None)).decode("ascii")


def _opened(key: bytes, sealed: str) -> bytes | None:
    try:
        octets = base64.urlsafe_b64decode(sealed[:MAX_CARRIED].encode("ascii"))
        return AESGCM(key).decrypt(octets[:_NONCE], octets[_NONCE:], None)
    except (ValueError, InvalidTag):
        return None
