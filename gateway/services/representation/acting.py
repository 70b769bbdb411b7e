"""In whose space a session acts: chosen by its holder, kept with the session, and over when the mandate is.

Two vaults are concerned, and each is written by a transaction of its own: the line in the trace of whoever is acted for
comes first, so that nobody acts without it.
"""

from gateway.domain.account import Session
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import KeptMandate
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import representative_of
from gateway.services.access.mandate_titles import mandate_in_effect

_KIND = "web"


class ActingFor:
    """Turns the session of a browser to another space, and back."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def begin(self, session: bytes, home: VaultId, other: VaultId) -> None:
        """Act in the space `other` from now on, in the session of that digest, whose holder has the space `home`.

        Raises:
            NotFound: they have no mandate that counts now, or there is no such person.
        """
        now = self._clock.now()

        def note(tx: Tx) -> None:
            mandate = _mandate(tx, home, other)
            actor = representative_of(tx.spaces.space(home), mandate.kind, other, _KIND)
            tx.audit.append(other, actor.event(now, "acting.began"))

        def _mandate(tx: Tx, home: VaultId, other: VaultId) -> KeptMandate:
            found = mandate_in_effect(tx, home, tx.spaces.space(other), now)
            if found is None:
                raise NotFound("they do not act for this person")
            return found

        await self._store.write(note)
        await self._store.write(lambda tx: _turn(tx, session, home, other))

    async def end(self, session: bytes, home: VaultId) -> None:
        """Act in one's own space again; nothing happens where one does."""
        await self._store.write(lambda tx: _turn(tx, session, home, None))


def _turn(tx: Tx, session: bytes, home: VaultId, other: VaultId | None) -> None:
    found: Session | None = tx.spaces.session(session)
    if found is None or found.vault != home or found.kind != _KIND:
        raise NotFound("there is no such session")
    if tx.spaces.acts_for(found) != other:
        tx.spaces.act_for(session, other)
