"""« Documents » as its holder uses it, in pages over the real services: found, added, hidden, kept, taken away."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from aiohttp import FormData

from gateway.domain.document import DocumentCategory, Participant
from gateway.domain.examinations import examination_number
from gateway.domain.glance import Glance
from gateway.domain.observed import loinc_key
from gateway.domain.timestamp import Timestamp
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE
from tests.builders.patient_site import PDF as FILED_PDF
from tests.builders.pdfs import a_pdf
from tests.builders.pictures import a_png
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.web_client import Answer
from tests.builders.web_results import measured

CARD, PRIVACY = "Carte d’identité", "/parametres/documents"
CRITICAL = "Le laboratoire signale une valeur critique."
WHAT_TO_DO = ("joignez sans attendre le médecin qui a prescrit l’examen ou le laboratoire", "appelez le 15 ou le 112")
BOTH, BLOOD, KNEE = ["Bilan de contrôle", "Radio du genou"], ["Bilan de contrôle"], ["Radio du genou"]
NARROWED = {
    "": BOTH,
    "de=lilas": BLOOD,
    "de=ESSAI": KNEE,
    "de=genou": [],
    "hors=1": KNEE,
    "du=2020-01-01": BLOOD,
    "au=2020-01-01": KNEE,
    "du=2019-05-02&au=2019-05-02": KNEE,
    "du=2019-05-03&au=2026-02-28": [],
    "de=lilas&hors=1": [],
    "q=radio&au=2020-01-01&categorie=imagerie": KNEE,
}


@pytest.fixture
async def visit(ram: Path) -> AsyncIterator[RecordVisit]:
    async with record_visit(ram, "csrf", "/documents") as signed_in:
        yield signed_in


async def add(visit: RecordVisit, data: bytes, title: str, category: DocumentCategory) -> Answer:
    """Fill the form « Ajouter un document », and open what it leads to."""
    fields = {"csrf": await visit.browser.token(), "titre": title, "categorie": category.value}
    form = FormData(fields, default_to_multipart=True)
    form.add_field("fichier", io.BytesIO(data), filename=f"{title}.txt", content_type="application/octet-stream")
    answer = await visit.browser.post("/documents/ajouter", form)
    assert answer.status == 303
    return await visit.browser.get(answer.location)


async def test_every_filter_of_the_page_narrows_the_list(visit: RecordVisit) -> None:
    first = await visit.site.file()
    entry = replace(
        first.entry, unique_id="1.2.3", title="Radio du genou", category=DocumentCategory.IMAGING,
        authors=(Participant(name="Dr Jean Essai"),), effective_time=Timestamp("20190502"),
    )  # fmt: skip
    await visit.site.file(entry=entry, sha256=bytes(32), glance=Glance(outside=("Sodium",), outside_count=1))
    pages = {asked: await visit.text(f"/documents?{asked}") for asked in NARROWED}
    found = {asked: [title for title in BOTH if f"<span>{title}</span>" in text] for asked, text in pages.items()}
    assert found == NARROWED


async def test_identity_card_that_is_added_stands_among_the_pieces_and_in_documents(visit: RecordVisit) -> None:
    page = await add(visit, a_png(), CARD, DocumentCategory.ADMINISTRATIVE)
    assert "Votre document est ajouté." in unescape(page.text)
    for path in ("/profil/pieces-administratives", "/documents", "/documents?categorie=pieces-administratives"):
        assert CARD in await visit.text(path)
    assert CARD not in await visit.text("/documents?categorie=imagerie")


async def test_critical_value_says_what_to_do_on_its_document_and_its_examination(visit: RecordVisit) -> None:
    potassium = measured("Potassium", "2823-3", "6.9", "mmol/L", ("3.5", "5.1"), ("HH",))
    sodium = measured("Sodium", "2951-2", "150", "mmol/L", ("136", "145"), ("H",))
    alarming, other = await visit.site.file([potassium]), await visit.site.file([sodium])
    vault = visit.site.camille.vault
    critical, calm = (f"/resultats/{examination_number(vault, loinc_key(one.code)):x}" for one in (potassium, sodium))
    for path in (f"/documents/{alarming.id:x}", critical):
        text = await visit.text(path)
        assert [words for words in (CRITICAL, *WHAT_TO_DO) if words not in text] == []
    for path in (f"/documents/{other.id:x}", calm):
        assert CRITICAL not in await visit.text(path)


async def test_all_documents_are_hidden_and_shown_again_in_one_touch(visit: RecordVisit) -> None:
    for _ in range(2):
        await visit.site.file()
    token = await visit.browser.token()
    for choice, marks in (("tout-cacher", 2), ("tout-montrer", 0)):
        assert f'value="{choice}"' in await visit.text(PRIVACY)
        answer = await visit.browser.post(PRIVACY, {"csrf": token, "choix": choice})
        assert answer.location == f"{PRIVACY}?fait=1"
        assert (await visit.text("/documents")).count("Caché</span>") == marks


async def test_archive_of_all_documents_holds_their_very_octets(visit: RecordVisit) -> None:
    added = {CARD: a_png(), "Ordonnance": a_pdf("Ordonnance"), "Notes": "Fièvre le 3 mai.".encode()}
    for title, data in added.items():
        await add(visit, data, title, DocumentCategory.OTHER)
    await visit.site.file()
    await visit.site.file(space=visit.site.louis)
    assert "4 documents" in (await visit.text("/documents/telecharger?tout")).replace("\xa0", " ")
    token = await visit.browser.token()
    answer = await visit.browser.post("/documents/telecharger", {"csrf": token, "lesquels": "tout"})
    with zipfile.ZipFile(io.BytesIO(answer.body)) as opened:
        held = {name: hashlib.sha256(opened.read(name)).digest() for name in opened.namelist()}
    assert sorted(held.values()) == sorted(hashlib.sha256(data).digest() for data in (*added.values(), FILED_PDF))
    for title, data in added.items():
        assert [held[name] for name in held if name.startswith(title)] == [hashlib.sha256(data).digest()]


async def test_attachment_that_is_kept_has_the_very_octets_and_is_kept_once(visit: RecordVisit) -> None:
    data = a_pdf("Ordonnance du 3 mai") + b"% end\r\n"
    mid = await visit.site.receive(a_letter(CLAIRE, files=(("ordonnance.pdf", data),)))
    token, path = await visit.browser.token(), f"/documents/garder/{mid:x}/2"
    assert f'action="{path}"' in await visit.text(f"/messages/{mid:x}")
    kept = await visit.browser.post(path, {"csrf": token})
    assert kept.location.endswith("?ajout=1")
    document = kept.location.partition("?")[0]
    assert (await visit.browser.get(f"{document}/fichiers/original")).body == data
    assert (await visit.browser.post(path, {"csrf": token})).location == f"{document}?ajout=2"
    assert (await visit.browser.get(f"/messages/{mid:x}/pieces/2")).body == data
