"""« Run it » of `README.md` ends with a patient signed in, on a real gateway: done as it says, in a real browser."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.builders.command_line import ROOT, Gateway
from tests.builders.repository import section, text

pytestmark = pytest.mark.asyncio(loop_scope="session")
_PAGE = section(text("README.md"), "Run it")
LEFT_OUT = ("make venv", "pli serve")
"""What is done already where tests run, and what does not end."""


def _commands() -> str:
    found = re.search(r"```sh\n(.+?)```", _PAGE, re.DOTALL)
    assert found is not None
    settings = re.search(r"PLI_CONFIG=\S+", found[1])
    assert settings is not None
    lines = [line for line in found[1].splitlines() if not line.startswith(LEFT_OUT)]
    return "\n".join([f"export {settings[0]}", *lines])


def _as_told(home: Path) -> Gateway:
    """Run the commands of the page in the checkout, all of which succeed, and let any port do."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    seen = {**os.environ, "HOME": str(home), "PATH": programs}
    done = subprocess.run(
        ["sh", "-eu", "-c", _commands()], cwd=ROOT, env=seen, capture_output=True, text=True, check=False, timeout=90
    )
    assert (done.returncode, done.stderr.count("PLI-")) == (0, 0), done.stderr
    config = home / "hopital" / "pli.toml"
    config.write_text(re.sub(r"port = \d+", "port = 0", config.read_text()))
    return Gateway(config.parent)


async def _code(gateway: Gateway, page: Page, taken: set[Path]) -> str:
    """Wait for the next notice with a code."""
    while True:
        for file in set((gateway.folder / "notices").glob("*.json")) - taken:
            if code := json.loads(file.read_text()).get("code"):
                taken.add(file)
                return str(code)
        await page.wait_for_timeout(100)


async def _activates(gateway: Gateway, page: Page) -> None:
    number, born, card = re.search(r"number `(\d+)`, born on ([\d/]+), card `(\d+)`", _PAGE).groups()  # type: ignore[union-attr] # fails aloud
    taken = set[Path]()
    letter = await _code(gateway, page, taken)
    await page.get_by_role("link", name="Activer mon espace santé").click()
    await page.get_by_label("Numéro de sécurité sociale").fill(number)
    await page.get_by_label("Date de naissance").fill(born)
    await page.get_by_label("Numéro de série de la carte Vitale").fill(card)
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_label("Code", exact=True).fill(letter)
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_role("button", name="J'active").click()
    await page.get_by_label("J'accepte les conditions d'utilisation").check()
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_role("heading", name="Vérifier mes coordonnées").wait_for()
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_label("Identifiant", exact=True).fill("tilleul.bleu")
    await page.get_by_label("Mot de passe", exact=True).fill("Brouette-Violon-Tulipe")
    await page.get_by_label("Le saisir une seconde fois").fill("Brouette-Violon-Tulipe")
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_label("Code", exact=True).fill(await _code(gateway, page, taken))
    await page.get_by_role("button", name="Valider").click()


@pytest.mark.timeout(120)
async def test_what_the_page_says_ends_with_a_patient_signed_in(chromium: Browser, tmp_path: Path) -> None:
    gateway = await asyncio.to_thread(_as_told, tmp_path)
    context = await chromium.new_context(ignore_https_errors=True, locale="fr-FR")
    context.set_default_timeout(20_000)
    with gateway.serving() as server:
        page = await context.new_page()
        await page.goto(f"https://localhost:{server.ports['web']}/")
        await _activates(gateway, page)
        await expect(page.get_by_role("heading", name=re.compile("^Bonjour"))).to_be_visible()
    await context.close()
