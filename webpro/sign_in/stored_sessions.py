"""Sessions of the console, kept in the store: each stands on a mailbox whose sign-ins were not ended since (A24)."""

from collections.abc import Mapping

from gateway.domain.access import Actor
from gateway.domain.account import Session as StoredSession
from gateway.domain.console import FACE, entry_of_words
from gateway.domain.errors import InvalidValue
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import owner_of
from gateway.services.sign_in.professional_sign_in import ProfessionalSignIn
from webmail.session_rows import SessionRows
from webmail.signed_in import SignedIn
from webpro.professional import Professional, professional_of


class ConsoleSessions(SessionRows):
    """Sessions of the console; whoever signs in is a `webpro.professional.Professional`."""

    def __init__(self, store: Store, clock: Clock, entry: ProfessionalSignIn) -> None:
        super().__init__(store, clock, FACE)
        self._entry = entry

    def _person(self, tx: Tx, row: StoredSession) -> Professional | None:
        """Give whoever signed in; None also when they left, or their mailbox was suspended."""
        try:
            entry = entry_of_words(tx.spaces.session_about(row.digest))
        except InvalidValue:
            return None
        actor = self._entry.actor_in(tx, entry)
        return None if actor is None or actor.vault != row.vault else professional_of(actor, entry)

    def _holder(self, tx: Tx, row: StoredSession) -> Actor | None:
        address, kind, name = tx.spaces.address_of(row.vault)
        return None if address is None else owner_of(row.vault, address, kind, name, FACE)

    def _about(self, person: SignedIn) -> Mapping[str, str]:
        return person.entry.words if isinstance(person, Professional) else {}
