"""The synthesis and the card for emergencies, downloaded from pages over the real services (F44, E51, E76)."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from gateway.domain.profile import EntryState, ProfileSection
from gateway.domain.synthesis import SynthesisPart
from gateway.ports.store import Tx
from gateway.services.synthesis.synthesis_reading import SynthesisReading
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.scanned_codes import codes_on_page
from tests.builders.store import NOON, ram_folder

ALLERGIES = "/profil/allergies"


@pytest.fixture
async def visit() -> AsyncIterator[RecordVisit]:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|fiche|version", ALLERGIES) as signed_in:
            yield signed_in


async def _pdf(visit: RecordVisit, path: str) -> PdfReader:
    answer = await visit.browser.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    return PdfReader(io.BytesIO(answer.body))


def _words(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages).replace("\u00a0", " ")


def _tags(element: PdfObject | None, depth: int = 0) -> list[DictionaryObject]:
    """Give the structure elements in the order in which they are read."""
    found = element.get_object() if element is not None else None
    if isinstance(found, ArrayObject):
        return [tag for kid in found for tag in _tags(kid, depth + 1)]
    if not isinstance(found, DictionaryObject) or depth > 60:
        return []
    own = [found] if "/S" in found else []
    return own + (_tags(found.get("/K"), depth + 1) if "/K" in found else [])


async def test_synthesis_has_every_section_and_is_read_by_ear_in_order(visit: RecordVisit) -> None:
    await visit.add(nom="Pénicilline", gravite="grave", reaction="Plaques", debut="06/2001")
    await visit.add("/profil/traitements", nom="Amlodipine 5 mg", posologie="1 le matin")
    await visit.add("/profil/traitements", nom="Amoxicilline", debut="2019", fin="2020")
    await visit.add("/profil/vaccinations", nom="ROR", date="02/03/1990", lot="A12")
    await visit.browser.post("/profil/handicaps", {"csrf": await visit.browser.token(), "rien": "oui"})
    await visit.site.write_weight()
    assert "Télécharger ma synthèse" in await visit.text("/profil")
    pdf = await _pdf(visit, "/profil/synthese/pdf")
    root = pdf.root_object
    assert (str(root["/Lang"]), str(root["/MarkInfo"])) == ("fr-FR", "{'/Marked': True, '/Suspects': False}")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()  # type: ignore[union-attr]
    assert pdf.metadata is not None
    assert "Synthèse de santé" in str(pdf.metadata.title)
    names = [str(tag["/S"]) for tag in _tags(root["/StructTreeRoot"])]
    assert names.index("/H1") < names.index("/H2")
    assert {"/L", "/LI", "/Table", "/TH", "/TD"} < {*names}
    fonts = {name for page in pdf.pages for name in re.findall(r"/FontFile\d?", str(_fonts(page)))}
    assert fonts  # embedded
    text = _words(pdf)
    heads = ["Allergies", "Traitements", "Maladies", "Vaccinations", "Mesures", "Handicaps"]
    assert [head for head in heads if head not in text] == []
    assert [text.index(head) for head in heads] == sorted(text.index(head) for head in heads)
    for said in ("Gravité : Grave", "Depuis quand ? 06/2001", "En cours", "Dans le passé", "2 mars 1990"):
        assert said in text, said
    assert text.index("Amlodipine 5 mg") < text.index("Amoxicilline")
    assert "Rien à déclarer." in text[text.index("Handicaps") :]
    assert "Non renseigné." in text[text.index("Maladies") : text.index("Vaccinations")]
    assert "Hospitalisations" not in text
    (line,) = await visit.site.trace("synthesis.made")
    assert "profile:allergies" in line.objects


def _fonts(page: PdfObject) -> list[PdfObject]:
    found = page["/Resources"]["/Font"]  # type: ignore[index]
    return [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in found.values()]


async def test_chosen_sections_alone_are_printed_and_stay_chosen(visit: RecordVisit) -> None:
    await visit.add(nom="Latex")
    await visit.add("/profil/maladies", nom="Asthme")
    token = await visit.browser.token()
    none = await visit.browser.post("/profil/synthese", {"csrf": token})
    assert (none.status, "Choisissez au moins une rubrique." in none.text) == (422, True)
    sent = await visit.browser.post("/profil/synthese", {"csrf": token, "maladies": "1", "mesures": "1"})
    assert sent.headers["Content-Type"] == "application/pdf"
    for octets in (sent.body, (await visit.browser.get("/profil/synthese/pdf")).body):
        text = _words(PdfReader(io.BytesIO(octets)))
        assert ("Asthme" in text, "Latex" in text, "Allergies" in text) == (True, False, False)
    kept = re.findall(r'name="([\w-]+)" value="1" checked', await visit.text("/profil/synthese"))
    assert kept == ["maladies", "mesures"]


async def test_what_was_deleted_proposed_or_hidden_is_in_no_paper(visit: RecordVisit) -> None:
    await visit.add(nom="Latex")
    entry = await visit.first()
    await visit.browser.post(entry, await visit.fields(entry) | {"geste": "supprimer"})
    kept = await visit.site.write_allergy("Soja")
    proposed = replace(kept, id=42, state=EntryState.PROPOSED, fields={"nom": "Arachide"})
    await visit.site.at.store.write(lambda tx: tx.profile.add(visit.site.camille.vault, proposed))
    for path in ("/profil/synthese/pdf", "/profil/carte-urgence/pdf"):
        text = _words(await _pdf(visit, path))
        assert ("Soja" in text, "Latex" in text, "Arachide" in text) == (True, False, False)


async def test_very_many_entries_stay_within_limits(visit: RecordVisit) -> None:
    first, vault, store = await visit.site.write_allergy(), visit.site.camille.vault, visit.site.at.store

    def fill(tx: Tx) -> None:
        for number in range(2, 130):
            tx.profile.add(vault, replace(first, id=number, fields={"nom": f"Pollen {number}"}))
        tx.profile.add(vault, replace(first, id=130, fields={"nom": "L" * 200}, written_at=NOON + timedelta(1)))
        for number in range(20):
            wish = {"sujet": "autre", "texte": "s" * 20_000}
            tx.profile.add(vault, replace(first, id=number + 2, section=ProfileSection.WISHES, fields=wish))

    await store.write(fill)
    token = await visit.browser.token()
    sent = await visit.browser.post("/profil/synthese", {"csrf": token, "allergies": "1"})
    words = _words(pdf := PdfReader(io.BytesIO(sent.body)))
    assert len(pdf.pages) < 6
    assert "Et 30 de plus, à lire dans l’espace santé." in words
    assert words.count("LLLLLLLLLLLLLLLLLLLL") > 2  # a word that no line holds is broken, not cut off
    card = (await visit.browser.get("/profil/carte-urgence/pdf")).body
    assert "Et 120 de plus" in _words(PdfReader(io.BytesIO(card)))
    # Whoever reads the code alone must not take ten allergies for all of them.
    assert "\n- Et 120 de plus" in codes_on_page(card)[0]
    reading = SynthesisReading(store, visit.site.at.clock)
    found = await reading.read(visit.site.actor, [SynthesisPart.WISHES], "synthesis.made")
    assert (found.sections[SynthesisPart.WISHES].count, found.left_out) == (9, {SynthesisPart.WISHES: 11})


async def test_card_says_allergies_first_and_its_code_the_same_words(visit: RecordVisit) -> None:
    await visit.add(nom="Pénicilline", gravite="grave", reaction="Gêne pour respirer")
    await visit.add("/profil/traitements", nom="Amlodipine 5 mg")
    await visit.add("/profil/entourage", nom="Luc Modèle", telephone="06 98 76 54 32")
    await visit.add("/profil/entourage", nom="Anne Modèle", role="urgence", telephone="06 12 34 56 78")
    octets = (await visit.browser.get("/profil/carte-urgence/pdf")).body
    text = _words(PdfReader(io.BytesIO(octets)))
    assert text.index("Pénicilline – Grave") < text.index("Amlodipine") < text.index("Anne") < text.index("Luc")
    (code,) = codes_on_page(octets)
    lines = [line.removeprefix("- ") for line in code.splitlines()]
    assert lines[:3] == ["CARTE D’URGENCE", "Camille Lefèvre", "Date de naissance : 15 janvier 1980"]
    assert lines[3:5] == ["ALLERGIES :", "Pénicilline – Grave – Gêne pour respirer"]
    shown = " ".join((text + await visit.text("/profil/carte-urgence")).split()).upper()
    assert [line for line in lines if line.rstrip(" :.").removeprefix("Carte du ").upper() not in shown] == []
    assert codes_on_page((await visit.browser.get("/profil/carte-urgence/pdf?code=sans")).body) == []
