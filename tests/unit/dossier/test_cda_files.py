"""Files inside CDA documents: they open, or the document is refused with a sentence that says why."""

import base64
import time
import zlib

import pytest

from dossier_bridge.cda.reader import CdaDocument, read_cda
from dossier_bridge.faults import DocumentFault, FaultReason
from dossier_bridge.file_words import words_of
from dossier_bridge.nesting import Budget
from dossier_bridge.rtf.reader import rtf_lines
from dossier_bridge.synthetic import pdf_page
from gateway.domain.readable import Opening
from gateway.domain.readable_html import html_of
from tests.builders.clinical import a_cda_around, a_report

PDF = pdf_page(["Résultat"])
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
TIFF = b"II*\0" + bytes(40)
RTF = rb"{\rtf1\ansi Bonjour {\b Louis}\par suite}"


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def read(text: str, attributes: str = 'mediaType="application/pdf" representation="B64"') -> CdaDocument:
    return read_cda(a_cda_around(text, attributes))


def opened(text: str, attributes: str) -> tuple[str, bytes]:
    file = read(text, attributes).presentation
    assert file is not None
    return file.media_type, file.data


def refusal(text: str, attributes: str = 'mediaType="application/pdf" representation="B64"') -> FaultReason:
    with pytest.raises(DocumentFault) as caught:
        read(text, attributes)
    return caught.value.reason


@pytest.mark.parametrize(
    "text",
    [
        encoded(PDF),
        encoded(PDF + b"x").rstrip("="),
        encoded(PDF + b"xy").rstrip("="),
        f"\n  {encoded(PDF)[:40]}\n{encoded(PDF)[40:]}\t",
    ],
)
def test_base64_opens_with_blanks_and_without_padding(text: str) -> None:
    media_type, data = opened(text, 'mediaType="application/pdf" representation="B64"')
    assert (media_type, data[: len(PDF)]) == ("application/pdf", PDF)


@pytest.mark.parametrize(
    "attributes",
    [
        'mediaType="application/pdf"', 'mediaType="application/pdf" representation="TXT"', "", 'mediaType="text/plain"',
        'mediaType="application/x-pdf; x=y" representation="b64"', 'mediaType="image/png" representation="B64"',
        'mediaType="text/rtf" representation="B64"',
    ],
)  # fmt: skip
def test_file_opens_whatever_it_is_called(attributes: str) -> None:
    assert opened(encoded(PDF), attributes) == ("application/pdf", PDF)


@pytest.mark.parametrize("data", [PNG, TIFF, b"\xff\xd8\xff\xe0" + bytes(9), b"GIF89a" + bytes(9), b"MM\0*" + bytes(9)])
def test_pictures_are_known_by_their_octets(data: bytes) -> None:
    assert opened(encoded(data), 'mediaType="application/pdf" representation="B64"')[1] == data


def test_other_types_are_kept_as_they_are_called() -> None:
    assert opened(encoded(b"RIFFxxxx"), 'mediaType="audio/wav" representation="B64"') == ("audio/wav", b"RIFFxxxx")


@pytest.mark.parametrize(
    ("compression", "data"),
    [
        ("DF", zlib.compress(PDF, wbits=-15)), ("DF", zlib.compress(PDF)), ("ZL", zlib.compress(PDF)),
        ("zl", zlib.compress(PDF, wbits=-15)), ("GZ", zlib.compress(PDF, wbits=31)),
    ],
)  # fmt: skip
def test_compressed_files_are_opened(compression: str, data: bytes) -> None:
    assert opened(encoded(data), f'mediaType="application/pdf" compression="{compression}"')[1] == PDF


@pytest.mark.parametrize(
    ("compression", "data"),
    [("BZ", PDF), ("7Z", PDF), ("GZ", zlib.compress(PDF)), ("DF", b"\xff\xff\xff"), ("ZL", zlib.compress(PDF)[:-9])],
)
def test_other_or_damaged_compression_is_refused(compression: str, data: bytes) -> None:
    attributes = f'mediaType="application/pdf" representation="B64" compression="{compression}"'
    assert refusal(encoded(data), attributes) is FaultReason.CDA_COMPRESSION


def test_compressed_file_is_opened_under_the_limits_of_the_message() -> None:
    bomb = a_cda_around(encoded(zlib.compress(bytes(4_000_000))), 'mediaType="audio/wav" compression="ZL"')
    budget = Budget(max_bytes=1_000_000)
    with pytest.raises(DocumentFault) as caught:
        read_cda(bomb, budget)
    assert (caught.value.reason, budget.bytes < 0) == (FaultReason.TOO_LARGE, True)


@pytest.mark.parametrize("text", ["JVBER*", "é", "JVBER=i0", "J"])
def test_damaged_base64_is_refused_by_its_name(text: str) -> None:
    assert refusal(text) is FaultReason.CDA_BASE64
    assert "base64" in FaultReason.CDA_BASE64.sentence


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", "image/tiff", "text/rtf"])
def test_file_that_is_not_of_its_type_is_refused(media_type: str) -> None:
    assert refusal(encoded(b"not that"), f'mediaType="{media_type}" representation="B64"') is FaultReason.CDA_FILE


@pytest.mark.parametrize("text", ["", " \n", '<reference value="https://a.example/x.pdf"/>'])
def test_document_with_nothing_inside_is_refused(text: str) -> None:
    assert refusal(text) is FaultReason.CDA_EMPTY


def test_body_without_text_is_refused() -> None:
    with pytest.raises(DocumentFault):
        read_cda(a_cda_around("").replace(b"nonXMLBody><text", b"nonXMLBody><x").replace(b"</text></non", b"</x></non"))


@pytest.mark.parametrize(
    ("text", "attributes", "words"),
    [
        (encoded(RTF), 'mediaType="text/rtf" representation="B64"', ["Bonjour Louis", "suite"]),
        (RTF.decode(), 'mediaType="application/rtf"', ["Bonjour Louis", "suite"]),
        ("Bonjour Louis\n\nsuite", 'mediaType="text/plain"', ["Bonjour Louis", "suite"]),
        (encoded("Élevé".encode()), 'mediaType="text/plain" representation="B64"', ["Élevé"]),
        (encoded("Élevé".encode("cp1252")), 'mediaType="text/plain" representation="B64"', ["Élevé"]),
        ("Normal12", "", ["Normal12"]),
        ("Normal123", "", ["Normal123"]),
    ],
)
def test_words_of_texts_are_read_in_place(text: str, attributes: str, words: list[str]) -> None:
    assert html_of(read(text, attributes).text) == "".join(f'<div class="para">{line}</div>' for line in words)


def test_words_of_a_file_inside_a_structured_document_follow_its_own() -> None:
    value = f'<value mediaType="text/rtf" representation="B64">{encoded(RTF)}</value>'
    entry = f"<entry><observationMedia>{value}</observationMedia></entry>"
    section = f"<component><section><text>vu</text>{entry}</section></component>"
    written = a_report().decode()
    start = written.index("<structuredBody") + len("<structuredBody>")
    text = html_of(read_cda(f"{written[:start]}{section}{written[start:]}".encode()).text)
    assert text.startswith("<section>vu</section><section><h3>Texte d’un fichier joint</h3>")


def test_picture_of_a_region_is_shown_where_the_region_is() -> None:
    picture = f'<observationMedia ID="i"><value mediaType="image/png" representation="B64">{encoded(PNG)}</value>'
    inside = f"<entryRelationship>{picture}</observationMedia></entryRelationship>"
    section = (
        '<component><section><text><renderMultiMedia referencedObject="r"/></text><entry><act><entryRelationship>'
        f'<regionOfInterest ID="r">{inside}</regionOfInterest><regionOfInterest ID="s"/>'
        "</entryRelationship></act></entry></section></component>"
    )
    written = a_report().decode()
    start = written.index("<structuredBody") + len("<structuredBody>")
    read = read_cda(f"{written[:start]}{section}{written[start:]}".encode())
    assert [token.target for token in read.text.tokens if isinstance(token, Opening) and token.target] == ["media-1"]


def test_files_without_words_give_none() -> None:
    assert not words_of("application/pdf", PDF).has_words


# ---------------------------------------------------------------- RTF


@pytest.mark.parametrize(
    ("rtf", "lines"),
    [
        (rb"{\rtf1 Bonjour}", ["Bonjour"]),
        (rb"{\rtf1\ansi\ansicpg1252 R\'e9sultat\line \'80 5}", ["Résultat", "€ 5"]),
        (rb"{\rtf1\ansicpg65001 \'c3\'a9}", ["é"]),
        (rb"{\rtf1\ansicpg1250 \'e8}", ["č"]),
        (rb"{\rtf1\ansicpg99999 \'e9}", ["é"]),
        (rb"{\rtf1\uc1 \u233?t\u233 ?\u-3844?}", ["été\uf0fc"]),
        (rb"{\rtf1\uc0\u8804 5}", ["≤5"]),
        (rb"{\rtf1\uc2\u8804\'3c\'3d 5}", ["≤ 5"]),
        (rb"{\rtf1\u55296?a}", ["\ufffda"]),
        (rb"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator X;}{\info{\title T}}{\pict 89504e}vu}", ["vu"]),
        (rb"{\rtf1 a\cell b\row c\emdash d\~e\-f\_g\{h\}\\}", ["a\tb", "c—d\u00a0ef\u2011g{h}\\"]),
        (rb"{\rtf1 a\bin4 {}{}b}", ["ab"]),
        (rb"{\rtf1 a" + b"\r\nb}", ["ab"]),
        (b"{\\rtf1 a\\\nb}", ["a\nb"]),
        (rb"{\rtf1 a}b", ["a"]),
        (rb"{\rtf1 a" + b"\\", ["a"]),
        (rb"{\rtf1 " + "é".encode("latin-1") + rb"}", ["é"]),
    ],
)
def test_words_of_rtf_are_read(rtf: bytes, lines: list[str]) -> None:
    assert list(rtf_lines(rtf)) == lines


def test_long_lines_of_rtf_are_cut_and_deep_groups_end_it() -> None:
    assert max(map(len, rtf_lines(b"{\\rtf1 " + b"{\\b mot }" * 50_000 + b"}"))) < 21_000
    assert list(rtf_lines(b"{\\rtf1 a" + b"{" * 100_000 + b"b")) == ["a"]


@pytest.mark.parametrize("piece", [b"{\\b a}", b"\\'e9", b"\\u233?", b"a\\par ", b"\\par", b"{\\*", b"\\bin0 "])
def test_time_of_rtf_grows_no_faster_than_the_file(piece: bytes) -> None:
    def of(size: int) -> float:
        start = time.process_time()
        words_of("text/rtf", b"{\\rtf1 " + piece * size)
        return time.process_time() - start

    assert min(of(80_000) for _ in range(2)) < 16 * max(min(of(10_000) for _ in range(2)), 0.01)
