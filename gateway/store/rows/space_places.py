"""Whether spaces are found where their sealed records say: by numbers and traits, and on the day they are due."""

from sqlalchemy import select

from gateway.domain.account import due_day
from gateway.domain.errors import KeyUnavailable, NotFound, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.ports.inspection import Damage, Inspected, Position
from gateway.store import schema
from gateway.store.backend.sql import Runner, parameter
from gateway.store.rows.spaces import SpaceRows

_vault = parameter("vault")
_DAY = select(schema.deadline.c.day).where(schema.deadline.c.vault == _vault)
_DIGESTS = select(schema.person.c.digest).where(schema.person.c.vault == _vault)
_NO_DAY = "its next day is missing or too late: it would not be opened, closed or erased in time"
_NOT_FOUND = "it is not found by one of its numbers or by its traits: its holder could not activate it"


class SpacePlaces:
    """Compares two indexes with what they are made of."""

    def __init__(self, runner: Runner, spaces: SpaceRows) -> None:
        self._runner = runner
        self._spaces = spaces

    def look(self, position: Position | None, limit: int) -> Inspected:
        """Look at some spaces, in the order of their vaults."""
        vaults = self._spaces.listed(position[0] if position else VaultId(-(2**63)), limit)
        damages = [damage for vault in vaults for damage in self._damages(vault)]
        return Inspected(
            looked=len(vaults), damages=damages, position=(vaults[-1],) if len(vaults) == limit else None
        )

    def _damages(self, vault: VaultId) -> list[Damage]:
        try:
            space = self._spaces.space(vault)
        except (KeyUnavailable, NotFound, SealBroken):
            return []  # named with what is sealed, or with the coded rows
        due, row = due_day(space), self._runner.row(_DAY, vault=vault)
        # Day 0: an upgrade has put it there, and nobody has looked at the space since.
        if row is not None and row[0] == 0:
            return []
        found = []
        if due is not None and (row is None or row[0] > due.toordinal()):
            found.append(Damage(vault=vault, what="space", number=None, fault=_NO_DAY))
        if self._spaces.digests_of(space) - {digest for (digest,) in self._runner.rows(_DIGESTS, vault=vault)}:
            found.append(Damage(vault=vault, what="space", number=None, fault=_NOT_FOUND))
        return found
