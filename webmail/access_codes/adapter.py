"""Access codes, over `gateway.services.openings`."""

from gateway.domain.access import Actor
from gateway.domain.record_openings import CodeLife, OpenFor
from gateway.services.openings.access_codes import AccessCodes
from webmail.access_codes.model import GivenAccesses, GivenCode, GivenOpening, NewCode
from webmail.references import number_of, reference_of
from webmail.services import SpaceServices


class AccessCodePages:
    """Implements `webmail.access_codes.port.AccessCodeService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._access_codes = AccessCodes(services.store, services.clock)

    async def given_accesses(self, actor: Actor) -> GivenAccesses:
        """List codes that may still be used, and records that are open."""
        given = await self._access_codes.given(actor)
        return GivenAccesses(
            codes=[
                GivenCode(
                    name=reference_of(code.number), made=code.made, until=code.until, opens=code.opens,
                    tries_left=code.tries_left,
                )
                for code in given.codes
            ],
            openings=[
                GivenOpening(
                    name=reference_of(one.number), who=one.who, organisation=one.organisation, how=one.how,
                    made=one.made, ends=one.ends, reason=one.reason,
                )
                for one in given.openings
            ],
        )  # fmt: skip

    async def make_access_code(self, actor: Actor, life: CodeLife, opens: OpenFor) -> NewCode:
        """Make a code."""
        made = await self._access_codes.make(actor, life, opens)
        return NewCode(digits=made.digits, until=made.until, opens=made.opens)

    async def cancel_access_code(self, actor: Actor, name: str) -> None:
        """Take a code back."""
        await self._access_codes.cancel(actor, number_of(name))

    async def end_opening(self, actor: Actor, name: str) -> None:
        """End what is open to somebody."""
        await self._access_codes.end(actor, number_of(name))
