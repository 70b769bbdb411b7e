"""The first journey, a to c, by public faces only: a laboratory's SMTP client, a browser, an IMAP client in IDLE.

The gateway is `pli demo --json`, as anybody runs it; all the test knows is the line it prints.
"""

import asyncio
import html
import json
import re
import signal
import smtplib
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aioimaplib
import pytest
from playwright.async_api import Page, async_playwright

from gateway.demonstration.invented_people import PATIENTS
from gateway.demonstration.mail import laboratory_message
from tests.browser.conftest import CHROMIUM, QUIET
from tests.builders.postgres_server import PostgresServer
from tests.builders.s3_server import S3Server, served_places

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.slow,
    pytest.mark.timeout(90),
    pytest.mark.xdist_group("first journey"),
]
Line = dict[str, Any]  # Any: the demonstration's JSON
ANSWER = "Bonjour docteur, tout va bien depuis mardi."


def _on_servers(request: pytest.FixtureRequest, folder: Path) -> list[str]:
    postgres: PostgresServer = request.getfixturevalue("postgres")
    s3: S3Server = request.getfixturevalue("s3")
    places = served_places(postgres.url(postgres.new_database()), s3.place(), folder.parent)
    settings = folder.with_name("extra.toml")
    settings.write_text(places.extra)
    return ["tests.builders.demo_on_servers", str(folder), places.database, places.blobs, str(settings)]


@pytest.fixture(scope="module", params=["files", "servers"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Run the demonstration, on files or on PostgreSQL and S3; afterwards it must stop by itself, cleanly."""
    folder = tmp_path_factory.mktemp("demo") / "world"
    here = ["gateway.cli", "demo", "--json", "--port-base", "0", "--dir", str(folder)]
    command = [sys.executable, "-m", *(here if request.param == "files" else _on_servers(request, folder))]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        try:
            yield json.loads(demo.stdout.readline())  # however long it takes: the limit of the test ends it
        finally:
            demo.send_signal(signal.SIGTERM)
            assert demo.wait(30) == 0


@asynccontextmanager
async def a_browser(line: Line) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = await chromium.new_context(ignore_https_errors=True, base_url=line["web"], locale="fr-FR")
        yield await context.new_page()
        await chromium.close()


async def _code(folder: Path, known: set[Path]) -> str:
    """Wait for the notice that brings a new code."""
    while True:
        for file in set(folder.glob("*.json")) - known:
            notice = json.loads(file.read_bytes())
            if notice["kind"] == "code":
                return str(notice["code"])
        await asyncio.sleep(0.05)


async def _sign_in(page: Page, line: Line, patient: Line) -> None:
    notices = Path(line["outbox_dir"])
    known = set(notices.glob("*.json"))
    await page.goto("/")
    await page.get_by_label("Identifiant").fill(patient["identifier"])
    await page.get_by_label("Mot de passe").fill(patient["password"])
    await page.get_by_role("button", name="Se connecter").click()
    await page.get_by_label("Code").fill(await _code(notices, known))
    await page.get_by_role("button", name="Valider").click()
    await page.get_by_role("heading", name="Bonjour").wait_for()


def _send_result(line: Line, number: int) -> None:
    laboratory, patient = line["laboratories"][0], line["patients"][0]
    context = ssl.create_default_context(cafile=line["ca_file"])
    context.load_cert_chain(laboratory["cert_file"], laboratory["key_file"])
    raw = laboratory_message(
        laboratory["address"], patient["address"], PATIENTS[0].identity, number, datetime.now(UTC)
    )
    with smtplib.SMTP("localhost", line["smtp_relay"]["port"]) as client:
        client.starttls(context=context)
        client.sendmail(laboratory["address"], [patient["address"]], raw)


async def _idle_client(line: Line, who: Line) -> aioimaplib.IMAP4_SSL:
    context = ssl.create_default_context(cafile=line["ca_file"])
    client = aioimaplib.IMAP4_SSL("localhost", line["imap"]["port"], ssl_context=context)
    await client.wait_hello_from_server()
    assert (await client.login(who["imap_user"], who["imap_password"])).result == "OK"
    assert (await client.select("INBOX")).result == "OK"
    return client


async def test_a_result_reaches_the_patient_who_answers_the_doctor(line: Line) -> None:
    doctor = line["professionals"][0]
    imap = await _idle_client(line, doctor)
    idle = await imap.idle_start(timeout=60)
    async with a_browser(line) as page:
        await _sign_in(page, line, line["patients"][0])
        await page.get_by_role("link", name="Documents").first.click()
        assert await page.locator("a[data-document-id]").count() == 1

        # a. a second result arrives while the page is open: it shows without reload, and can be read
        await asyncio.to_thread(_send_result, line, 2)
        await page.locator("a[data-document-id]").nth(1).wait_for()
        await page.locator("a[data-document-id]").first.click()
        values = page.locator("[data-loinc='718-7']")
        await values.first.wait_for()
        assert await values.first.get_attribute("data-unit") == "g/dL"

        # c. the patient answers the doctor who wrote first
        await page.get_by_role("link", name="Messages").first.click()
        await page.locator("a[data-conversation-id]", has_text="Claire Martin").click()
        await page.get_by_label("Votre réponse").fill(ANSWER)
        await page.get_by_role("button", name="Envoyer la réponse").click()
        await page.get_by_text(ANSWER).first.wait_for()

    # b. the doctor's client, waiting in IDLE, is told and reads
    pushed = await asyncio.wait_for(imap.wait_server_push(), 10)
    assert any(b"EXISTS" in item for item in pushed)
    imap.idle_done()
    await asyncio.wait_for(idle, 10)
    fetched = await imap.fetch("*", "(BODY.PEEK[TEXT])")
    assert ANSWER.encode() in b"".join(bytes(item) for item in fetched.lines)
    await imap.logout()


async def test_a_patient_whose_doctor_has_ended_the_exchange_cannot_answer(line: Line) -> None:
    async with a_browser(line) as page:
        await _sign_in(page, line, line["patients"][1])
        await page.get_by_role("link", name="Messages").first.click()
        await page.locator("a[data-conversation-id]", has_text="Paul Nguyen").first.click()
        await page.get_by_text("Dr Paul Nguyen a mis fin à vos échanges.").wait_for()
        assert await page.get_by_role("button", name="Envoyer la réponse").count() == 0


def _observations(line: Line, identifier: str, codes: str) -> list[Line]:
    patient = next(one for one in line["patients"] if one.get("identifier") == identifier)
    context = ssl.create_default_context(cafile=line["ca_file"])
    asked = urllib.request.Request(
        f"{line['fhir']}Observation?code={codes}", headers={"Authorization": f"Bearer {patient['token']}"}
    )
    with urllib.request.urlopen(asked, context=context, timeout=15) as answer:
        return [entry["resource"] for entry in json.load(answer)["entry"]]


async def test_lives_of_the_patients_are_worth_looking_at(line: Line) -> None:
    found = await asyncio.to_thread(_observations, line, "louis", "14647-2,2093-3")
    values = {one["effectiveDateTime"][:10]: one["valueQuantity"] for one in found}
    days = sorted(values)
    assert (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days > 900
    assert [values[day]["unit"] for day in days].count("g/L") == 1
    assert values[days[0]]["value"] > 1.5 * values[days[-1]]["value"]
    assert len(await asyncio.to_thread(_observations, line, "lina", "2276-4")) == 4
    assert len(await asyncio.to_thread(_observations, line, "noe", "718-7")) == 1


async def test_line_names_the_console_and_who_comes_in_there_carers_and_parents(line: Line) -> None:
    (place,) = re.findall(r'href="(https://localhost:\d+/pro/[^"]+)"', await _shown(line, line["console"]))
    shown = {one["name"]: html.unescape(await _shown(line, place, one)) for one in line["professionals"]}
    assert (len(shown), [name for name, page in shown.items() if name not in page]) == (4, [])
    known = {one["ins"]: one.get("identifier") for one in line["patients"]}
    children = [one["guardians"] for one in line["patients"] if one["guardians"]]
    assert [[known[ins] for ins in guardians] for guardians in children] == [["camille", "julien"]] * 2
    addresses = {one.get("identifier"): one["address"] for one in line["patients"]}
    assert [(one["identifier"], one["for"]) for one in line["carers"]] == [("lina", [addresses["louis"]])]


async def _shown(line: Line, url: str, holder: Line | None = None) -> str:
    """Give a page, as a browser that holds a certificate or none."""
    context = ssl.create_default_context(cafile=line["ca_file"])
    if holder:
        context.load_cert_chain(holder["cert_file"], holder["key_file"])

    def ask() -> str:
        with urllib.request.urlopen(url, context=context, timeout=15) as answer:
            return str(answer.read(), "utf-8")

    return await asyncio.to_thread(ask)
