"""A professional who opens records, over the real store, as whatever face they come through calls the services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from gateway.domain.access import Action, Actor, PurposeOfUse, Role, SpacePart
from gateway.domain.access_settings import NOTHING_CHOSEN, AccessSettings
from gateway.domain.account import Space
from gateway.domain.errors import PliError
from gateway.domain.record_openings import CodeLife, OpenedBy, OpenFor
from gateway.policy.access.verdict import AccessReason
from gateway.services.access.actors import holder_of
from gateway.services.access.permission import allow
from gateway.services.openings.access_codes import AccessCodes
from gateway.services.openings.record_openings import AskedOpening, OpenRecord, RecordOpenings
from tests.builders.store import StoreAt, a_mailbox, store_at

ADDRESS = "claire.martin@medecin.mssante.fr"


@dataclass(frozen=True)
class Reader:
    """Dr Claire Martin, with a mailbox here, and the services that she opens records by."""

    at: StoreAt
    me: Actor
    openings: RecordOpenings
    codes: AccessCodes

    def in_space(self, space: Space) -> Actor:
        """Give her, acting in somebody's space."""
        return replace(self.me, vault=space.vault)

    async def code_of(self, space: Space, life: CodeLife = CodeLife.HOUR, opens: OpenFor = OpenFor.DAY) -> str:
        """Have a patient make a code; give its digits."""
        return (await self.codes.make(holder_of(space, "web"), life, opens)).digits

    async def open(
        self, space: Space, how: OpenedBy = OpenedBy.CODE, code: str = "", reason: str = "",
        proved_at: datetime | None = None, lasts: timedelta | None = None,
    ) -> OpenRecord | AccessReason:
        """Open somebody's record; with a code made for it when none is given."""
        if how is OpenedBy.CODE and not code:
            code = await self.code_of(space)
        asked = AskedOpening(how=how, code=code, reason=reason, proved_at=proved_at, lasts=lasts)
        return await self.openings.open(self.in_space(space), asked)

    async def may_read(self, space: Space) -> bool:
        """Say whether her next page of a record would be answered."""
        try:
            await self.at.store.read(
                lambda tx: allow(tx, self.in_space(space), Action.LIST, SpacePart.PROFILE, self.at.clock.now())
            )
        except PliError:
            return False
        return True


@asynccontextmanager
async def a_reader(folder: Path, settings: AccessSettings = NOTHING_CHOSEN) -> AsyncIterator[Reader]:
    """Give her over a store of her own."""
    async with store_at(folder, access_settings=settings) as at:
        yield await reader_at(at)


async def reader_at(at: StoreAt, address: str = ADDRESS) -> Reader:
    """Give her over a store that is open."""
    mailbox = await a_mailbox(at.store, address, name="Dr Claire Martin")
    me = Actor(
        account=address,
        role=Role.PROFESSIONAL,
        vault=mailbox,
        home=mailbox,
        purpose=PurposeOfUse.TREATMENT,
        person="Dr Claire Martin",
        organisation="Cabinet des Lilas",
        identifiers=frozenset({f"mail:{address}", "rpps:810000000011"}),
        face="pro",
    )
    openings = RecordOpenings(at.store, at.clock)
    return Reader(at, me, openings, AccessCodes(at.store, at.clock))
