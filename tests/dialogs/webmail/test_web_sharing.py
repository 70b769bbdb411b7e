"""« Partager sur place »: a link made on a page, opened by a receiver that knows the specification alone (E50)."""

import asyncio
import base64
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from pypdf import PdfReader

from gateway.services.sharing.health_links import links_over
from gateway.services.upkeep.tidying import tidy
from gateway.store.sql_store import SqlStore
from tests.builders.health_link_client import Receiver, ScannedLink, opened, scanned
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.store import ram_folder
from tests.builders.web_client import ORIGIN

WHO = {"recipient": "Urgences d’exemple"}


@dataclass(frozen=True)
class Shared:
    """A visit, and somebody who receives."""

    visit: RecordVisit
    receiver: Receiver

    async def share(self, **chosen: str) -> tuple[ScannedLink, str]:
        """Share on the page; give the link and its passcode."""
        fields = {"csrf": await self.visit.browser.token(), "allergies": "1", "pour": "heure"} | chosen
        answer = await self.visit.browser.post("/partage", fields)
        assert answer.status == 200
        text = unescape(answer.text).replace("\u00a0", "")
        link = re.search(rf"{ORIGIN}/lecture#shlink:/[\w-]+", text)
        passcode = re.search(r'class="passcode">(\d{6})<', text)
        assert link is not None
        assert passcode is not None
        return scanned(link[0]), passcode[1]

    async def page(self) -> str:
        """Read what is shared now."""
        return await self.visit.text("/partage")


@pytest.fixture
async def shared() -> AsyncIterator[Shared]:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|fiche|version", "/profil/allergies") as visit:
            await visit.add(nom="Latex", gravite="grave", remarque="<script>alert(1)</script>")
            await visit.add("/profil/maladies", nom="Asthme")
            yield Shared(visit, Receiver(visit.browser.session, visit.browser.base, ORIGIN))


async def test_receiver_opens_what_was_chosen_and_the_patient_sees_who(shared: Shared) -> None:
    link, passcode = await shared.share()
    assert link.flag == "P"
    assert link.exp == int((shared.visit.site.at.clock.now() + timedelta(hours=1)).timestamp())
    status, manifest = await shared.receiver.manifest(link, passcode=passcode, **WHO)
    (entry,) = manifest["files"]
    assert (status, entry["contentType"], entry["fhirVersion"]) == (200, "application/fhir+json", "4.0.1")
    bundle = opened(await shared.receiver.file(entry), link.key)
    kinds = [one["resource"]["resourceType"] for one in bundle["entry"]]
    assert (bundle["type"], kinds[0]) == ("document", "Composition")
    assert {"Patient", "AllergyIntolerance", "DocumentReference"} < {*kinds}
    assert "Condition" not in kinds
    allergy = bundle["entry"][kinds.index("AllergyIntolerance")]["resource"]
    assert (allergy["code"]["text"], allergy["criticality"]) == ("Latex", "high")
    (section,) = bundle["entry"][0]["resource"]["section"]
    assert section["entry"][0]["reference"] in [one["fullUrl"] for one in bundle["entry"]]
    assert "&lt;script&gt;" in section["text"]["div"]
    data = bundle["entry"][-1]["resource"]["content"][0]["attachment"]["data"]
    assert "Latex" in PdfReader(io.BytesIO(base64.b64decode(data))).pages[0].extract_text()
    # Long files come by a location, which is good once.
    status, manifest = await shared.receiver.manifest(link, passcode=passcode, embeddedLengthMax=100, **WHO)
    (entry,) = manifest["files"]
    assert "embedded" not in entry
    assert opened(await shared.receiver.file(entry), link.key) == bundle
    assert await shared.receiver.status(entry["location"]) == 404
    assert (await shared.page()).count("Urgences d’exemple") == 2
    lines = await shared.visit.site.trace("share.read")
    assert [(line.detail, line.objects) for line in lines] == [("Urgences d’exemple", ("profile:allergies",))] * 2


async def test_wrong_passcodes_disable_a_link_however_many_are_tried_at_once(shared: Shared) -> None:
    link, passcode = await shared.share()
    answers = await asyncio.gather(*(shared.receiver.manifest(link, passcode="x", **WHO) for _ in range(8)))
    left = sorted((said["remainingAttempts"] for status, said in answers if status == 401), reverse=True)
    assert left == [4, 3, 2, 1, 0]
    assert [status for status, _ in answers if status != 401] == [404] * 3
    assert (await shared.receiver.manifest(link, passcode=passcode, **WHO))[0] == 404
    assert len(await shared.visit.site.trace("share.locked")) == 1
    assert "Pas encore lu" not in await shared.page()


async def test_link_ends_on_its_day_and_at_once_on_demand(shared: Shared) -> None:
    link, passcode = await shared.share(pour="quart")
    found = re.search(r'name="partage" value="([0-9a-f]+)"', await shared.page())
    assert found is not None
    fields = {"csrf": await shared.visit.browser.token(), "partage": found[1]}
    assert (await shared.visit.browser.post("/partage/fin", fields)).status == 303
    assert (await shared.receiver.manifest(link, passcode=passcode, **WHO))[0] == 404
    assert (await shared.visit.browser.post("/partage/fin", fields)).status == 404
    link, passcode = await shared.share(pour="quart")
    shared.visit.site.at.clock.advance(timedelta(minutes=15))
    assert (await shared.receiver.manifest(link, passcode=passcode, **WHO))[0] == 404
    assert await shared.visit.site.pages.shared_links(shared.visit.site.actor) == []
    assert await shared.visit.site.at.store.read(lambda tx: tx.health_links.all_of(shared.visit.site.camille.vault))
    await tidy(shared.visit.site.at.store, shared.visit.site.at.clock, links_over)
    assert not await shared.visit.site.at.store.read(lambda tx: tx.health_links.all_of(shared.visit.site.camille.vault))


async def test_requests_that_are_none_are_refused_and_use_no_try(shared: Shared) -> None:
    link, passcode = await shared.share()
    for asked in ({}, {"recipient": " "}, {"recipient": 4}, {"recipient": "x", "embeddedLengthMax": "9"}):
        assert (await shared.receiver.manifest(link, passcode=passcode, **asked))[0] == 400
    where = shared.receiver.base + link.url.removeprefix(ORIGIN)
    for octets in (b"", b"[]", b"\xff", b"{" * 100, b'{"a":' * 5_000):
        async with shared.receiver.session.post(where, data=octets) as answer:
            assert answer.status in (400, 413)
    unknown = ScannedLink(f"{ORIGIN}/shl/{'A' * 43}", link.key, "P", 0, "")
    assert (await shared.receiver.manifest(unknown, passcode=passcode, **WHO))[0] == 404
    odd = {"recipient": "Dr\u202e  Odd\n" * 20}
    assert (await shared.receiver.manifest(link, passcode=passcode, **odd))[0] == 200
    (line,) = await shared.visit.site.trace("share.read")
    assert (len(line.detail), "\u202e" in line.detail, line.detail[:6]) == (80, False, "Dr Odd")


async def test_link_that_is_asked_for_too_often_waits_and_loses_no_try(shared: Shared) -> None:
    link, passcode = await shared.share()
    other, _ = await shared.share()
    answers = [(await shared.receiver.manifest(link, passcode=passcode, **WHO))[0] for _ in range(19)]
    assert answers == [200] * 19
    (entry,) = (await shared.receiver.manifest(link, passcode=passcode, embeddedLengthMax=1, **WHO))[1]["files"]
    assert (await shared.receiver.manifest(link, passcode=passcode, **WHO))[0] == 429
    assert (await shared.receiver.manifest(link, passcode="x", **WHO))[0] == 429
    assert await shared.receiver.status(entry["location"]) == 429
    assert (await shared.receiver.manifest(other, passcode="x", **WHO))[0] == 401
    shared.visit.site.at.clock.advance(timedelta(minutes=1))
    assert await shared.receiver.status(entry["location"]) == 200
    assert (await shared.receiver.manifest(link, passcode="x", **WHO))[1] == {"remainingAttempts": 4}
    assert len(await shared.visit.site.trace("share.read")) == 20


async def test_who_guesses_links_writes_nothing(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise AssertionError("a guess kept a place among those who write")

    monkeypatch.setattr(SqlStore, "write", refused)
    unknown = ScannedLink(f"{ORIGIN}/shl/{'B' * 43}", bytes(32), "P", 0, "")
    assert (await shared.receiver.manifest(unknown, passcode="1", **WHO))[0] == 404
    assert await shared.receiver.status(f"{unknown.url}/{'C' * 43}") == 404


async def test_nothing_chosen_and_too_many_links_are_told(shared: Shared) -> None:
    fields = {"csrf": await shared.visit.browser.token()}
    none = await shared.visit.browser.post("/partage", fields)
    assert (none.status, "Choisissez au moins une rubrique." in none.text) == (422, True)
    for _ in range(10):
        await shared.share()
    full = await shared.visit.browser.post("/partage", fields | {"allergies": "1"})
    assert (full.status, "Vous avez déjà 10 partages en cours." in full.text) == (409, True)
