"""Names of a PDF with escapes undone, and those in object streams, within limits (ISO 32000-1 §7.3.5, §7.5.7)."""

import zlib

import pytest

from dossier_bridge.pdf.hidden_names import MAX_STREAM, names_undone, object_streams
from dossier_bridge.pdf.reader import pdf_facts
from gateway.domain.document import DocumentNote


def stream(octets: bytes, said: bytes = b"/Type/ObjStm/Filter/FlateDecode") -> bytes:
    return b"9 0 obj <<" + said + b">>\nstream\r\n" + octets + b"\nendstream\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"/#4caunch", b"/Launch"),
        (b"/J#53 (x)", b"/JS (x)"),
        (b"<</Type#20x/A#2fB>>", b"<</Type x/A/B>>"),
        (b"(#4c) /A#4", b"(#4c) /A#4"),
        (b"/AA", b"/AA"),
    ],
)
def test_escapes_of_names_are_undone_and_nothing_else(written: bytes, meant: bytes) -> None:
    assert names_undone(written) == meant


@pytest.mark.parametrize(
    ("said", "octets"),
    [
        (b"/Type/ObjStm/Filter/FlateDecode", zlib.compress(b"7 0 /Launch")),
        (b"/Type /Obj#53tm /Filter [/AHx /FlateDecode]", zlib.compress(b"7 0 /Launch").hex().encode() + b">"),
        (b"/Type/ObjStm/Filter/AHx", b"7 0 /Launch".hex().encode()),
        (b"/Type/ObjStm/Filter/ASCII85Decode", b"2b^#8@UX=h~>"),
        (b"/Type/ObjStm", b"7 0 /Launch"),
    ],
)
def test_object_streams_are_looked_into_through_usual_filters(said: bytes, octets: bytes) -> None:
    found = object_streams(stream(octets, said))
    assert (len(found.texts), found.is_unseen) == (1, False)
    assert b"ASCII85" in said or b"/Launch" in found.texts[0]


@pytest.mark.parametrize(
    ("said", "octets"),
    [
        (b"/Type/ObjStm/Filter/LZWDecode", b"x"),
        (b"/Type/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12>>", zlib.compress(b"x")),
        (b"/Type/ObjStm/Filter/FlateDecode", b"no zlib"),
        (b"/Type/ObjStm/Filter/FlateDecode", zlib.compress(bytes(MAX_STREAM + 1))),
        (b"/Type/ObjStm/Filter/AHx", b"zz"),
    ],
)
def test_what_is_not_undone_counts_as_unseen(said: bytes, octets: bytes) -> None:
    assert object_streams(stream(octets, said)).is_unseen
    assert pdf_facts(stream(octets, said)).is_unseen


def test_stream_without_an_end_is_unseen_and_other_streams_are_no_matter() -> None:
    assert object_streams(b"1 0 obj <</Type/ObjStm>> stream\nx").is_unseen
    assert object_streams(stream(zlib.compress(b"x"), b"/Type/XObject/Filter/LZWDecode")).texts == ()


def test_notes_of_what_lies_in_an_object_stream_are_made() -> None:
    facts = pdf_facts(stream(zlib.compress(b"7 0 <</OpenAction<</S/JavaScript>>>> /EmbeddedFile")))
    assert set(facts.notes) == {
        DocumentNote.PDF_SCRIPT, DocumentNote.PDF_OPEN_ACTION, DocumentNote.PDF_EMBEDDED_FILE,
    }  # fmt: skip
