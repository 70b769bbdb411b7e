"""The stored layout and the sections of FETCH drawn from it."""

import pytest

from gateway.domain.errors import MalformedContent
from gateway.domain.mime import Kind, Layout, ScannedMessage, attachments, layout_of, scan_message, section_range

# The figure of RFC 3501 §6.4.5, with recognisable contents.
RAW = b"""Subject: whole
Content-Type: multipart/mixed; boundary=b

preamble
--b
X-Part: one

text one
--b
Content-Type: application/pdf; name=r.pdf
Content-ID: <i@x>

%PDF-
--b
Content-Type: message/rfc822
X-Part: three

Subject: inner
Content-Type: multipart/mixed; boundary=i

--i
X-Part: three-one

text three-one
--i
Content-Type: message/rfc822

Subject: innermost

text three-two-one
--i--
--b--
epilogue
""".replace(b"\n", b"\r\n")


def _drawn(scanned: ScannedMessage) -> Layout:
    return Layout.of(scanned, attachments(scanned))


def _stored(scanned: ScannedMessage) -> bytes:
    return layout_of(scanned, attachments(scanned))


def section(name: str) -> bytes | None:
    layout = Layout.from_bytes(_stored(scan_message(RAW)))
    span = section_range(layout, name)
    return RAW[slice(*span)] if span else None


def test_whole_header_and_text_tile_the_message() -> None:
    header, text = section("HEADER"), section("TEXT")
    assert header == b"Subject: whole\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    assert section("") == RAW == header + (text or b"")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1", b"text one"),
        ("1.MIME", b"X-Part: one\r\n\r\n"),
        ("2", b"%PDF-"),
        ("2.mime", b"Content-Type: application/pdf; name=r.pdf\r\nContent-ID: <i@x>\r\n\r\n"),
        ("3.MIME", b"Content-Type: message/rfc822\r\nX-Part: three\r\n\r\n"),
        ("3.HEADER", b"Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"),
        ("3.1", b"text three-one"),
        ("3.1.MIME", b"X-Part: three-one\r\n\r\n"),
        ("3.2", b"Subject: innermost\r\n\r\ntext three-two-one"),
        ("3.2.Header", b"Subject: innermost\r\n\r\n"),
        ("3.2.TEXT", b"text three-two-one"),
        ("3.2.1", b"text three-two-one"),
        ("3.2.1.MIME", b"Subject: innermost\r\n\r\n"),
    ],
)
def test_sections(name: str, expected: bytes) -> None:
    assert section(name) == expected


def test_nested_message_is_its_header_and_text() -> None:
    assert section("3") == (section("3.HEADER") or b"") + (section("3.TEXT") or b"")


@pytest.mark.parametrize(
    "name",
    ["4", "0", "1.1", "1.HEADER", "1.TEXT", "MIME", "2.1.MIME", "3.3", "x", "1.", ".1", "1..2", "HEADER.1", "9" * 99],
)
def test_sections_that_are_not_there(name: str) -> None:
    assert section(name) is None


def test_single_part_message_has_section_1() -> None:
    layout = _drawn(scan_message(b"Subject: a\r\n\r\nbody"))
    assert section_range(layout, "1") == section_range(layout, "TEXT") == (14, 18)
    assert section_range(layout, "1.MIME") == section_range(layout, "HEADER") == (0, 14)


def test_layout_says_what_lists_need() -> None:
    layout = _drawn(scan_message(RAW))
    assert [part.section for part in layout.parts] == ["1", "2", "3", "3.1", "3.2", "3.2.1"]
    assert [part.section for part in layout.texts] == ["1", "3.1", "3.2.1"]
    assert [(part.section, part.filename, part.kind) for part in layout.attachments] == [
        ("2", "r.pdf", Kind.PDF),
        ("3", "piece-jointe-3.eml", Kind.MESSAGE),
        ("3.2", "piece-jointe-3.2.eml", Kind.MESSAGE),
    ]
    pdf = layout.part("2")
    assert pdf is not None
    assert (pdf.media_type, pdf.content_id, pdf.inline, pdf.charset) == ("application/pdf", "<i@x>", False, None)


def test_layout_is_read_back_as_written() -> None:
    layout = _drawn(scan_message(RAW))
    assert Layout.from_bytes(layout.to_bytes()) == layout
    assert len(layout.to_bytes()) < 120 * len(layout.parts)


def test_kind_that_a_later_version_added_is_other() -> None:
    later = _stored(scan_message(RAW)).replace(b'"text"]', b'"hologram"]')
    kinds = {part.kind for part in Layout.from_bytes(later).parts}
    assert Kind.OTHER in kinds
    assert Kind.TEXT not in kinds


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"[1,2,3]", b"[2,1,1,[]]", b"[1,1,1,[[]]]", b'[1,1,1,[["1"]]]', b"\xff", b"[1,1,1,5]"]
)
def test_anything_else_is_not_a_layout(data: bytes) -> None:
    with pytest.raises(MalformedContent):
        Layout.from_bytes(data)
