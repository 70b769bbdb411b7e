"""Any bytes give a value or a documented error: archives, XML, CDA, metadata, frames."""

import base64
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossier_bridge.cda.reader import read_cda
from dossier_bridge.faults import DocumentFault
from dossier_bridge.pdf.reader import pdf_facts
from dossier_bridge.reading import read_attachments
from dossier_bridge.request import AttachedFile, ReadOutcome, ReadRequest
from dossier_bridge.sandbox.dicom_pictures import described, drawn
from dossier_bridge.sandbox.frames import decode_outcome, decode_request
from dossier_bridge.synthetic import (
    Submitted,
    SyntheticReport,
    example_results,
    laboratory_report,
    pdf_page,
    xdm_archive,
    xdm_metadata,
    zipped,
)
from dossier_bridge.synthetic.archive import FOLDER
from dossier_bridge.zip.archive import Archive, ArchiveLimits
from gateway.domain.document_json import entry_from_json
from gateway.domain.errors import MalformedContent
from gateway.domain.lab_result import number_of
from gateway.domain.medical_picture import Drawing, Obstacle, Shown
from gateway.domain.mime import Kind, attachments, decoded_body, scan_message
from gateway.domain.result_json import results_from_json, results_to_json
from gateway.domain.timestamp import Timestamp
from tests.builders.clinical import a_patient, a_request, read_submission
from tests.builders.dicom_pictures import JPEG_LS, RLE, a_picture, a_slope
from tests.builders.wrapped import ORDINARY, READ, REFUSED, Way

PICTURES = [a_picture([a_slope(8, 8)], syntax, PixelSpacing=[1, 1]) for syntax in ("1.2.840.10008.1.2.1", RLE, JPEG_LS)]
CDA = laboratory_report(SyntheticReport(patient=a_patient(), results=example_results(2), pdf=pdf_page(["x"])))
METADATA = xdm_metadata([Submitted(name="D.XML", data=CDA)], a_patient())
XDM = xdm_archive([Submitted(name="D.XML", data=CDA)], a_patient())
fuzzed = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def mutated(draw: st.DrawFn, valid: bytes) -> bytes:
    """Damage a valid file a little: octets changed, cut out, repeated or put in."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 40))
        inserted = draw(st.binary(max_size=12) | st.sampled_from(FRAGMENTS))
        data[at : at + (length if draw(st.booleans()) else 0)] = inserted
    return bytes(data)


FRAGMENTS = [
    b"<!DOCTYPE a>", b"&x;", b"<value/>", b"</section>", b'value="1e99"', b'xsi:type="a:b"', b"]]>", b"<?x?>",
    b"\x00", b"\xff\xfe", b"PK\x01\x02", b"PK\x05\x06", b"../", b'nullFlavor="NI"', b"<!--", b'root=""',
]  # fmt: skip


def attempt(read: Callable[[], object]) -> None:
    with suppress(MalformedContent):
        read()


@fuzzed
@given(mutated(CDA))
def test_damaged_cda_gives_a_value_or_a_fault(data: bytes) -> None:
    with suppress(DocumentFault):
        results = read_cda(data).results
        assert results_from_json(results_to_json(results)) == results


@fuzzed
@given(mutated(XDM) | st.binary(max_size=300))
def test_damaged_archive_gives_a_value_or_a_fault(data: bytes) -> None:
    def open_all() -> None:
        archive = Archive(data, ArchiveLimits())
        for name in archive.names():
            archive.open(name)

    attempt(open_all)
    attempt(lambda: read_submission(data))


@fuzzed
@given(mutated(METADATA))
def test_damaged_metadata_give_a_value_or_a_fault(metadata: bytes) -> None:
    attempt(lambda: read_submission(zipped({FOLDER + "METADATA.XML": metadata, FOLDER + "D.XML": CDA})))


@fuzzed
@given(st.lists(st.binary(max_size=200) | mutated(CDA) | mutated(XDM), max_size=3))
def test_reading_a_message_never_raises(parts: list[bytes]) -> None:
    outcome = read_attachments(a_request(*((f"{n}.zip", data) for n, data in enumerate(parts))))
    assert len(outcome.failures) <= len(parts)


WAYS = list(READ.values())
BARE = laboratory_report(SyntheticReport(patient=a_patient(), results=example_results(1)))
# Names that tell nothing, names that lie, and types that lie.
LABELS = st.tuples(
    st.sampled_from(["a.bin", "a", "photo.jpg", "lettre.docx", "IHE_XDM.txt", "a.xml", "a.gz", "winmail.dat"]),
    st.sampled_from(["application/octet-stream", "text/plain", "image/png", "application/pdf", "text/xml", "a/b"]),
)


LARGE = 100_000
EVERY_WAY = [*READ.values(), *(way for _, way in REFUSED.values()), *ORDINARY.values()]


@cache
def wrapped(way: Way) -> bytes:
    """Wrap the report once for all examples: some ways write the time or a salt, and no two results are equal."""
    return way.made(BARE)


def attached(data: bytes, name: str, media_type: str) -> tuple[bool, ReadOutcome]:
    """Attach, scan as at intake, read as filing does; say whether it was held."""
    raw = (
        f"Content-Type: {media_type}; name={name}\r\nContent-Disposition: attachment\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")
    (found,) = attachments(scan_message(raw))
    file = AttachedFile("1", found.kind, found.filename, decoded_body(raw, found.part))
    return found.kind.is_held, read_attachments(ReadRequest((file,)))


@fuzzed
@given(st.lists(st.sampled_from(WAYS), min_size=1, max_size=4), LABELS)
def test_document_is_held_and_found_or_refused_however_it_is_wrapped(ways: list[Way], label: tuple[str, str]) -> None:
    data = BARE
    for way in ways:
        if len(data) > LARGE:
            break  # a change of encoding may make sixteen bytes of one
        try:
            data = way.made(data)
        except UnicodeDecodeError:
            continue  # a change of encoding, of something that is no text any more
    held, outcome = attached(data, *label)
    assert held
    assert outcome.failures or [d.entry.patient.identifiers for d in outcome.documents] == [a_patient().identifiers]


@fuzzed
@given(st.data())
def test_damaged_wrapping_gives_a_value_or_a_failure(data: st.DataObject) -> None:
    way = data.draw(st.sampled_from(EVERY_WAY))
    whole = wrapped(way)
    damaged = data.draw(mutated(whole if len(whole) < 20_000 else whole[:20_000]))
    for kind in {data.draw(st.sampled_from(Kind)), Kind.OTHER, Kind.ZIP, Kind.GZIP, Kind.BASE64, Kind.WINMAIL}:
        outcome = read_attachments(ReadRequest((AttachedFile("1", kind, way.name, damaged),)))
        assert len(outcome.failures) <= 1


@fuzzed
@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_frame_is_a_value_or_malformed(head: bytes, body: bytes) -> None:
    attempt(lambda: decode_request(memoryview(head), memoryview(body)))
    attempt(lambda: decode_outcome(memoryview(head), memoryview(body), a_request()))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3)
    | st.dictionaries(
        st.sampled_from(["unique_id", "label", "value", "kind", "patient", "ranges", "authors", "documents", "files"]),
        inside,
        max_size=4,
    ),
    max_leaves=12,
)


@fuzzed
@given(json_values)
def test_any_json_is_a_record_or_malformed(value: object) -> None:
    data = orjson.dumps(value)
    attempt(lambda: entry_from_json(data))
    attempt(lambda: results_from_json(data))
    attempt(lambda: decode_outcome(memoryview(data), memoryview(b""), a_request()))


@fuzzed
@given(st.text(max_size=40), st.binary(max_size=300))
def test_small_readers_never_raise(text: str, data: bytes) -> None:
    time = Timestamp(text)
    assert (time.day, time.instant, time.earliest, number_of(text), pdf_facts(data)) is not None


@fuzzed
@given(st.sampled_from(PICTURES).flatmap(mutated) | st.binary(max_size=300), st.integers(0, 3))
def test_damaged_picture_is_drawn_or_says_why_not(data: bytes, number: int) -> None:
    (found,) = described([(data, False)])
    for shown in Shown:
        obstacle, drawing = drawn(Drawing(data=data, number=number, shown=shown))
        assert (obstacle is Obstacle.NONE) is bool(drawing)
    assert found is None or found.rows <= 65_535
