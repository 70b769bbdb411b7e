"""Professionals come in to the console: by a certificate that is theirs, or by what a provider vouches for (A1, F84).

A certificate counts when its key is bound to the mailbox of a person, for its holder or for a named delegate. It also
counts when it is a card: its common name is then the number (RPPS) of somebody who has mailboxes here. A laboratory's,
or another operator's, opens nothing. Whether its chain, dates and revocation are right the handshake has said.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from gateway.domain.access import Actor
from gateway.domain.address import MailAddress
from gateway.domain.console import FACE, ConsoleEntry, card_number, entry_by_certificate
from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind, PeerIdentity
from gateway.domain.errors import InvalidValue
from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import professional_at_console, reader_vault
from gateway.services.sign_in.mailbox_standing import MailboxStanding
from gateway.services.sign_in.sign_in_trace import SignInTrace


class ConsoleDirectory(Protocol):
    """What is asked of the directory about local mailboxes."""

    def entry(self, address: MailAddress) -> DirectoryEntry | None:
        """Find a mailbox."""
        ...

    def console_binding(self, spki_sha256: bytes) -> CertificateBinding | None:
        """Find the local mailbox whose certificate, or whose delegate's, has this key."""
        ...

    def local_of(self, identifier: str) -> Sequence[DirectoryEntry]:
        """List the local mailboxes in use of whoever has this number."""
        ...

    def mailboxes_of(self, identifier: str) -> Sequence[MailAddress]:
        """List the local mailboxes of one person, whatever became of them, in the order in which they were added."""
        ...


class ProfessionalSignIn:
    """Finds the ways in of whoever has shown who they are, and says whether one still stands."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        trace: SignInTrace,
        directory: ConsoleDirectory,
        standing: MailboxStanding,
        opened: Callable[[MailAddress, VaultId], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._trace = trace
        self._directory = directory
        self._standing = standing
        self._opened = opened

    def ways_of_certificate(self, peer: PeerIdentity) -> tuple[ConsoleEntry, ...]:
        """List the mailboxes that a certificate opens, none for somebody unknown here, or who left.

        Raises:
            DirectoryUnavailable: who has which mailbox is not known now.
        """
        if not peer.valid_at(self._clock.now()):
            return ()
        found = dict[MailAddress, tuple[DirectoryEntry, CertificateBinding | None]]()
        if number := card_number(peer.dn):
            found |= {holder.address: (holder, None) for holder in self._directory.local_of(number)}
        bound = self._directory.console_binding(peer.spki_sha256)
        if bound is not None and (holder := self._directory.entry(bound.address)) is not None:
            found[holder.address] = holder, bound
        ways = (self._way(holder, bound) for holder, bound in found.values() if holder.kind is MailboxKind.PERSON)
        return tuple(way for way in ways if way is not None)

    def still_stands(self, entry: ConsoleEntry) -> bool:
        """Say whether what a session stands on still counts: the mailbox's sign-ins, and the key it came by."""
        try:
            mailbox, key = entry.mailbox, bytes.fromhex(entry.key)
            if self._standing(mailbox) != int(entry.ended_before):
                return False
        except (InvalidValue, ValueError):
            return False
        bound = self._directory.console_binding(key) if key else None
        return not key or (bound is not None and (bound.address, bound.delegate) == (mailbox, entry.delegate))

    def actor_in(self, tx: Tx, entry: ConsoleEntry) -> Actor | None:
        """Give who acts by an entry, inside a transaction."""
        if not self.still_stands(entry):
            return None
        found = tx.spaces.resolve(entry.mailbox)
        if found is None:
            return None
        mailboxes = self._directory.mailboxes_of(entry.identifier) if entry.identifier else ()
        return professional_at_console(found[0], entry, mailboxes, reader_vault(tx, mailboxes))

    async def let_in(self, entry: ConsoleEntry, source: str) -> Actor | None:
        """Give who acts by an entry, in their own mailbox, and write that they came in; None when it stands no longer.

        `source` is the client's network address.
        """
        actor = await self._store.read(lambda tx: self.actor_in(tx, entry))
        if actor is None:
            self.refused(source)
            return None
        self._opened(entry.mailbox, actor.vault)
        await self._trace.opened(actor, f"{entry.way} {source}")
        return actor

    def refused(self, source: str) -> None:
        """Count somebody who showed who they are and has no way in."""
        self._trace.failed(None, FACE, source)

    def _way(self, holder: DirectoryEntry, bound: CertificateBinding | None) -> ConsoleEntry | None:
        ended = self._standing(holder.address)
        if ended is None:
            return None
        key, delegate = (bound.spki_sha256.hex(), bound.delegate) if bound else ("", "")
        return entry_by_certificate(holder, key, ended, delegate)
