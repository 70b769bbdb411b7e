"""Frames between server and worker: what goes in comes out, and neither side believes the other."""

import orjson
import pytest

from dossier_bridge.reading import read_attachments
from dossier_bridge.request import ReadOutcome, ReadRequest
from dossier_bridge.sandbox.frames import decode_outcome, decode_request, encode_outcome, encode_request
from dossier_bridge.sandbox.octets import LENGTHS
from dossier_bridge.synthetic import SyntheticReport, laboratory_report, pdf_page
from gateway.domain.errors import MalformedContent
from tests.builders.clinical import a_patient, a_request, a_result, an_xdm

PDF = pdf_page(["x"])
REQUEST = a_request(
    ("IHE_XDM.zip", an_xdm(laboratory_report(SyntheticReport(patient=a_patient(), results=(a_result(),), pdf=PDF)))),
    ("Courrier.pdf", pdf_page(["y"])),
    ("x.zip", b"PK\x03\x04 METADATA.XML"),
)


def split(buffers: list[bytes]) -> tuple[memoryview, memoryview]:
    frame = memoryview(b"".join(buffers))
    head, body = LENGTHS.unpack(frame[: LENGTHS.size])
    content = frame[LENGTHS.size :]
    assert len(content) == head + body
    return content[:head], content[head:]


def outcome_of(head: dict[str, object], body: bytes = b"") -> ReadOutcome:
    return decode_outcome(memoryview(orjson.dumps(head)), memoryview(body), REQUEST)


def test_request_comes_out_as_it_went_in() -> None:
    assert decode_request(*split(encode_request(REQUEST))) == REQUEST


def test_outcome_comes_out_as_it_went_in() -> None:
    outcome = read_attachments(REQUEST)
    (document,) = outcome.documents
    assert document.joined
    assert len(outcome.failures) == 1
    assert decode_outcome(*split(encode_outcome(outcome, REQUEST)), REQUEST) == outcome


def test_files_of_the_request_do_not_travel_back() -> None:
    bare = a_request(("Courrier.pdf", PDF))
    _, body = split(encode_outcome(read_attachments(bare), bare))
    assert len(body) == 0


def test_empty_request_and_outcome_travel() -> None:
    nothing = ReadRequest(())
    assert decode_request(*split(encode_request(nothing))) == nothing
    assert decode_outcome(*split(encode_outcome(ReadOutcome(), nothing)), nothing) == ReadOutcome()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b"{}",
        b'{"parts":[{"s":"1","k":"what","f":"","n":0}]}',
        b'{"parts":[{"s":"1","k":"pdf","f":"","n":9}]}',
    ],
)
def test_request_that_makes_no_sense_is_malformed(head: bytes) -> None:
    with pytest.raises(MalformedContent):
        decode_request(memoryview(head), memoryview(b"x"))


@pytest.mark.parametrize(
    "change", [{"at": -1}, {"at": 99}, {"count": "two"}, {"critical": 1}, {"glance": {"outside": 3}}, {}]
)
def test_results_that_make_no_sense_are_malformed(change: dict[str, object]) -> None:
    head, body = split(encode_outcome(read_attachments(REQUEST), REQUEST))
    plain = orjson.loads(head)
    told = plain["documents"][0]["results"]
    plain["documents"][0]["results"] = {**told, **change} if change else []
    with pytest.raises(MalformedContent):
        outcome_of(plain, bytes(body))


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"documents": [], "failures": [], "companions": [], "files": [5]},
        {"documents": [], "failures": [], "companions": [], "files": [-1]},
        {"documents": [], "failures": [{"s": "1", "u": "", "r": "boredom"}], "companions": [], "files": []},
        {"documents": [{"at": ["1", "", "", ""], "original": 99}], "failures": [], "companions": [], "files": []},
        {"documents": [{"at": ["1"]}], "failures": [], "companions": [], "files": []},
        {"documents": "many", "failures": [], "companions": [], "files": []},
    ],
)
def test_outcome_that_makes_no_sense_is_malformed(head: dict[str, object]) -> None:
    with pytest.raises(MalformedContent):
        outcome_of(head)
