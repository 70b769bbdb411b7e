"""Agendas of patients: entries, what messages did to them, and what is recommended and done."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.agenda.events import AgendaEvent
from gateway.domain.agenda.invitations import Invitation
from gateway.domain.mailbox import MessageId, VaultId


class Agendas(Protocol):
    """The agenda of each space."""

    def count(self, vault: VaultId) -> int:
        """Count the entries of a space."""
        ...

    def count_of(self, vault: VaultId, organiser: str) -> int:
        """Count the entries that one organiser sent."""
        ...

    def get(self, vault: VaultId, number: int) -> AgendaEvent | None:
        """Read an entry."""
        ...

    def save(self, event: AgendaEvent) -> None:
        """Insert or replace an entry."""
        ...

    def drop(self, vault: VaultId, number: int) -> None:
        """Take an entry away; nothing happens when there is none."""
        ...

    def between(self, vault: VaultId, first: datetime, last: datetime, limit: int) -> Sequence[AgendaEvent]:
        """List entries of which a part may lie between two instants; times without zone are taken for French ones."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[tuple[VaultId, int]]:
        """List entries of any space whose reminder may be due, the oldest first."""
        ...

    def last_told(self, vault: VaultId) -> datetime | None:
        """Say when a notice last went out for any entry that a space has; None for never."""
        ...

    def note_told(self, vault: VaultId, number: int, now: datetime) -> None:
        """Keep that a notice goes out for an entry."""
        ...

    def with_uid(self, vault: VaultId, uid: str) -> Sequence[AgendaEvent]:
        """List entries that bear an identifier of a calendar, whoever sent them."""
        ...

    def note_invitation(self, vault: VaultId, invitation: Invitation) -> None:
        """Keep what a message did."""
        ...

    def invitation(self, vault: VaultId, message: MessageId) -> Invitation | None:
        """Read what a message did."""
        ...

    def choices(self, vault: VaultId) -> Mapping[str, str]:
        """Read what the patient has said of each recommendation, by its name; empty when nothing was."""
        ...

    def choose(self, vault: VaultId, choices: Mapping[str, str]) -> None:
        """Keep what the patient has said of all recommendations."""
        ...
