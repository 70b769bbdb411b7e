"""A browser profile that holds a doctor's card, for the console of professionals."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext

from certs.authority import Subject
from gateway.demonstration.invented_people import PROFESSIONALS
from tests.builders.console_site import card_of
from tests.builders.running_world import Site

CLAIRE = PROFESSIONALS[0]


@asynccontextmanager
async def professional(
    chromium: Browser, site: Site, folder: Path, *, phone: bool = False
) -> AsyncIterator[BrowserContext]:
    """Open a profile that holds a doctor's card."""
    made, certificate, key = card_of(site, Subject(common_name=CLAIRE.identifier)), folder / "c.pem", folder / "k.pem"
    if not certificate.exists():
        made.save(certificate, key)
    context = await chromium.new_context(
        ignore_https_errors=True,
        locale="fr-FR",
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
        client_certificates=[
            {
                "origin": f"https://localhost:{site.running.card_port}",
                "certPath": str(certificate),
                "keyPath": str(key),
            }
        ],
    )
    context.set_default_timeout(15_000)
    try:
        yield context
    finally:
        await context.close()
