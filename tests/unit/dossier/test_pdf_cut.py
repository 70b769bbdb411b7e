"""A PDF whose end is missing is damaged, whatever its beginning promises."""

import base64

import pytest

from dossier_bridge.cda.reader import read_cda
from dossier_bridge.faults import DocumentFault, FaultReason
from dossier_bridge.pdf.reader import is_cut
from dossier_bridge.reading import read_attachments
from dossier_bridge.request import AttachedFile, ReadRequest
from dossier_bridge.synthetic import Submitted, pdf_page, xdm_archive
from gateway.domain.mime.kinds import Kind
from tests.builders.clinical import a_cda_around, a_patient

WHOLE = pdf_page(["Bonjour"], 9_000)


@pytest.mark.parametrize("tail", [b"", b"\r\n\0\0\0" * 4_000, b"\n<!-- envoi -->", b"\x1a"])
def test_whole_pdf_is_not_cut(tail: bytes) -> None:
    assert not is_cut(WHOLE + tail)


@pytest.mark.parametrize("kept", [20, len(WHOLE) // 2, len(WHOLE) - 60])
def test_pdf_without_its_end_is_cut(kept: int) -> None:
    assert is_cut(WHOLE[:kept])


def test_pdf_whose_end_leads_out_of_it_is_cut() -> None:
    assert is_cut(WHOLE[:200] + WHOLE[-200:])


def test_old_end_without_a_place_is_an_end() -> None:
    assert not is_cut(b"%PDF-1.4 a\n%%EOF")


def test_cut_pdf_beside_a_letter_is_a_failure_that_names_it() -> None:
    file = AttachedFile(section="2", kind=Kind.PDF, filename="a.pdf", data=WHOLE[:500])
    outcome = read_attachments(ReadRequest((file,)))
    assert outcome.documents == ()
    assert [failure.reason for failure in outcome.failures] == [FaultReason.PDF_CUT]
    assert "coupé" in FaultReason.PDF_CUT.sentence
    assert FaultReason.PDF_CUT.is_set_aside


def test_document_whose_body_is_a_cut_pdf_is_refused() -> None:
    with pytest.raises(DocumentFault) as refused:
        read_cda(a_cda_around(base64.b64encode(WHOLE[:500]).decode()))
    assert refused.value.reason is FaultReason.PDF_CUT


def test_cut_pdf_that_metadata_describe_is_refused() -> None:
    data = xdm_archive([Submitted(name="DOC0001.PDF", data=WHOLE[:500], media_type="application/pdf")], a_patient())
    outcome = read_attachments(ReadRequest((AttachedFile(section="2", kind=Kind.XDM, filename="a.zip", data=data),)))
    assert [failure.reason for failure in outcome.failures] == [FaultReason.PDF_CUT]
