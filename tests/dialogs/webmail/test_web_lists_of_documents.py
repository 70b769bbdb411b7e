"""What a list says of a report: its laboratory, its first examinations, and what is outside its range."""

import pytest

from tests.builders.web_client import Browser


@pytest.mark.parametrize("path", ["/", "/documents", "/documents?categorie=biologie"])
async def test_list_says_examinations_and_what_calls_for_a_look(browser: Browser, path: str) -> None:
    page = (await browser.get(path)).text
    assert "Hémoglobine, Leucocytes, Plaquettes…" in page
    assert "Hors intervalle&nbsp;: Leucocytes, Plaquettes, Glycémie à jeun et 1\u00a0autre" in page
    assert "Signalé par le laboratoire&nbsp;: Recherche de sang" in page


async def test_document_without_results_says_nothing_of_ranges(browser: Browser) -> None:
    page = (await browser.get("/documents?categorie=ordonnances")).text
    listed = page[page.index('<ul class="list"') :]
    assert "Ordonnance de kinésithérapie" in listed
    assert "intervalle" not in listed
