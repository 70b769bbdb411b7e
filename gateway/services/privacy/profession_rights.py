"""What each profession reads of a space, so that its patient can be told in words (E17)."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.document import DocumentCategory
from gateway.domain.pro_sante_connect import PROFESSIONS
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfessionRight:
    """One profession, and the kinds of documents that it reads, in the order of the folders."""

    profession: str
    kinds: tuple[DocumentCategory, ...]

    @property
    def reads_everything(self) -> bool:
        """Say whether no kind is left out."""
        return len(self.kinds) == len(DocumentCategory)


class ProfessionRights:
    """Tells what the operator has set."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def listed(self, actor: Actor) -> Sequence[ProfessionRight]:
        """List professions by name; none when every profession reads every kind."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[ProfessionRight]:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            found = {
                ProfessionRight(
                    profession=PROFESSIONS.get(code, f"Profession {code}" if code.isdecimal() else code),
                    kinds=tuple(kind for kind in DocumentCategory if kind in kinds),
                )
                for code, kinds in tx.access_settings.readable.items()
            }
            return sorted(found, key=lambda one: one.profession)

        return await self._store.read(look)
