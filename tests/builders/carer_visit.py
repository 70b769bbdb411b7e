"""Camille and Louis in one browser, over the real services: one invites a carer, the other is it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.domain.account import Space
from tests.builders.parent_visit import Parent
from tests.builders.record_pages import record_visit
from tests.builders.web_client import Answer

AIDANTS = "/parametres/aidants"


@dataclass(frozen=True)
class CarerVisit(Parent):
    """Camille in her browser, who invites Louis; `lea` is Camille herself."""

    @property
    def last_day(self) -> str:
        """Give a day some weeks from now, as forms write it."""
        return str((self.site.at.clock.now() + timedelta(days=60)).date())

    async def send(self, path: str, **fields: str) -> Answer:
        """Send a form of a page of carers."""
        return await self.visit.browser.post(path, {"csrf": await self.visit.browser.token("/proches")} | fields)

    async def ask(self, **typed: str) -> Answer:
        """Fill in the invitation; what is not typed is Louis, messages to be read, sixty days."""
        asked = {"nom": "BERNARD", "prenom": "louis", "naissance": "1980-01-15", "messages": "read"}
        return await self.send(f"{AIDANTS}/inviter", **(asked | {"dernier_jour": self.last_day} | typed))

    async def code(self, **typed: str) -> str:
        """Invite, and give the code."""
        answer = await self.ask(**typed)
        assert answer.status == 200, answer.text
        found = re.search(r"<strong class=\"whole\">([a-z0-9-]{19})</strong>", answer.text)
        assert found is not None
        return found[1]

    async def become(self, carer: Space, of: Space, **typed: str) -> None:
        """Let Camille invite somebody, who accepts and acts for her."""
        code = await self.code(**typed)
        await self.sign_in(carer)
        assert (await self.post("/proches/code", code=code, reponse="oui")).status == 303
        assert (await self.act_for(of)).location == "/"

    async def first_carer(self) -> str:
        """Give the address of the first carer of the page."""
        found = re.search(rf'href="({AIDANTS}/[0-9a-f]+)"', await self.visit.text(AIDANTS))
        assert found is not None
        return found[1]


@asynccontextmanager
async def carer_visit(folder: Path) -> AsyncIterator[CarerVisit]:
    """Serve the pages, and sign Camille in."""
    async with record_visit(folder, "csrf", "/profil/allergies") as visit:
        yield CarerVisit(visit, visit.site.camille)
