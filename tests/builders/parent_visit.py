"""Camille in her browser, over the real services, and Léa, whose guardians are Camille and Louis by the import."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.domain.account import Space
from gateway.domain.space import SpaceState
from tests.builders.family import a_child
from tests.builders.patient_site import PatientSite
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.web_client import ORIGIN, Answer
from webmail.references import person_of
from webmail.sessions import SESSION_COOKIE, Sessions
from webmail.settings import WebSettings


@dataclass(frozen=True)
class Parent:
    """Camille in her browser, and Léa, whose space waits to be activated."""

    visit: RecordVisit
    lea: Space

    @property
    def site(self) -> PatientSite:
        """Give the services."""
        return self.visit.site

    async def sign_in(self, space: Space) -> None:
        """Let somebody sign in, in this browser."""
        sessions = Sessions(self.site.stored_sessions, self.site.at.clock, WebSettings(origin=ORIGIN))
        self.visit.browser.cookies[SESSION_COOKIE] = await sessions.open(person_of(space))

    async def post(self, path: str, **fields: str) -> Answer:
        """Send a form of the page of one's relatives."""
        return await self.visit.browser.post(path, {"csrf": await self.visit.browser.token("/proches")} | fields)

    async def certify(self, child: Space) -> Answer:
        """Certify to be the legal representative."""
        return await self.post(f"/proches/{child.vault:x}", certifie="1", reponse="oui")

    async def act_for(self, child: Space) -> Answer:
        """Choose for whom to act."""
        return await self.post("/proches/agir", personne=f"{child.vault:x}")

    async def state(self, child: Space) -> SpaceState | None:
        """Read the state of a space."""
        return await self.site.at.store.read(lambda tx: tx.spaces.state(child.vault))

    async def invite(self, **who: str) -> str:
        """Invite Louis to be the second representative of the child for whom one acts; give the code."""
        asked = {"nom": "BERNARD", "prenom": "louis", "naissance": "1980-01-15"} | who
        answer = await self.post("/proches/representants", **asked)
        assert answer.status == 200
        found = re.search(r"<strong class=\"whole\">([a-z0-9-]{19})</strong>", answer.text)
        assert found is not None
        return found[1]


@asynccontextmanager
async def parent_visit(folder: Path) -> AsyncIterator[Parent]:
    """Serve the pages, and sign Camille in."""
    async with record_visit(folder, "csrf", "/profil/allergies") as visit:
        yield Parent(visit, await a_child(visit.site.at.store, visit.site.camille, visit.site.louis))
