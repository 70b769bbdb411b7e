"""Words of PDF files, read in a real process: what is broken gives none, and costs nobody else anything."""

import asyncio

import pytest

from gateway.pdf_text_processes import PdfTexts, pdf_text_processes
from tests.builders.pdfs import a_pdf


async def test_words_are_read_in_a_process_without_rights() -> None:
    async with pdf_text_processes() as processes:
        texts = PdfTexts(processes)
        assert "Menisque interne" in await texts.text_of(a_pdf("Menisque interne", "seconde page"), "camille")
        assert "seconde page" in await texts.text_of(a_pdf("Menisque interne", "seconde page"), "camille")
        for broken in (b"%PDF-1.7\n", b"text", a_pdf("x")[:60]):
            assert await texts.text_of(broken, "camille") == ""


async def test_ten_thousand_pages_give_the_words_of_the_first() -> None:
    async with pdf_text_processes() as processes, asyncio.timeout(15):
        found = await PdfTexts(processes).text_of(a_pdf(*["mot"] * 10_000), "camille")
    assert found.count("mot") == pytest.approx(200, abs=1)
