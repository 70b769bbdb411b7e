"""Trust data: the white list, the directory, and what the operator adds to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, DistinguishedName, TrustedDomain

EntryOf: TypeAlias = Callable[[MailAddress], DirectoryEntry | None]
"""How an address is looked up in the directory, where that is all that is asked."""


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


class LocalDirectory(Protocol):
    """The operator's own additions to the directory; each change is durable on return."""

    def add(self, entry: DirectoryEntry) -> None:
        """Add a mailbox, or replace what is said of it."""
        ...

    def bind(self, binding: CertificateBinding) -> None:
        """Let the holder of a key send for a local mailbox."""
        ...
