"""Documents inside other files: read as if attached themselves, or refused; never passed over (A12)."""

import base64
import gzip
import time
from collections.abc import Callable

import pytest

from dossier_bridge.faults import FaultReason
from dossier_bridge.nesting import kind_within
from dossier_bridge.reading import read_attachments
from dossier_bridge.request import AttachedFile, ReadOutcome, ReadRequest
from dossier_bridge.synthetic import Submitted, pdf_page, xdm_archive, zipped
from gateway.domain.document import NOBODY
from gateway.domain.mime import attachments, decoded_body, scan_message
from gateway.domain.mime.kinds import Kind
from tests.builders.clinical import a_cda_around, a_patient, a_report, a_request, a_result, an_xdm
from tests.builders.wrapped import (
    OCTETS,
    ORDINARY,
    READ,
    REFUSED,
    TNEF,
    Way,
    a_zip,
    again,
    outlook_attribute,
    winmail,
    zip_in_zip,
    zip_of,
)

CDA = a_report(results=[a_result()])


def through_the_post(way: Way, cda: bytes = CDA) -> tuple[bool, ReadOutcome]:
    """Attach, scan as at intake, read as filing does: whether it was held, and what was found."""
    raw = (
        f"Content-Type: {way.media_type}; name={way.name}\r\nContent-Disposition: attachment\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(way.made(cda)).replace(b"\n", b"\r\n")
    (found,) = attachments(scan_message(raw))
    file = AttachedFile(found.section, found.kind, found.filename, decoded_body(raw, found.part))
    return found.kind.is_held, read_attachments(ReadRequest((file,)))


@pytest.mark.parametrize("way", READ)
def test_document_inside_another_file_is_held_and_read(way: str) -> None:
    held, outcome = through_the_post(READ[way])
    assert held
    assert outcome.failures == ()
    assert [document.entry.patient.identifiers for document in outcome.documents] == [a_patient().identifiers]
    assert outcome.documents[0].results.read() == (a_result(),)


@pytest.mark.parametrize("way", REFUSED)
def test_what_cannot_be_looked_into_is_held_and_refused(way: str) -> None:
    reason, made = REFUSED[way]
    held, outcome = through_the_post(made)
    assert held
    assert [(failure.reason, failure.code) for failure in outcome.failures] == [(reason, "906")]


@pytest.mark.parametrize("way", ORDINARY)
def test_ordinary_file_gives_no_fault(way: str) -> None:
    held, outcome = through_the_post(ORDINARY[way])
    assert outcome.failures == ()
    assert not (held and any(document.entry.patient != NOBODY for document in outcome.documents))


def sent_as_text(data: bytes) -> tuple[bool, ReadOutcome]:
    return through_the_post(Way("a.bin", "text/plain", lambda _: data))


CHANGES = ["utf-8", "utf-16", "utf-16-be", "utf-32", "utf-32-le"]


@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("second", CHANGES)
@pytest.mark.parametrize("inside", [bytes, base64.b64encode, gzip.compress])
def test_document_whose_encoding_was_changed_twice_is_never_shown(
    first: str, second: str, inside: Callable[[bytes], bytes]
) -> None:
    changed = again(again(inside(CDA), first), second)
    for data in (changed, base64.b64encode(changed), gzip.compress(changed)):
        held, outcome = sent_as_text(data)
        assert held
        assert outcome.documents or [failure.code for failure in outcome.failures] == ["906"]


def test_time_to_undo_changes_of_encoding_grows_with_the_size() -> None:
    def seconds(size: int) -> float:
        data = again(again(gzip.compress(bytes(size), 0), "utf-16"), "utf-8")
        started = time.process_time()
        packed(data)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(2_000_000) < 12 * seconds(500_000) + 0.05


def _with_a_wrong_checksum(archive: bytes) -> bytes:
    at = archive.index(b"PK\x01\x02") + 16
    return archive[:at] + bytes([archive[at] ^ 1]) + archive[at + 1 :]


def read(data: bytes, name: str = "a.zip") -> ReadOutcome:
    return read_attachments(a_request((name, data)))


def reasons(outcome: ReadOutcome) -> list[FaultReason]:
    return [failure.reason for failure in outcome.failures]


# ---------------------------------------------------------------- archives


def packed(data: bytes) -> ReadOutcome:
    way = Way("a.bin", OCTETS, lambda _: data)
    return through_the_post(way)[1]


def test_submission_inside_a_zip_is_read_with_its_metadata() -> None:
    file = Submitted(name="DOC0001.XML", data=CDA, confidentiality=("INVISIBLE_PATIENT",))
    (document,) = packed(a_zip(envoi__zip=xdm_archive([file], a_patient()))).documents
    assert document.entry.confidentiality == ("N", "INVISIBLE_PATIENT")


def test_submission_whose_folder_was_zipped_again_is_read_with_its_metadata() -> None:
    from dossier_bridge.zip.archive import Archive, ArchiveLimits

    opened = Archive(an_xdm(CDA), ArchiveLimits())
    moved = zip_of({f"Bureau/envoi/{name}": opened.open(name) for name in opened.names()})
    (document,) = packed(moved).documents
    assert document.entry.format_code == "urn:ihe:lab:xd-lab:2008"


def test_other_attributes_of_winmail_are_passed_over() -> None:
    others = outlook_attribute(0x00069003, b"x") + outlook_attribute(0x00069005, b"x")
    assert len(packed(TNEF + others + winmail(CDA)[len(TNEF) :]).documents) == 1


def test_files_of_winmail_are_counted() -> None:
    assert reasons(packed(winmail(*[b""] * 2_001))) == [FaultReason.TOO_MANY]


def test_name_of_a_root_repeated_without_end_is_refused() -> None:
    assert reasons(packed(b"\1\2" + b"ClinicalDocument." * 2_000)) == [FaultReason.HIDDEN_DOCUMENT]


def test_path_of_a_document_inside_a_zip_is_told() -> None:
    (document,) = packed(zip_of({"a/b.zip": zip_of({"c/d.xml": CDA})})).documents
    assert document.uri == "a/b.zip/c/d.xml"


def test_every_document_of_a_zip_is_read() -> None:
    theirs = a_report(a_patient(2))
    outcome = packed(zip_of({"a.xml": CDA, "b.xml": theirs}))
    assert {d.entry.patient.identifiers for d in outcome.documents} == {
        a_patient(1).identifiers, a_patient(2).identifiers,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["README.TXT", "DOC0002.BIN", "IHE_XDM/SUBSET01/DOC0002.XML", "a.xml.gz", "b.zip"])
def test_document_beside_those_that_a_submission_describes_is_refused(name: str) -> None:
    from dossier_bridge.zip.archive import Archive, ArchiveLimits

    opened = Archive(an_xdm(CDA), ArchiveLimits())
    theirs = a_report(a_patient(2))
    wrapped = {"gz": gzip.compress(theirs), "ip": zip_in_zip(theirs, 1)}.get(name[-2:], theirs)
    files = {name: opened.open(name) for name in opened.names()} | {name: wrapped}
    outcome = read(zipped(files), "IHE_XDM.zip")
    assert reasons(outcome) in ([FaultReason.XDM_METADATA], [FaultReason.HIDDEN_DOCUMENT])


def test_style_sheet_and_read_me_beside_the_documents_are_left_alone() -> None:
    from dossier_bridge.zip.archive import Archive, ArchiveLimits

    opened = Archive(an_xdm(CDA), ArchiveLimits())
    sheet = b'<xsl:stylesheet xmlns:n="urn:hl7-org:v3"><xsl:template match="n:ClinicalDocument"/>' + b"<x/>" * 20_000
    files = {name: opened.open(name) for name in opened.names()}
    files |= {"cda.xsl": sheet, "INDEX.HTM": b"<html>Bonjour", "LISEZMOI.TXT": b"x"}
    outcome = read(zipped(files), "IHE_XDM.zip")
    assert (len(outcome.documents), outcome.failures) == (1, ())


def test_document_inside_a_document_s_own_files_is_refused() -> None:
    theirs = base64.b64encode(zip_in_zip(a_report(a_patient(2)), 1))
    media = b'<value mediaType="application/zip" representation="B64">' + theirs + b"</value>"
    component = (
        b"<component><section><entry><observationMedia classCode='OBS' moodCode='EVN'>" + media
        + b"</observationMedia></entry></section></component></structuredBody>"
    )  # fmt: skip
    outcome = read(CDA.replace(b"</structuredBody>", component), "a.xml")
    assert reasons(outcome) == [FaultReason.WRAPPED_IN_SUBMISSION]


# ---------------------------------------------------------------- bounds


def test_bombs_inside_one_another_are_bounded_together() -> None:
    bomb = zip_of({str(n): bytes(30_000_000) for n in range(3)})
    assert reasons(packed(zip_of({"a.zip": bomb, "b.zip": bomb}))) == [FaultReason.TOO_LARGE]


def test_bombs_in_several_attachments_are_bounded_together() -> None:
    bomb = gzip.compress(bytes(60_000_000), 1)
    way = AttachedFile("2", attachments(scan_message(b"Content-Type: application/gzip\r\n\r\nx"))[0].kind, "a.gz", bomb)
    outcome = read_attachments(ReadRequest((way, way, way)))
    assert reasons(outcome) == [FaultReason.TOO_LARGE]


def many_attachments(data: bytes, count: int) -> ReadOutcome:
    """Read a message whose attachments are all the same, each in a part of its own."""
    kind = kind_within("a.bin", data)
    return read_attachments(ReadRequest(tuple(AttachedFile(str(n), kind, "a.bin", data) for n in range(count))))


@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(bytes(60_000_000), 1),
        gzip.compress(bytes(300_000_000), 1),
        zip_of({"a": bytes(60_000_000)}),
        _with_a_wrong_checksum(zip_of({"a": bytes(60_000_000)})),
    ],
    ids=["gzip", "larger gzip", "zip", "damaged zip"],
)
def test_bombs_in_hundreds_of_attachments_cost_no_more_than_one_message_may(bomb: bytes) -> None:
    before = time.process_time()
    outcome = many_attachments(bomb, 300)
    assert len(outcome.failures) >= 298
    assert time.process_time() - before < 5


def test_bomb_of_gzip_is_not_opened_to_its_end() -> None:
    assert reasons(packed(gzip.compress(bytes(200_000_000), 1))) == [FaultReason.TOO_LARGE]


def test_files_of_all_attachments_are_counted_together() -> None:
    assert len(many_attachments(gzip.compress(b"x"), 2_001).failures) == 1


def test_members_of_gzip_have_a_limit() -> None:
    assert reasons(packed(gzip.compress(b"") * 200_000)) == [FaultReason.TOO_MANY]


def test_files_of_all_archives_are_counted_together() -> None:
    many = zip_of({str(n): b"" for n in range(1_500)})
    assert reasons(packed(zip_of({"a.zip": many, "b.zip": many}))) == [FaultReason.TOO_MANY]


def test_archive_inside_itself_without_end_is_too_deep() -> None:
    assert reasons(packed(zip_in_zip(b"x", 200))) == [FaultReason.TOO_DEEP]


PDF, PHOTO = pdf_page(["Compte rendu"]), b"\xff\xd8\xff\xe0 photo" + bytes(range(256))
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "zip": lambda data: zip_of({"CR/compte-rendu.pdf": data}),
    "zip in a zip": lambda data: zip_of({"envoi.zip": zip_of({"compte-rendu.pdf": data})}),
    "gzip": gzip.compress,
    "winmail": winmail,
    "base64 text": base64.encodebytes,
}


def of_zip(files: dict[str, bytes]) -> ReadOutcome:
    return read_attachments(ReadRequest((AttachedFile("2", Kind.ZIP, "envoi.zip", zip_of(files)),)))


@pytest.mark.parametrize("way", PACKED)
@pytest.mark.parametrize(("data", "media_type"), [(PDF, "application/pdf"), (PHOTO, "image/jpeg")])
def test_pdf_or_picture_packed_alone_is_a_document_as_if_attached(way: str, data: bytes, media_type: str) -> None:
    held, outcome = through_the_post(Way("envoi.bin", OCTETS, PACKED[way]), data)
    (document,) = outcome.documents
    assert held
    assert (outcome.failures, document.original, document.media_type) == ((), data, media_type)
    assert document.entry.patient == NOBODY


def test_each_file_of_a_zip_is_a_document() -> None:
    outcome = of_zip({"a.pdf": PDF, "b.jpg": PHOTO, "lisez-moi.txt": b"Bonjour"})
    assert {(document.uri, document.entry.title) for document in outcome.documents} == {("a.pdf", "a"), ("b.jpg", "b")}


@pytest.mark.parametrize("mark", ["[Content_Types].xml", "mimetype"])
def test_pictures_of_an_office_document_are_no_documents(mark: str) -> None:
    letter = {mark: b"x", "word/media/image1.jpg": PHOTO, "word/embeddings/a.pdf": PDF}
    assert of_zip(letter) == of_zip({"lettre.docx": zip_of(letter)}) == ReadOutcome((), ())


def test_pdf_beside_its_cda_in_one_zip_is_its_copy() -> None:
    name = f"20260105_CRBIO_{a_patient().birth_name}_{a_patient().given_names[0]}.pdf"
    outcome = of_zip({"a.xml": CDA, name: PDF})
    (document,) = outcome.documents
    assert document.presentation == PDF


@pytest.mark.parametrize("padding", [b"", b"\0" * 600, b"\r\n"])
def test_archive_that_unpacks_itself_is_refused_padded_or_not(padding: bytes) -> None:
    outcome = read_attachments(a_request(("envoi.bin", b"\1\2" + bytes(99) + zip_of({"a.xml": CDA}) + padding)))
    assert [failure.reason for failure in outcome.failures] == [FaultReason.ARCHIVE_FORMAT]


HL7 = b"MSH|^~\\&|LAB|LILAS|PLI|PLI|2||ORU^R01|1|P|2.5\rPID|1||1\r"
BESIDE = {
    "behind": zipped({"a.xml": CDA, "b.hl7": HL7}),
    "before": zipped({"a.hl7": HL7, "b.xml": CDA}),
    "in an archive of its own": zipped({"a.zip": zipped({"b.hl7": HL7}), "c.xml": CDA}),
}


def opened(archive: bytes) -> ReadOutcome:
    return read_attachments(ReadRequest((AttachedFile(section="2", kind=Kind.ZIP, filename="a.zip", data=archive),)))


@pytest.mark.parametrize("place", BESIDE)
def test_file_that_no_reader_takes_is_passed_over_and_the_document_beside_it_read(place: str) -> None:
    outcome = opened(BESIDE[place])
    (failure,) = outcome.failures
    assert (failure.reason, failure.is_set_aside) == (FaultReason.FORMAT_UNSUPPORTED, True)
    assert failure.uri.endswith(".hl7")
    assert [document.results.read() for document in outcome.documents] == [(a_result(),)]


def test_file_that_no_reader_takes_is_set_aside_with_ordinary_ones() -> None:
    (failure,) = opened(zipped({"a.hl7": HL7, "b.txt": b"Bonjour.", "c.pdf": pdf_page(["a"])})).failures
    assert (failure.bears_documents, failure.is_set_aside) == (False, True)


def test_document_that_holds_such_a_file_is_refused_as_a_whole() -> None:
    held = base64.b64encode(zipped({"b.7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(200)})).decode()
    document = a_cda_around(held, 'mediaType="application/zip" representation="B64"')
    (failure,) = opened(zipped({"a.xml": document})).failures
    assert (failure.bears_documents, failure.is_set_aside) == (True, False)


def test_worse_fault_behind_a_file_that_no_reader_takes_is_told() -> None:
    assert reasons(opened(zipped({"a.hl7": HL7, "b.xml": CDA[: len(CDA) // 2]}))) == [FaultReason.XML_MALFORMED]
