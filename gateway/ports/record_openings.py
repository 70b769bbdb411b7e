"""What is kept of records that professionals open: codes and openings of a space, and the budget of a mailbox."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from gateway.domain.mailbox import VaultId
from gateway.domain.record_openings import AccessCode, ReaderState, RecordOpening, RecordReading


class RecordOpeningStore(Protocol):
    """Rows of the patient's vault (codes, openings) and of the professional's (readings, the state of the day)."""

    def codes(self, vault: VaultId) -> Sequence[AccessCode]:
        """List the codes of a space, over or not; what does not open is told of and left out."""
        ...

    def save_code(self, code: AccessCode) -> None:
        """Insert or replace one."""
        ...

    def drop_code(self, vault: VaultId, number: int) -> None:
        """Forget one; nothing happens when there is none."""
        ...

    def openings(self, vault: VaultId) -> Sequence[RecordOpening]:
        """List to whom a space was opened, over or not; what does not open is told of and left out."""
        ...

    def save_opening(self, opening: RecordOpening) -> None:
        """Insert or replace one."""
        ...

    def drop_opening(self, vault: VaultId, number: int) -> None:
        """Forget one; nothing happens when there is none."""
        ...

    def reader_state(self, reader: VaultId) -> ReaderState | None:
        """Read how far the budget of a mailbox is used. Raises `SealBroken` when that is damaged."""
        ...

    def save_reader_state(self, reader: VaultId, state: ReaderState) -> None:
        """Insert or replace it."""
        ...

    def reading(self, reader: VaultId, day: date, person: VaultId) -> RecordReading | None:
        """Read whether a person's record was opened on a day. Raises `SealBroken` when that is damaged."""
        ...

    def save_reading(self, reader: VaultId, reading: RecordReading) -> None:
        """Insert or replace one."""
        ...

    def readings(self, reader: VaultId, first: date, last: date) -> Sequence[RecordReading]:
        """List what was opened from a day to a day, both counted; what does not open is told of and left out."""
        ...
