"""Sealed records: AES-256-GCM under a key derived from the vault's, bound to their place.

A record is ``format (1) | key version (1) | nonce (12) | ciphertext and tag``. The additional data name the
format, vault, object, kind and key version, so that a record moved elsewhere does not open.
"""

import hashlib
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.randomness import RandomPool
from gateway.store.seal.keys import CACHE_SECONDS

_FORMAT, _VERSION, _NONCE = 1, 1, 12
_PREFIX = bytes((_FORMAT, _VERSION))
_HEAD = len(_PREFIX) + _NONCE
_ADDITIONAL = struct.Struct(">BBQQB")
_CACHED = 50_000
"""Keys kept ready to use, of all vaults together."""
_LENGTH = struct.Struct(">I").pack
_encode = msgspec.msgpack.Encoder().encode
_BLOCK = 64
"""Octets of a block of SHA-256, which the key of an HMAC is filled up to (RFC 2104 §2)."""
_INNER, _OUTER = (bytes(octet ^ pad for octet in range(256)) for pad in (0x36, 0x5C))


class RecordKind(IntEnum):
    """What a record is; part of its additional data and of its key's derivation. Numbers are for good."""

    WIRE = 1
    SUMMARY = 2
    HEADERS = 3
    EXTRACT = 4
    PATH = 5
    FOLDER = 6
    VAULT = 7
    SPACE = 8
    EXCHANGE = 9
    DOCUMENT = 10
    RESULTS = 11
    STEP = 12
    AUDIT = 13
    BLOB_KEY = 14
    QUARANTINE = 15
    SECRET = 16
    OUTCOME = 17
    HEAD = 18
    PASSKEY = 19
    BROWSER = 20
    PROFILE = 21
    AGENDA_EVENT = 31
    INVITATION = 32
    PREVENTION = 33
    OBSERVED = 41
    GOAL = 42
    DOCUMENT_CHOICE = 50
    DOCUMENT_FOLDER = 51
    DOCUMENT_WORDS = 52
    DOCUMENT_HOLD = 53
    DOCUMENT_DOUBT = 54
    DOCUMENT_DELAY = 55
    MEASURE = 61
    MEASURE_PLAN = 62
    OWN_EXPORT = 71
    CARE_ACT = 81
    HEALTH_LINK = 91
    MANDATE = 101
    PATIENT_CHOICES = 121
    CARE_CONTACT = 122
    ACCESS_CODE = 131
    RECORD_OPENING = 132
    RECORD_READING = 133
    READER_STATE = 134
    RIGHTS_REQUEST = 141
    AGENT = 151
    HEADER_PAGE = 161
    LINE_PAGE = 162


DamageAlarm = Callable[[VaultId, str, int], None]
"""Takes the vault, what does not open, and its number."""


class VaultKeys(Protocol):
    """Where a sealer finds the keys of vaults; `gateway.store.seal.keys.KeyStore` is it."""

    def key(self, vault: VaultId) -> bytes:
        """Give a vault's key. Raises `KeyUnavailable`."""
        ...

    def tried(self, after: VaultId, limit: int) -> list[tuple[VaultId, bool]]:
        """List vaults that have a key, by number, and whether it opens."""
        ...


class Sealer:
    """Seals and opens records of any vault; safe for use from several threads."""

    def __init__(
        self,
        keys: VaultKeys,
        cached: int = _CACHED,
        damaged: DamageAlarm | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._alarm = damaged
        self._now = now
        self._stale = now() + CACHE_SECONDS
        self._cached = cached
        self._lock = threading.Lock()
        # Deriving costs more than deciphering, hence the cache (assurance, "Keys and logs").
        self._derived: dict[tuple[int, int], AESGCM] = {}
        self._earlier: dict[tuple[int, int], AESGCM] = {}
        self._index: tuple[hashlib._Hash, hashlib._Hash] | None = None
        self._rows: tuple[hashlib._Hash, hashlib._Hash] | None = None
        self._random = RandomPool()

    def seal(self, vault: VaultId, kind: RecordKind, obj: int, clear: bytes) -> bytes:
        """Seal one record of object `obj` (a number that names it within its vault)."""
        nonce, number = self._random.octets(_NONCE), int(kind)
        additional = _ADDITIONAL.pack(_FORMAT, _VERSION, vault, obj, number)
        return _PREFIX + nonce + self._cipher(vault, number).encrypt(nonce, clear, additional)

    def open(self, vault: VaultId, kind: RecordKind, obj: int, sealed: bytes) -> bytes:
        """Open one record. Raises `SealBroken` when it is not the record that was sealed for this place."""
        return self.opener(vault, kind)(obj, sealed)

    def opener(self, vault: VaultId, kind: RecordKind) -> Callable[[int, bytes], bytes]:
        """Give what opens records of one vault and kind, for lists; it takes the object and the sealed record."""
        # A plain number: packing an enumeration's member costs as much as the rest of the additional data.
        number = int(kind)
        decrypt, pack = self._cipher(vault, number).decrypt, _ADDITIONAL.pack

        def opened(obj: int, sealed: bytes) -> bytes:
            try:
                if sealed[:2] != _PREFIX:
                    raise SealBroken("unknown format of sealed record")
                return decrypt(sealed[2:_HEAD], sealed[_HEAD:], pack(_FORMAT, _VERSION, vault, obj, number))
            except (InvalidTag, TypeError, ValueError, struct.error) as error:
                # TypeError: a number stands where octets belong.
                raise SealBroken(f"a {kind.name.lower()} record of vault {vault:x} does not open") from error

        return opened

    def tell_damage(self, vault: VaultId, what: str, number: int) -> None:
        """Tell whoever runs the gateway that something does not open; the reader gets a stand-in."""
        if self._alarm is not None:
            # Whatever stands where a number belongs: what is told must not fail.
            self._alarm(vault, what, number if isinstance(number, int) else 0)

    @contextmanager
    def telling(self, vault: VaultId, what: str, number: int) -> Iterator[None]:
        """Tell of what does not open meanwhile, and let the fault go on: whoever asked gets nothing in its place."""
        try:
            yield
        except SealBroken:
            self.tell_damage(vault, what, number)
            raise

    def keys_that_open(self, after: VaultId, limit: int) -> list[tuple[VaultId, bool]]:
        """List vaults that have a key, by number, and whether it opens."""
        return self._keys.tried(after, limit)

    def digest(self, purpose: str, *parts: bytes) -> bytes:
        """Key a digest of `parts` with the operator's index key: equal inputs meet, nobody else can compute it."""
        states = self._index
        if states is None:
            states = self._index = self._begun(b"index")
        # Not by `hmac.digest`, which lets go of the interpreter each time: every other thread wakes up for it.
        inner, outer = states[0].copy(), states[1].copy()
        inner.update(b"".join([purpose.encode(), b"\0", *[_LENGTH(len(part)) + part for part in parts]]))
        outer.update(inner.digest())
        return outer.digest()

    def row_digest(self, table: str, values: tuple[object, ...]) -> bytes:
        """Key a digest of a row's values (numbers, texts, octets, None) with the operator's key for rows: 32 octets."""
        return self.row_digests(table)(values)

    def row_digests(self, table: str) -> Callable[[tuple[object, ...]], bytes]:
        """Give what `row_digest` does for rows of one table: HMAC-SHA256, its two beginnings hashed once.

        Many rows are checked for a page, and OpenSSL takes twice as long to begin an HMAC as to copy what was begun.
        """
        states = self._rows
        if states is None:
            states = self._rows = self._begun(b"rows")
        begun, around = states[0].copy(), states[1]
        begun.update(table.encode() + b"\0")

        def digest(values: tuple[object, ...]) -> bytes:
            inner, outer = begun.copy(), around.copy()
            inner.update(_encode(values))
            outer.update(inner.digest())
            return outer.digest()

        return digest

    def number(self) -> int:
        """Give a random number above zero that no other call gave."""
        return int.from_bytes(self._random.octets(7), "big") + 1

    def forget(self, vault: VaultId) -> None:
        """Drop what is cached of a vault whose key was destroyed."""
        with self._lock:
            for kind in RecordKind:
                self._derived.pop((vault, int(kind)), None)
                self._earlier.pop((vault, int(kind)), None)

    def _cipher(self, vault: VaultId, number: int) -> AESGCM:
        """Give what seals and opens records of one kind, by its number: most often without waiting for anybody."""
        if self._now() < self._stale:
            found = self._derived.get((vault, number))
            if found is not None:
                return found
        return self._derived_now(vault, number)

    def _derived_now(self, vault: VaultId, number: int) -> AESGCM:
        place = (vault, number)
        with self._lock:
            if self._now() >= self._stale:
                self._derived, self._earlier = {}, {}
                self._stale = self._now() + CACHE_SECONDS
            # Derived under the lock: otherwise a key that is destroyed meanwhile would be put back by whoever read it.
            found = self._derived.get(place) or self._earlier.get(place)
            if found is None:
                found = AESGCM(self._derive(vault, b"record %d" % number))
            # What was used since half of the places were taken last is kept; the rest goes at once.
            if len(self._derived) >= max(1, self._cached // 2):
                self._derived, self._earlier = {}, self._derived
            self._derived[place] = found
            return found

    def _begun(self, info: bytes) -> "tuple[hashlib._Hash, hashlib._Hash]":
        """Give the two beginnings of HMAC-SHA256 under a key of the operator's (RFC 2104 §2)."""
        key = self._derive(OPERATOR, info).ljust(_BLOCK, b"\0")
        return hashlib.sha256(key.translate(_INNER)), hashlib.sha256(key.translate(_OUTER))

    def _derive(self, vault: VaultId, info: bytes) -> bytes:
        return HKDF(hashes.SHA256(), 32, None, b"pli %d " % _VERSION + info).derive(self._keys.key(vault))


def object_of(digest: bytes) -> int:
    """Give the number that stands for a digest in additional data."""
    return int.from_bytes(digest[:8], "big")
