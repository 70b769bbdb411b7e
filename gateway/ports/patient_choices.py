"""What patients chose about who may see their space, and the professionals that they are in contact with."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.care_contact import CareContact
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import PatientChoices


class PatientChoiceRows(Protocol):
    """One row of choices a space, and a row for each professional in contact by other ways than an exchange."""

    def get(self, vault: VaultId) -> PatientChoices:
        """Give what was chosen. Raises `SealBroken` when that cannot be known: the row was bent or taken away."""
        ...

    def put(self, vault: VaultId, choices: PatientChoices) -> None:
        """Keep what is chosen now, in the place of what was."""
        ...

    def note_contact(self, vault: VaultId, contact: CareContact) -> None:
        """Remember that somebody sent something or opened the space; one that is known stays as it is."""
        ...

    def contacts(self, vault: VaultId, limit: int) -> Sequence[CareContact]:
        """List those who were remembered; damaged ones are left out and told of."""
        ...
