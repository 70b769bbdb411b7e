"""The terms of use, for pages that are looked at: one version, accepted or not."""

from gateway.domain.access import Actor
from gateway.services.space.own_terms import TermsStanding
from gateway.terms.terms_files import terms_of_use
from tests.builders.store import NOON


class OneVersion:
    """Satisfies `webmail.terms.port.TermsService`; `terms_accepted` is what its holder accepted."""

    terms_accepted: str = "2026-11-29"

    async def terms_standing(self, actor: Actor) -> TermsStanding:  # noqa: ARG002 - the port's name
        """Say what was set."""
        current = terms_of_use().in_turn[0]
        return TermsStanding(
            current=current, accepted=self.terms_accepted, accepted_at=NOON if self.terms_accepted else None
        )

    async def accept_new_terms(self, actor: Actor, version: str) -> bool:  # noqa: ARG002 - the port's name
        """Keep what is accepted."""
        self.terms_accepted = version
        return True
