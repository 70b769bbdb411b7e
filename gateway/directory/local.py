"""The operator's own additions: mailboxes of this gateway and keys bound to local mailboxes.

One small JSON file, replaced whole (its form is `local_file`'s). `LocalRegistry` writes it, under a lock that other
processes respect; whoever looks it up holds an immutable `LocalEntries`, read again when the file is replaced.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gateway.directory.durable import replace_durably
from gateway.directory.local_file import LocalEntries, LocalStanding, octets_of
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, LocalMailbox, MailboxState
from gateway.domain.errors import Conflict, NotFound, StoreUnavailable


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

    def mailboxes(self) -> Sequence[LocalMailbox]:
        """List every mailbox, those that were removed included. Raises `DirectoryUnavailable`."""
        local = self.load()
        return [local.mailbox(address) for address in local.entries]

    def add(self, entry: DirectoryEntry) -> None:
        """Add a mailbox, or replace what is said of it; its kind never changes (STD §1.9, `Conflict`)."""

        def change(local: LocalEntries) -> LocalEntries:
            known, state = local.entries.get(entry.address), local.standing(entry.address).state
            if known and known.kind is not entry.kind:
                raise Conflict(
                    f"this mailbox is of kind {known.kind.value}, which never changes; choose another address"
                )
            if state is MailboxState.REMOVED:
                raise Conflict("this address was of a mailbox that was removed, and is never given again")
            said = replace(entry, valid=state is MailboxState.IN_USE)
            return replace(local, entries={**local.entries, entry.address: said})

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
            if local.bindings.get(binding.spki_sha256, binding).address != binding.address:
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

    def end_sign_ins(self, address: MailAddress) -> None:
        """End what is open under a mailbox's sign-in. Raises `NotFound`."""
        self._stand(address, lambda standing: standing)

    def put_into(self, address: MailAddress, state: MailboxState, at: datetime) -> None:
        """Suspend a mailbox, take it into use again, or remove it for good; ends its sign-ins.

        A mailbox that was removed keeps its line, so that its address is never given again, and no key.

        Raises:
            NotFound: the mailbox is not a local one.
        """
        self._stand(address, lambda standing: replace(standing, state=state, since=at))

    def _stand(self, address: MailAddress, changed: Callable[[LocalStanding], LocalStanding]) -> None:
        def change(local: LocalEntries) -> LocalEntries:
            if address not in local.entries:
                raise NotFound("this mailbox is not a local one")
            standing = changed(local.standing(address))
            standing = replace(standing, sign_ins_ended=standing.sign_ins_ended + 1)
            entry = replace(local.entries[address], valid=standing.state is MailboxState.IN_USE)
            bindings = local.bindings
            if standing.state is MailboxState.REMOVED:
                bindings = {key: kept for key, kept in bindings.items() if kept.address != address}
            return replace(
                local,
                entries={**local.entries, address: entry},
                bindings=bindings,
                standings={**local.standings, address: standing},
            )

        self._change(change)

    def _change(self, change: Callable[[LocalEntries], LocalEntries]) -> None:
        try:
            with self._locked():
                replace_durably(self._path, octets_of(change(self.load())))
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
