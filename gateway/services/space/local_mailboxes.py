"""Local mailboxes of professionals, organisations and laboratories: added, found, corrected.

The directory entry comes first: a mailbox nobody can write to would be worse than an entry without mailbox,
and doing it again after a failure finishes the work. A key that may send comes last, after its trace. How
mailboxes are taken away is `mailbox_endings`' business.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.directory import CertificateBinding, DirectoryEntry, LocalMailbox, MailboxKind, MailboxState
from gateway.domain.errors import Conflict, DirectoryUnavailable, NotFound
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.proposed_address import proposals
from gateway.ports.clock import Clock
from gateway.ports.directory import EntryOf, LocalDirectory
from gateway.ports.store import Store, Tx
from gateway.services.space.provisioning import Provisioning

_KINDS = {
    MailboxKind.PERSON: VaultKind.PER,
    MailboxKind.ORGANISATION: VaultKind.ORG,
    MailboxKind.APPLICATION: VaultKind.APP,
    MailboxKind.PRACTICE: VaultKind.CAB,
}
PEOPLE = frozenset({MailboxKind.PERSON})
ORGANISATIONS = frozenset({MailboxKind.ORGANISATION, MailboxKind.PRACTICE})
LABORATORIES = frozenset({MailboxKind.APPLICATION})
_COMMANDS = {PEOPLE: "professional", ORGANISATIONS: "organisation", LABORATORIES: "laboratory"}


def command_of(kind: MailboxKind) -> str:
    """Name the group of commands that mailboxes of a kind have."""
    return next(word for group, word in _COMMANDS.items() if kind in group)


def restoring_command(entry: DirectoryEntry) -> str:
    """Give the command that takes a suspended mailbox into use again."""
    if entry.kind in PEOPLE:
        return f"pli professional allow {entry.address}"
    return f"pli {command_of(entry.kind)} suspend {entry.address} --end"


@dataclass(frozen=True, slots=True)
class NewMailbox:
    """A mailbox that was made; `password` is shown once and kept only as a digest."""

    entry: DirectoryEntry
    password: str

    def __repr__(self) -> str:
        """Hide the password."""
        return f"NewMailbox({self.entry!r})"


class LocalMailboxes:
    """Adds, finds and corrects local mailboxes."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        provisioning: Provisioning,
        local: LocalDirectory,
        entry_of: EntryOf,
        local_domains: Collection[str],
    ) -> None:
        """Bind; `entry_of` looks into the imported directory too, and raises `DirectoryUnavailable` without it."""
        self._store = store
        self._clock = clock
        self._provisioning = provisioning
        self._local = local
        self._entry_of = entry_of
        self._domains = local_domains

    async def add(self, entry: DirectoryEntry, certificate: CertificateBinding | None = None) -> NewMailbox:
        """Add a mailbox, with the key that may send for it; the trace of the mailbox says so before it may.

        Raises:
            Conflict: the domain is patients' or not local, or the address is taken.
        """
        await self.require_free(entry.address)
        if certificate is not None:
            self.require_unbound(certificate)
        self._local.add(entry)
        password = await self._provisioning.create_mailbox(entry.address, _KINDS[entry.kind], entry.name)
        if certificate is not None:
            await self.trace_certificate(certificate, "certificate.bound")
            self._local.bind(certificate)
        return NewMailbox(entry, password)

    async def trace_certificate(self, binding: CertificateBinding, action: str) -> None:
        """Write into the trace of its mailbox what is about to be done with a key. Raises `Conflict` as `vault_of`."""
        vault = await self.vault_of(binding.address)
        event = self.event(action, objects=(f"certificate:{binding.spki_sha256.hex()[:16]}",))
        await self._store.write(lambda tx: tx.audit.append(vault, event))

    async def require_free(self, address: MailAddress) -> None:
        """Raise `Conflict` when no mailbox may be added at an address, saying why."""
        if address.domain == self._provisioning.patient_domain:
            raise Conflict("the address is of the patients' domain, where only patients have addresses; choose another")
        if address.domain not in self._domains:
            raise Conflict("the address is of no local domain: add the domain to gateway.local_domains first")
        known = next((found for found in self._local.mailboxes() if found.entry.address == address), None)
        if known is not None and known.state is MailboxState.REMOVED:
            raise Conflict(
                f"{address} was of {known.entry.name}, whose mailbox was removed: an address is never given again, "
                "or patients would write to somebody else; choose another"
            )
        if await self._store.read(lambda tx: tx.spaces.resolve(address)) is not None:
            whose = f", of {known.entry.name} ({known.entry.kind.value})" if known else ""
            raise Conflict(f"{address} is a mailbox already{whose}: correct that one, or choose another address")

    def require_unbound(self, certificate: CertificateBinding) -> None:
        """Raise `Conflict` when a key is another mailbox's."""
        for other in self._local.mailboxes():
            held = any(bound.spki_sha256 == certificate.spki_sha256 for bound in other.bindings)
            if held and other.entry.address != certificate.address:
                raise Conflict(
                    f"this certificate's key is bound to another mailbox, {other.entry.address}: "
                    "use a certificate of its own"
                )

    async def free_address(self, given_name: str, family_name: str, domain: str) -> MailAddress:
        """Propose an address that is taken neither here nor in the imported directory (F65).

        Raises:
            InvalidValue: the names have no letters that an address may have.
            DirectoryUnavailable: there is no directory, so nobody knows what is taken.
        """
        taken = {found.entry.address for found in self._local.mailboxes()}
        for local in proposals(given_name, family_name):
            address = MailAddress(local, domain)
            if address not in taken and not self._is_in_the_directory(address) and await self._is_free(address):
                return address
        raise AssertionError  # pragma: no cover - proposals never end

    def _is_in_the_directory(self, address: MailAddress) -> bool:
        try:
            return self._entry_of(address) is not None
        except DirectoryUnavailable as error:
            raise DirectoryUnavailable(
                f"without a directory nobody knows whether {address} is taken elsewhere: import it by "
                "« pli directory import FILE » first, or give the address"
            ) from error

    async def _is_free(self, address: MailAddress) -> bool:
        return await self._store.read(lambda tx: tx.spaces.resolve(address)) is None

    def all(self) -> Sequence[LocalMailbox]:
        """List every mailbox, those that were removed included. Raises `DirectoryUnavailable`."""
        return self._local.mailboxes()

    def those_of(self, kinds: Collection[MailboxKind]) -> Sequence[LocalMailbox]:
        """List the mailboxes of these kinds by name, profession and place; not those that were removed."""
        found = [
            mailbox
            for mailbox in self._local.mailboxes()
            if mailbox.entry.kind in kinds and mailbox.state is not MailboxState.REMOVED
        ]
        return sorted(found, key=lambda mailbox: (mailbox.entry.name, mailbox.entry.detail, mailbox.entry.address))

    def find(self, address: MailAddress, kinds: frozenset[MailboxKind], *, removed: bool = False) -> LocalMailbox:
        """Find one of these kinds; one that was removed only when it is asked for. Raises `NotFound`, `Conflict`."""
        command = command_of(next(iter(kinds)))
        known = next((found for found in self._local.mailboxes() if found.entry.address == address), None)
        if known is None:
            raise NotFound(f"{address} is no mailbox of this gateway: « pli {command} list » names those there are")
        if known.entry.kind not in kinds:
            kind = known.entry.kind
            raise Conflict(f"{address} is of kind {kind.value}: use « pli {command_of(kind)} » for it")
        if known.state is MailboxState.REMOVED and not removed:
            raise NotFound(f"{address} was removed: its address is never given again; add a mailbox with another")
        return known

    async def vault_of(self, address: MailAddress) -> VaultId:
        """Find the vault of a mailbox. Raises `Conflict` when adding it was interrupted."""
        found = await self._store.read(lambda tx: tx.spaces.resolve(address))
        if found is None:
            raise Conflict(f"{address} has a line in the directory and no mailbox: add it again, which finishes it")
        return found[0]

    async def correct(self, known: LocalMailbox, said: DirectoryEntry) -> None:
        """Replace what is said of a mailbox; its address and kind never change. Ends its open sessions."""
        vault, event = await self.vault_of(said.address), self.event("mailbox.corrected")

        def change(tx: Tx) -> None:
            if said.name != known.entry.name:
                tx.spaces.rename(vault, said.name)
            tx.audit.append(vault, event)

        await self._store.write(change)
        self._local.add(said)
        self._local.end_sign_ins(said.address)

    def event(self, action: str, *, objects: tuple[str, ...] = (), reason: str = "") -> AuditEvent:
        """Make the line of a mailbox's trace that says what the operator did, and why where they said it."""
        return AuditEvent(at=self._clock.now(), actor="pli", action=action, objects=objects, detail=reason)
