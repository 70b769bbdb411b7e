"""Access codes for pages that are looked at: one that waits, one that is made, and a doctor who reads now."""

from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.record_openings import CodeLife, OpenedBy, OpenFor
from tests.builders.web_people import NOW
from webmail.access_codes.model import GivenAccesses, GivenCode, GivenOpening, NewCode

CODE, OPENING = "2b", "2c"


class AccessCodesOfTests:
    """Satisfies `webmail.access_codes.port.AccessCodeService`."""

    async def given_accesses(self, _actor: Actor) -> GivenAccesses:
        """Give one of each."""
        day = timedelta(days=1)
        code = GivenCode(name=CODE, made=NOW, until=NOW + day, opens=OpenFor.DAY, tries_left=4)
        opening = GivenOpening(
            name=OPENING, who="Dr Luc PASSAGE", organisation="Urgences de l’hôpital d’exemple",
            how=OpenedBy.BREAK_GLASS, made=NOW, ends=NOW + day, reason="Malaise, patient inconscient",
        )  # fmt: skip
        return GivenAccesses(codes=(code,), openings=(opening,))

    async def make_access_code(self, _actor: Actor, life: CodeLife, opens: OpenFor) -> NewCode:
        """Make one that opens nothing."""
        return NewCode(digits="01234567", until=NOW + life.lasts, opens=opens)

    async def cancel_access_code(self, _actor: Actor, name: str) -> None:
        """Take it back."""
        if name != CODE:
            raise NotFound("no such code")

    async def end_opening(self, _actor: Actor, name: str) -> None:
        """End it."""
        if name != OPENING:
            raise NotFound("no such opening")
