"""The operator's own additions: mailboxes of this gateway and keys bound to local mailboxes.

One small JSON file, replaced whole. `LocalRegistry` writes it, under a lock that other processes respect;
whoever looks it up holds an immutable `LocalEntries`, read again when the file is replaced.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from gateway.directory.durable import replace_durably
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind
from gateway.domain.errors import Conflict, DirectoryUnavailable, NotFound, StoreUnavailable

VERSION = 1


@dataclass(frozen=True, slots=True)
class LocalEntries:
    """The local mailboxes by address, and the bindings by key (SHA-256 of the SPKI)."""

    entries: Mapping[MailAddress, DirectoryEntry] = field(default_factory=lambda: MappingProxyType({}))
    bindings: Mapping[bytes, CertificateBinding] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def load(cls, path: Path) -> "LocalEntries":
        """Read the file.

        Raises:
            FileNotFoundError: nothing was ever added.
            DirectoryUnavailable: it cannot be read or holds something else.
        """
        try:
            content = orjson.loads(path.read_bytes())
            if content["version"] != VERSION:
                raise ValueError("version")
            entries = [_entry_of(item) for item in content["entries"]]
            bindings = [
                CertificateBinding(MailAddress.parse(item["address"]), bytes.fromhex(item["spki_sha256"]))
                for item in content["bindings"]
            ]
        except FileNotFoundError:
            raise
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DirectoryUnavailable(
                f"{path.name} cannot be used: unreadable or not written by this program; restore it from a backup"
            ) from error
        return cls(
            MappingProxyType({entry.address: entry for entry in entries}),
            MappingProxyType({binding.spki_sha256: binding for binding in bindings}),
        )


class LocalRegistry:
    """Change the local additions, one durable change at a time."""

    def __init__(self, path: Path) -> None:
        """Name the file; it need not exist."""
        self._path = path

    def load(self) -> LocalEntries:
        """Read the present additions; none when nothing was ever added. Raises `DirectoryUnavailable`."""
        try:
            return LocalEntries.load(self._path)
        except FileNotFoundError:
            return LocalEntries()

    def add(self, entry: DirectoryEntry) -> None:
        """Add a mailbox, or replace what is said of it; its kind never changes (STD §1.9, `Conflict`)."""

        def change(local: LocalEntries) -> LocalEntries:
            known = local.entries.get(entry.address)
            if known and known.kind is not entry.kind:
                raise Conflict(
                    f"this mailbox is of kind {known.kind.value}, which never changes; choose another address"
                )
            return replace(local, entries={**local.entries, entry.address: entry})

        self._change(change)

    def bind(self, binding: CertificateBinding) -> None:
        """Bind a key to a local mailbox; one key serves one mailbox, a mailbox may have several keys.

        Raises:
            NotFound: the mailbox is not a local one.
            Conflict: the key is bound to another mailbox.
        """

        def change(local: LocalEntries) -> LocalEntries:
            if binding.address not in local.entries:
                raise NotFound("this mailbox is not a local one; add it before binding a certificate to it")
            if local.bindings.get(binding.spki_sha256, binding) != binding:
                raise Conflict("this certificate's key is bound to another mailbox; use a certificate of its own")
            return replace(local, bindings={**local.bindings, binding.spki_sha256: binding})

        self._change(change)

    def unbind(self, spki_sha256: bytes) -> None:
        """Withdraw a key; absent is no error."""
        self._change(
            lambda local: replace(
                local, bindings={key: kept for key, kept in local.bindings.items() if key != spki_sha256}
            )
        )

    def remove(self, address: MailAddress) -> None:
        """Remove a mailbox with its bindings; absent is no error."""
        self._change(
            lambda local: LocalEntries(
                {known: entry for known, entry in local.entries.items() if known != address},
                {key: kept for key, kept in local.bindings.items() if kept.address != address},
            )
        )

    def _change(self, change: Callable[[LocalEntries], LocalEntries]) -> None:
        try:
            with self._locked():
                self._write(change(self.load()))
        except OSError as error:
            raise StoreUnavailable(f"{self._path.name} cannot be written; check space and rights") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # The lock has a file of its own: the registry itself is replaced at each change.
        lock = self._path.with_name(f"{self._path.name}.lock")
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _write(self, local: LocalEntries) -> None:
        content = {
            "version": VERSION,
            "entries": [
                asdict(entry) | {"address": str(entry.address), "kind": entry.kind.value}
                for entry in local.entries.values()
            ],
            "bindings": [
                {"address": str(binding.address), "spki_sha256": binding.spki_sha256.hex()}
                for binding in local.bindings.values()
            ],
        }
        replace_durably(self._path, orjson.dumps(content, option=orjson.OPT_INDENT_2))


def _entry_of(item: dict[str, Any]) -> DirectoryEntry:  # Any: JSON; unknown or missing keys raise TypeError
    return DirectoryEntry(
        **item | {"address": MailAddress.parse(item["address"]), "kind": MailboxKind(item["kind"])}
    )
