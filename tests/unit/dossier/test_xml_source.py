"""XML that would reach beyond its own bytes is refused before it does (assurance, vector « XML »)."""

import re
from pathlib import Path

import pytest

from dossier_bridge import xml_source
from dossier_bridge.faults import DocumentFault, DocumentLimit, FaultReason
from dossier_bridge.xml_source import parse_xml

BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (c + 1, b"&%c;" % c * 10) for c in range(ord("a"), ord("j")))
    + b"]><lolz>&j;</lolz>"
)


def fault_of(data: bytes) -> FaultReason:
    with pytest.raises(DocumentFault) as caught:
        parse_xml(data, 1_000_000)
    return caught.value.reason


def test_plain_document_is_parsed() -> None:
    assert parse_xml(b"<?xml version='1.0'?><a><b>x</b></a>", 1_000).tag == "a"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0"?>\n<!-- x --><?pi y?>  <!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>',
        b"\xef\xbb\xbf<!DOCTYPE a><a/>",
        "<!DOCTYPE a><a/>".encode("utf-16"),
        BILLION_LAUGHS,
    ],
)
def test_doctype_is_refused(data: bytes) -> None:
    assert fault_of(data) is FaultReason.XML_DOCTYPE


def test_doctype_that_the_first_check_misses_meets_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_source, "_PROLOG", re.compile(rb"never"))
    assert fault_of(b"<!DOCTYPE a><a/>") is FaultReason.XML_DOCTYPE


def test_external_entity_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    data = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode()
    assert fault_of(data) is FaultReason.XML_DOCTYPE


def test_entity_without_declaration_is_malformed() -> None:
    assert fault_of(b"<a>&x;</a>") is FaultReason.XML_MALFORMED


def test_word_doctype_in_text_is_no_doctype() -> None:
    assert parse_xml(b"<a><![CDATA[<!DOCTYPE html>]]></a>", 1_000).text == "<!DOCTYPE html>"


def test_inclusion_is_refused() -> None:
    data = b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/hostname" parse="text"/></a>'
    assert fault_of(data) is FaultReason.XML_INCLUDE


def test_style_sheet_instruction_is_dropped() -> None:
    root = parse_xml(b'<?xml-stylesheet type="text/xsl" href="http://192.0.2.1/x.xsl"?><a><?php x?></a>', 1_000)
    assert len(root) == 0
    assert root.getprevious() is None


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_encodings_are_read(codec: str) -> None:
    assert parse_xml("<a>é</a>".encode(codec), 1_000).text == "é"


@pytest.mark.parametrize(("name", "codec"), [("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252"), ("UTF-8", "utf-8")])
def test_declared_encodings_of_the_short_list_are_read(name: str, codec: str) -> None:
    data = f'<?xml version="1.0" encoding="{name}"?><a>é</a>'.encode(codec)
    assert parse_xml(data, 1_000).text == "é"


@pytest.mark.parametrize("name", ["UTF-7", "UTF-16", "EBCDIC-CP-FR", "ISO-2022-JP", "UCS-4"])
def test_encodings_that_could_hide_a_doctype_are_refused(name: str) -> None:
    data = f'<?xml version="1.0" encoding="{name}"?><a/>'.encode("ascii")
    assert fault_of(data) is FaultReason.XML_ENCODING


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_read_with_and_without_their_mark(codec: str) -> None:
    assert parse_xml('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode(codec), 1_000).text == "é"


@pytest.mark.parametrize("data", [b"\xff\xfe<", b"\0\0<a/>", b"<\0a", " <a/>".encode("utf-16-be"), b"\x4c\x6f\xa7\x94"])
def test_wide_encodings_that_are_cut_or_not_known_are_refused(data: bytes) -> None:
    assert fault_of(data) in (FaultReason.XML_ENCODING, FaultReason.XML_MALFORMED)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-32-be"])
def test_doctype_in_a_wide_encoding_is_refused(codec: str) -> None:
    assert fault_of("<!DOCTYPE a><a/>".encode(codec)) is FaultReason.XML_DOCTYPE


def test_octets_that_are_not_of_the_encoding_are_refused() -> None:
    assert fault_of(b"<a>\xe9</a>") is FaultReason.XML_NOT_UTF8
    assert fault_of(b'<?xml version="1.0" encoding="us-ascii"?><a>\xe9</a>') is FaultReason.XML_ENCODING


@pytest.mark.parametrize("data", [b"", b"   ", b"<a>", b"<a></b>", b"not xml", b"<a/><b/>", b"\x00"])
def test_broken_xml_is_malformed(data: bytes) -> None:
    assert fault_of(data) in (FaultReason.XML_MALFORMED, FaultReason.XML_ENCODING)


def test_size_limit_holds_before_parsing() -> None:
    with pytest.raises(DocumentLimit):
        parse_xml(b"<a>" + b"x" * 100 + b"</a>", 50)


def test_deep_nesting_passes_a_limit() -> None:
    assert fault_of(b"<a>" * 1_000 + b"</a>" * 1_000) is FaultReason.TOO_DEEP


def test_large_embedded_file_is_within_the_limits() -> None:
    root = parse_xml(b"<a>" + b"QUJD" * 3_000_000 + b"</a>", 20_000_000)
    assert len(root.text or "") == 12_000_000


def test_declaration_that_does_not_end_is_refused_without_being_searched() -> None:
    assert fault_of(b"<?xml " + b'encoding="a" ' * 50_000) is FaultReason.XML_MALFORMED


@pytest.mark.parametrize("declared", ['encoding="UTF-8"', "", 'encoding="ISO-8859-1"', 'encoding="ISO-8859-15"'])
def test_control_characters_that_are_windows_1252_are_read_as_such(declared: str) -> None:
    codec = "cp1252" if "ISO" in declared else "utf-8"
    words = "L’analyse à 5 €" if codec == "cp1252" else "L\x92analyse à 5 \x80"
    data = f'<?xml version="1.0" {declared}?><a>{words}</a>'.encode(codec)
    assert parse_xml(data, 1_000).text == "L’analyse à 5 €"


def test_octet_that_no_code_page_has_is_one_unknown_character() -> None:
    assert parse_xml(b'<?xml version="1.0" encoding="ISO-8859-1"?><a>a\x81b</a>', 1_000).text == "a\ufffdb"


@pytest.mark.parametrize("declared", ['<?xml version="1.0" encoding="UTF-8"?>', ""])
def test_latin_octets_that_are_called_utf_8_are_refused_by_that_name(declared: str) -> None:
    assert fault_of(f"{declared}<a>élevé</a>".encode("latin-1")) is FaultReason.XML_NOT_UTF8
    assert "UTF-8" in FaultReason.XML_NOT_UTF8.sentence


@pytest.mark.parametrize(
    "mark", ["\u202e", "\u2066", "&#x202E;", "&#8238;", "&#x00002069;", "\u202a&#x202c;"], ids=ascii
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_figure_stays_in_the_order_in_which_it_was_sent(mark: str, codec: str) -> None:
    root = parse_xml(f'<a b="x{mark}1">14{mark}0 &#xE9;</a>'.encode(codec), 1_000)
    assert (root.get("b"), root.text) == ("x1", "140 é")


def test_doctype_behind_a_mark_of_direction_is_refused() -> None:
    assert fault_of('<!DOC\u202eTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode()) is FaultReason.XML_DOCTYPE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"1\xe2\x80\xe2\x80\xae\xae40", "140"), (b"1&#82&#8238;38;40", "140"),
        (b"1&#82&#82&#82&#8238;38;38;38;40", None), (b"\xe2\x80" * 9 + b"\xe2\x80\xae" + b"\xae" * 9, None),
    ],
)  # fmt: skip
def test_mark_of_direction_inside_another_leaves_none(text: bytes, expected: str | None) -> None:
    data = b"<a>" + text + b"</a>"
    if expected is None:
        assert fault_of(data) is FaultReason.XML_MALFORMED
    else:
        assert parse_xml(data, 1_000).text == expected
