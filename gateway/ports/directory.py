"""Trust data: the white list, the directory, and what the operator adds to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from gateway.domain.address import MailAddress
from gateway.domain.directory import (
    CertificateBinding,
    DirectoryEntry,
    DistinguishedName,
    LocalMailbox,
    MailboxState,
    TrustedDomain,
)

EntryOf: TypeAlias = Callable[[MailAddress], DirectoryEntry | None]
"""How an address is looked up in the directory, where that is all that is asked."""

Standings: TypeAlias = Mapping[MailAddress, int | None]
"""How often the sign-ins of each local mailbox were ended; None for one that nobody may sign in to."""


@dataclass(frozen=True, slots=True)
class Ages:
    """When the trust data were generated; None when there are none.

    `whitelist_version` is another number for each list that comes into service.
    """

    whitelist: datetime | None
    directory: datetime | None
    whitelist_version: int = 0


class Directory(Protocol):
    """Trust data: the white list and the directory of professionals, with local additions."""

    def entry(self, address: MailAddress) -> DirectoryEntry | None:
        """Find a mailbox."""
        ...

    def domain(self, name: str) -> TrustedDomain | None:
        """Find a white-listed domain."""
        ...

    def domains_of(self, holder: DistinguishedName) -> frozenset[str]:
        """List the domains that the white list binds to a certificate's holder."""
        ...

    def binding(self, spki_sha256: bytes) -> CertificateBinding | None:
        """Find the local laboratory whose certificate has this key."""
        ...

    def ages(self) -> Ages:
        """Say how old the data are."""
        ...

    def standings(self) -> Standings:
        """Give the standings of the local mailboxes; the same object as long as nothing changes."""
        ...


class LocalDirectory(Protocol):
    """The operator's own additions to the directory; each change is durable on return."""

    def mailboxes(self) -> Sequence[LocalMailbox]:
        """List every mailbox, those that were removed included."""
        ...

    def add(self, entry: DirectoryEntry) -> None:
        """Add a mailbox, or replace what is said of it. Raises `Conflict`: it is of another kind, or was removed."""
        ...

    def bind(self, binding: CertificateBinding) -> None:
        """Let the holder of a key send for a local mailbox. Raises `Conflict`: the key is another mailbox's."""
        ...

    def unbind(self, spki_sha256: bytes) -> None:
        """Withdraw a key; absent is no error."""
        ...

    def end_sign_ins(self, address: MailAddress) -> None:
        """End what is open under a mailbox's sign-in. Raises `NotFound`."""
        ...

    def put_into(self, address: MailAddress, state: MailboxState, at: datetime) -> None:
        """Suspend a mailbox, take it into use again, or remove it for good; ends its sign-ins. Raises `NotFound`."""
        ...
