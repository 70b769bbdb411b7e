"""« Je m'oppose »: a space that stays shut, and the proof of it (F9, F10, F12, E73).

Whoever refuses a space that has opened by itself closes it. Both can be taken back through the same entry.
"""

from datetime import datetime

from gateway.domain.account import Space
from gateway.domain.activation import ActivationFault
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict
from gateway.domain.local_days import birth_in_words, day_in_words, local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.patient_names import shown_name
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.ports.clock import Clock
from gateway.ports.papers import Papers, PaperValue
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.space.activation import FACE
from gateway.services.space.activation_attempts import CHOSEN, ActivationAttempts, attempt_row
from gateway.services.space.activation_codes import PURPOSE
from gateway.services.space.awaited_choices import forget_choices
from gateway.services.space.moves import move

OPPOSES = {
    SpaceState.CREATED: SpaceEvent.OPPOSED,
    SpaceState.NOTIFIED: SpaceEvent.OPPOSED,
    SpaceState.OPEN: SpaceEvent.CLOSED,
}
REFUSED = {SpaceState.OPPOSED: "space.opposed", SpaceState.CLOSED: "space.closed"}
"""States that a refusal leads to, and the line of the trace that says when."""
_NEWEST = 64
"""Lines of a trace that are looked at first."""


class Opposition:
    """Refuses a space and proves it."""

    def __init__(self, store: Store, clock: Clock, papers: Papers, place: str) -> None:
        """`place` is the address of the service that keeps the refusal, as people type it."""
        self._store = store
        self._place = place
        self._clock = clock
        self._papers = papers
        self._attempts = ActivationAttempts(store.digest)

    async def oppose(self, token: str, source: str) -> ActivationFault | None:
        """Refuse the space of an attempt; done twice, it stays as it was."""
        now, number = self._clock.now(), random_number()

        def oppose(tx: Tx) -> ActivationFault | None:
            vaults = self._attempts.vaults(tx, CHOSEN, token, now)
            if not vaults:
                return ActivationFault.OVER
            space = tx.spaces.space(vaults[0])
            if space.state in REFUSED:
                return None
            if space.state not in OPPOSES:
                return ActivationFault.NOT_NOW
            forget_choices(tx, space)
            if space.identifier:
                tx.spaces.drop_account(space.identifier)
            actor, detail = holder_of(space, "web"), f"{FACE} {source}"
            move(tx, space.vault, OPPOSES[space.state], now, actor, detail=detail, identifier="")
            tx.spaces.drop_code(space.vault, PURPOSE)
            # Other attempts end; this one goes on, for the proof.
            tx.spaces.drop_sessions(space.vault, attempt_row(token))
            told = TellHolder(kind=NoticeKind.OPPOSED)
            add_step(tx, Step(vault=space.vault, id=number, payload=told, due=now))
            return None

        return await self._store.write(oppose)

    async def proof(self, token: str) -> bytes | ActivationFault:
        """Make the proof of a refusal: the same number whenever it is asked for."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[Space, AuditEvent] | None:
            vaults = self._attempts.vaults(tx, CHOSEN, token, now)
            return _refusal(tx, vaults[0]) if vaults else None

        found = await self._store.read(look)
        return ActivationFault.OVER if found is None else await self._made(*found, now)

    async def proof_of(self, vault: VaultId) -> bytes:
        """Make the proof of a refusal for the operator who noted it. Raises `Conflict` when there is none."""
        found = await self._store.read(lambda tx: _refusal(tx, vault))
        if found is None:
            raise Conflict("this space was not refused: there is nothing to prove")
        return await self._made(*found, self._clock.now())

    async def _made(self, space: Space, refused: AuditEvent, now: datetime) -> bytes:
        return await self._store.aside(lambda: self._papers.pdf_of("proof", self._values(space, refused, now)))

    def _values(self, space: Space, refused: AuditEvent, now: datetime) -> dict[str, PaperValue]:
        traits, is_closed = space.identity.traits, space.state is SpaceState.CLOSED
        parts = space.vault.to_bytes(8, "big"), refused.at.isoformat().encode()
        done = "a fermé son espace santé" if is_closed else "s’est opposée à l’ouverture de son espace santé"
        return {
            "title": "Preuve de fermeture" if is_closed else "Preuve d’opposition",
            "lines": [
                f"La personne nommée ci-dessous {done}.",
                "Aucun message ni document n’y est reçu. Elle peut changer d’avis.",
            ],
            "facts": [
                ["Personne", shown_name(traits)],
                ["Nom de naissance", traits.birth_name],
                ["Date de naissance", birth_in_words(traits.birth_date) if traits.birth_date else "inconnue"],
                ["Demande enregistrée le", day_in_words(local_day(refused.at))],
                ["Par le service", self._place],
            ],
            "number": self._store.digest("proof-of-opposition", *parts)[:6].hex().upper(),
            "made": day_in_words(local_day(now)),
        }


def _refusal(tx: Tx, vault: VaultId) -> tuple[Space, AuditEvent] | None:
    space = tx.spaces.space(vault)
    action = REFUSED.get(space.state)
    # It stands near the end of the trace: what came after it is little, the years before are left alone.
    for limit in (_NEWEST, -1) if action else ():
        refused = next((event for event in tx.audit.events(vault, limit) if event.action == action), None)
        if refused is not None:
            return space, refused
    return None
