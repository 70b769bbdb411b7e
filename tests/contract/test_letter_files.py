"""Notices as letters: a tagged PDF each, with the address in the window and the code large."""

import os
from pathlib import Path

import pytest
from pypdf import PdfReader

from gateway.domain.errors import NoticeDeferred
from gateway.domain.notices import Channel, Notice, NoticeKind
from gateway.notices.letter_files import LetterFiles
from gateway.papers.typst_papers import TypstPapers
from gateway.services.space.notice_texts import worded
from gateway.services.space.opening_texts import TO_GUARDIAN, without_internet

ADDRESS = ("Aux représentants légaux de Léo Dupont-Essai", "Bâtiment C", "1 rue de l'Essai", "75001 Paris")
MILLIMETRE = 72 / 25.4
CODE = "Ad3eF4hM"
TELEPHONE = "01 99 00 12 34"
POSTAL = "Caisse d'assurance de l'Essai, service des espaces santé, 12 boulevard de la République, 75001 Paris Cedex 01"


def _notice(batch: str = "2026-03-02") -> Notice:
    whom = {name: phrase.format(first_name="Léo") for name, phrase in TO_GUARDIAN.items()}
    values = {"code": CODE, "issuer": "Caisse d'assurance de l'Essai", "place": "espace.example", **whom}
    return Notice(
        id="3f2a",
        channel=Channel.LETTER,
        to="\n".join(ADDRESS),
        kind=NoticeKind.OPENING,
        wording=without_internet(worded(NoticeKind.OPENING, Channel.LETTER, values), TELEPHONE, POSTAL),
        code=CODE,
        issuer=values["issuer"],
        batch=batch,
    )


async def _letter(folder: Path) -> PdfReader:
    await LetterFiles(folder, TypstPapers()).send(_notice())
    return PdfReader(folder / "2026-03-02" / "3f2a.pdf")


async def test_letter_is_one_tagged_page_in_french_with_a_title(tmp_path: Path) -> None:
    letter = await _letter(tmp_path)
    root = letter.root_object
    assert len(letter.pages) == 1
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith("fr")
    assert letter.metadata is not None
    assert letter.metadata.title == "Votre espace santé : activez-le ou refusez-le"


async def test_letter_says_issuer_steps_and_code(tmp_path: Path) -> None:
    text = (await _letter(tmp_path)).pages[0].extract_text()
    help_line = f"Appelez le {TELEPHONE}", "75001 Paris Cedex 01"
    for said in ("Caisse d’assurance de l’Essai", "espace.example", CODE, "Léo", "six semaines", *help_line):
        assert said in " ".join(text.replace("'", "’").split())


async def test_address_stands_in_the_window_and_the_code_is_large(tmp_path: Path) -> None:
    found: list[tuple[str, float, float, float]] = []

    def look(text: str, matrix: list[float], inner: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.append((text.strip(), matrix[4] + inner[4], matrix[5] + inner[5], size * abs(matrix[3] * inner[3])))

    page = (await _letter(tmp_path)).pages[0]
    page.extract_text(visitor_text=look)
    (x, y) = next((x, y) for text, x, y, _size in found if "Bâtiment" in text)
    from_left, from_top = x / MILLIMETRE, (float(page.mediabox.height) - y) / MILLIMETRE
    assert 95 <= from_left <= 115
    assert 45 <= from_top <= 75
    assert max(size for text, *_, size in found if CODE in text) >= 24


async def test_letter_that_is_made_twice_is_one_file(tmp_path: Path) -> None:
    await _letter(tmp_path)
    await _letter(tmp_path)
    assert [file.name for file in (tmp_path / "2026-03-02").iterdir()] == ["3f2a.pdf"]
    assert (tmp_path / "2026-03-02" / "3f2a.pdf").stat().st_mode & 0o077 == 0


async def test_folder_that_cannot_be_written_defers(tmp_path: Path) -> None:
    (tmp_path / "2026-03-02").write_bytes(os.urandom(1))
    with pytest.raises(NoticeDeferred):
        await LetterFiles(tmp_path, TypstPapers()).send(_notice())
