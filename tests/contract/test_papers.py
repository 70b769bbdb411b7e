"""Papers: tagged PDF files whose values are texts, never markup, and which no sign can spoil."""

import io

import pytest
from pypdf import PdfReader
from pypdf.generic import StreamObject

from gateway.papers.typst_papers import TEMPLATES, TypstPapers, printable
from gateway.ports.papers import PaperValue


def _proof(*lines: str) -> PdfReader:
    values: dict[str, PaperValue] = {"title": "Preuve d’opposition", "lines": lines, "made": "29 novembre 2026"}
    return PdfReader(io.BytesIO(TypstPapers().pdf_of("proof", values)))


def test_paper_is_tagged_in_french_and_titled() -> None:
    pdf = _proof("Vous avez refusé votre espace.")
    root = pdf.root_object
    assert str(root["/MarkInfo"]) == "{'/Marked': True, '/Suspects': False}"
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]) == "fr-FR"
    stream = root["/Metadata"].get_object()
    assert isinstance(stream, StreamObject)
    metadata = stream.get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "Preuve d’opposition".encode() in metadata


def test_values_are_printed_as_they_are() -> None:
    written = '#panic("x") *gras* $x$ <etiquette> \\ @nom'
    assert written in _proof(written).pages[0].extract_text()


def test_facts_and_number_are_printed_when_there_are_some() -> None:
    facts = [["Date", "2 mars 2026"]]
    made = TypstPapers().pdf_of("proof", {"title": "T", "lines": [], "facts": facts, "number": "A-1", "made": "hier"})
    text = PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "Date : 2 mars 2026" in text
    assert "Numéro : A-1" in text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Łukasz Çelik Đặng", "Łukasz Çelik Đặng"),
        ("é", "é"),
        ("un 😀 漢", "un ? ?"),
        ("ﬁn ½", "fin ½"),
        ("a\x00b\u200fc\ufeff", "abc"),
        ("\ud800\ue000\ufffe", "???"),
        ("ligne\nautre", "ligne\nautre"),
    ],
)
def test_what_cannot_be_printed_is_written_by_its_nearest_letters(written: str, printed: str) -> None:
    assert printable(written) == printed


def test_every_sign_that_is_kept_can_be_printed() -> None:
    kept = "".join(sorted({printable(chr(number)) for number in range(0x110000)}))
    assert len(kept) > 500
    assert _proof(*(kept[start : start + 40] for start in range(0, len(kept), 40))).pages


@pytest.mark.parametrize("name", sorted(file.stem for file in TEMPLATES.glob("*.typ")))
def test_every_template_uses_the_common_page(name: str) -> None:
    assert name == "page" or '#import "page.typ": *' in (TEMPLATES / f"{name}.typ").read_text(encoding="utf-8")
