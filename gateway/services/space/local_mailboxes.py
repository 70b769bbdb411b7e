"""Add local professionals and laboratories: a mailbox, a directory entry and, for laboratories, a certificate's key.

The directory entry comes first: a mailbox nobody can write to would be worse than an entry without mailbox,
and doing it again after a failure finishes the work.
"""

from dataclasses import dataclass

from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind
from gateway.domain.errors import Conflict
from gateway.domain.mailbox import VaultKind
from gateway.ports.directory import LocalDirectory
from gateway.services.space.provisioning import Provisioning

_KINDS = {
    MailboxKind.PERSON: VaultKind.PER,
    MailboxKind.ORGANISATION: VaultKind.ORG,
    MailboxKind.APPLICATION: VaultKind.APP,
    MailboxKind.PRACTICE: VaultKind.CAB,
}


@dataclass(frozen=True, slots=True)
class NewMailbox:
    """A mailbox that was made; `password` is shown once and kept only as a digest."""

    entry: DirectoryEntry
    password: str

    def __repr__(self) -> str:
        """Hide the password."""
        return f"NewMailbox({self.entry!r})"


class LocalMailboxes:
    """Adds local mailboxes."""

    def __init__(self, provisioning: Provisioning, local: LocalDirectory, local_domains: frozenset[str]) -> None:
        self._provisioning = provisioning
        self._local = local
        self._domains = local_domains

    async def add(self, entry: DirectoryEntry, key: bytes | None = None) -> NewMailbox:
        """Add a mailbox; `key` is the SHA-256 of the SPKI of the certificate that may send for it.

        Raises:
            Conflict: the domain is patients' or not local, or the address is taken.
        """
        if entry.address.domain == self._provisioning.patient_domain:
            raise Conflict("the address is of the patients' domain, where only patients have addresses; choose another")
        if entry.address.domain not in self._domains:
            raise Conflict("the address is of no local domain: add the domain to gateway.local_domains first")
        await self._provisioning.check_free(entry.address)
        self._local.add(entry)
        if key is not None:
            self._local.bind(CertificateBinding(entry.address, key))
        return NewMailbox(entry, await self._provisioning.create_mailbox(entry.address, _KINDS[entry.kind], entry.name))
