"""Signed-in browsers of patients, kept in the store: they end with the space they open."""

from dataclasses import replace

from gateway.domain.access import Actor
from gateway.domain.account import Session as StoredSession
from gateway.domain.account import Space
from gateway.domain.errors import NotFound
from gateway.domain.patient_names import shown_name
from gateway.domain.space import may_come_back, may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.mandate_titles import mandate_in_effect
from gateway.services.access.permission import is_too_young
from gateway.services.space.own_terms import OwnTerms
from webmail.references import person_for, person_of
from webmail.session_rows import SessionRows
from webmail.signed_in import SignedIn

SOMEBODY = "une personne"
"""Whose space is gone."""


class StoredSessions(SessionRows):
    """Sessions of the patients' site; whoever signs in may act for somebody else."""

    def __init__(self, store: Store, clock: Clock, terms: OwnTerms) -> None:
        super().__init__(store, clock, "web")
        self._terms = terms

    def _person(self, tx: Tx, row: StoredSession) -> SignedIn | None:
        try:
            space = tx.spaces.space(row.vault)
        except NotFound:
            return None
        comes_in = may_sign_in(space.state) or may_come_back(space.state)
        person = replace(self._acting(tx, row, space), owes_terms=self._terms.are_due(space))
        return person if comes_in else None

    def _acting(self, tx: Tx, row: StoredSession, space: Space) -> SignedIn:
        """Give who acts for whom: the holder for themself, or for somebody else while their mandate lasts."""
        other = tx.spaces.acts_for(row) if may_sign_in(space.state) else None
        if other is None:
            consents = is_too_young(tx, space.vault, self._clock.now()) is not True
            return replace(person_of(space), consents=consents)
        try:
            represented = tx.spaces.space(other)
        except NotFound:
            return replace(person_of(space), ended_for=SOMEBODY)
        mandate = mandate_in_effect(tx, space.vault, represented, self._clock.now())
        if mandate is None:
            return replace(person_of(space), ended_for=shown_name(represented.identity.traits))
        return person_for(space, represented, mandate)

    def _holder(self, tx: Tx, row: StoredSession) -> Actor:
        return person_of(tx.spaces.space(row.vault)).actor
