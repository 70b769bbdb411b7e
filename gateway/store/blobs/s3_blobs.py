"""Blobs in an S3-compatible store: one object each, sealed as `gateway.store.blobs.sealed_chunks` does.

An object is named by the 32 hexadecimal digits of its blob and holds the sealed chunks, nothing else. The store answers
a PUT when the object is durable, so there is nothing left to synchronise. Its clock says how old an object is.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from gateway.domain.errors import ConfigurationError, NotFound, SealBroken, StoreUnavailable
from gateway.domain.mailbox import BlobKey, BlobRef
from gateway.store.blobs.sealed_chunks import (
    DATA_KEY,
    SEALED_CHUNK,
    chunks_of,
    cut_out,
    opened_chunks,
    sealed_chunks,
    sealed_length,
)

if TYPE_CHECKING:
    from obstore.store import S3Config

_NAME = re.compile(r"[0-9a-f]{32}")
_NAME_OCTETS = 16
_AT_ONCE = 8
"""Objects of one call that are put at the same time."""
_FAILURES = (BaseError, OSError, ValueError)
"""What the library raises: its own errors, and Python's for files, connections and time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """Where an S3 store is and who we are there.

    Attributes:
        endpoint: address of the server; empty for Amazon's own in `region`.
        patience_seconds: how long a request may take in all, tries after failures included.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""
    patience_seconds: float = 20


class S3Blobs:
    """Implements `gateway.ports.blobs.Blobs`. Close it, or use it in a ``with``."""

    def __init__(self, place: S3Place) -> None:
        self._store = _store(place)
        self._pool = ThreadPoolExecutor(_AT_ONCE, "pli-s3")
        self._holding = Lock()
        self._held: Counter[BlobRef] = Counter()

    def __enter__(self) -> Self:
        """Enter."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End the threads; what was put stays."""
        self._pool.shutdown()

    def require_usable(self) -> None:
        """Ask the store for an object that is not there.

        Raises:
            ConfigurationError: the bucket or the credentials are wrong.
            StoreUnavailable: the store does not answer.
        """
        try:
            obstore.get(self._store, "0" * 32)
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise ConfigurationError("the S3 store has no such bucket: make it, or name another") from error
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise ConfigurationError("the S3 store refuses these credentials: see [s3] of the settings") from error
        except _FAILURES as error:
            raise StoreUnavailable(
                f"the S3 store does not answer ({type(error).__name__}): see s3.endpoint of the settings"
            ) from error

    def whereabouts(self, key: BlobKey) -> str:
        """Say for an operator where a blob is."""
        return f"object {key.ref.id.hex()}"

    # ------------------------------------------------------------ putting

    def put(self, data: bytes | bytearray | memoryview) -> BlobKey:
        """Seal and store; durable on return."""
        return self.put_many([data])[0]

    def put_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        """Put several, some at the same time; all or none."""
        keys = [_drawn(len(data)) for data in many]
        waiting = [self._pool.submit(self._put, key, data) for key, data in zip(keys, many, strict=True)]
        failures = [failure for put in waiting if (failure := put.exception()) is not None]
        if failures:
            for key in keys:
                # What stays in spite of this is nobody's, and the sweeper takes it.
                with suppress(StoreUnavailable):
                    self.delete(key.ref)
            raise failures[0]
        return keys

    def write_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        """Put several: they are durable already."""
        return self.put_many(many)

    def synchronise(self, keys: Iterable[BlobKey]) -> None:
        """Do nothing: what the store has taken is durable."""

    def _put(self, key: BlobKey, data: bytes | bytearray | memoryview) -> None:
        octets = b"".join(sealed_chunks(key, memoryview(data)))
        try:
            # In one request: what is begun in parts and left stays, and is paid for.
            obstore.put(self._store, key.ref.id.hex(), octets, use_multipart=False)
        except _FAILURES as error:
            raise StoreUnavailable(f"a blob cannot be written: {type(error).__name__}") from error

    # ------------------------------------------------------------ reading

    def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> bytes:
        """Open octets [start, end), reading only the chunks that hold them."""
        end = key.size if end is None else min(end, key.size)
        if not key.size:
            return opened_chunks(key, 0, 0, self._sealed(key, 0, 0))
        if start >= end:
            return b""
        first, last = chunks_of(start, end)
        return cut_out(start, end, first, opened_chunks(key, first, last, self._sealed(key, first, last)))

    def _sealed(self, key: BlobKey, first: int, last: int) -> bytes:
        name, length = key.ref.id.hex(), sealed_length(key.size)
        place = first * SEALED_CHUNK, min((last + 1) * SEALED_CHUNK, length)
        try:
            found = obstore.get(self._store, name, options={"range": place})
            size, octets = found.meta["size"], bytes(found.bytes())
        except FileNotFoundError as error:
            raise NotFound("a blob is missing") from error
        except _FAILURES as error:
            size, octets = self._size(name), b""
            if size == length:
                raise StoreUnavailable(f"a blob cannot be read: {type(error).__name__}") from error
        if size != length:
            raise SealBroken("a blob's object is not as long as its row says")
        return octets

    def _size(self, name: str) -> int:
        """Ask how long an object is: a range beyond its end looks like any other failure."""
        try:
            return obstore.head(self._store, name)["size"]
        except FileNotFoundError as error:
            raise NotFound("a blob is missing") from error
        except _FAILURES as error:
            raise StoreUnavailable(f"a blob cannot be read: {type(error).__name__}") from error

    @contextmanager
    def held(self, key: BlobKey) -> Iterator[None]:
        """Keep an object from being removed meanwhile, by this process; the store has no locks for others."""
        with self._holding:
            self._held[key.ref] += 1
        try:
            yield
        finally:
            with self._holding:
                self._held[key.ref] -= 1
                if not self._held[key.ref]:
                    del self._held[key.ref]

    # ------------------------------------------------------------ removing

    def delete(self, ref: BlobRef) -> None:
        """Remove the object; absent is no error."""
        with self._holding:
            if ref in self._held:
                raise StoreUnavailable("a blob is being read: it is removed after that")
        try:
            obstore.delete(self._store, ref.id.hex())
        except FileNotFoundError:
            return
        except _FAILURES as error:
            raise StoreUnavailable(f"a blob cannot be removed: {type(error).__name__}") from error

    def older_than(self, instant: datetime) -> Iterator[BlobRef]:
        """List blobs written before `instant` by the store's clock; foreign objects are passed over."""
        try:
            for page in obstore.list(self._store):
                for found in page:
                    if found["last_modified"] < instant and _NAME.fullmatch(found["path"]):
                        yield BlobRef(bytes.fromhex(found["path"]))
        except _FAILURES as error:
            raise StoreUnavailable(f"blobs cannot be listed: {type(error).__name__}") from error


def _drawn(size: int) -> BlobKey:
    drawn = os.urandom(_NAME_OCTETS + DATA_KEY)
    return BlobKey(BlobRef(drawn[:_NAME_OCTETS]), drawn[_NAME_OCTETS:], size)


def _store(place: S3Place) -> S3Store:
    try:
        return S3Store(
            place.bucket,
            prefix=place.prefix or None,
            config=_config(place),
            client_options={
                "allow_http": place.endpoint.startswith("http://"),
                "connect_timeout": "5s",
                "timeout": f"{place.patience_seconds / 2:.3f}s",
            },
            retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=place.patience_seconds)},
        )
    except _FAILURES as error:
        raise ConfigurationError(f"the S3 store cannot be set up: {type(error).__name__}; see [s3]") from error


def _config(place: S3Place) -> "S3Config":
    # What is not said is left out: the library takes no None, and looks for credentials in the environment and the
    # machine's role only when it is given none.
    config: S3Config = {"region": place.region}
    if place.endpoint:
        config["endpoint"] = place.endpoint
    if place.access_key:
        config["access_key_id"], config["secret_access_key"] = place.access_key, place.secret_key
    return config
