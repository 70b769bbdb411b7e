"""A patient at their browser: signed in to a whole gateway with password and code, reading and answering."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.demonstration.browser import Browser
from tests.builders.gateway_site import GatewaySite, Patient

PASSWORD = "Fougère-Lente-31"


@asynccontextmanager
async def signed_in(site: GatewaySite, patient: Patient, password: str = PASSWORD) -> AsyncIterator[Browser]:
    """Give a patient a password, and sign them in with the code of their notice."""
    identifier = patient.email.partition("@")[0]
    site.give_password(patient, identifier, password)
    settings = site.world.settings
    async with Browser(f"https://localhost:{site.ports['web']}", str(site.world.authority)) as browser:
        await browser.sign_in(identifier, password, settings.path(settings.paths.notices))
        yield browser


async def conversation_with(browser: Browser, correspondent: str) -> str:
    """Give the path of the newest conversation in whose line a name stands."""
    page = html.unescape(await browser.get("/messages"))
    items = re.finditer(r'href="(/messages/[0-9a-f]+)"(.*?)</a>', page, re.DOTALL)
    return next(str(item[1]) for item in items if correspondent in item[2])
