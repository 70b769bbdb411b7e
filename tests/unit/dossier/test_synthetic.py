"""Synthetic documents are deterministic and what they claim to be."""

import email
import email.policy
import io
import zipfile

from msgspec.structs import replace

from dossier_bridge.cda.reader import read_cda
from dossier_bridge.reading import read_attachments
from dossier_bridge.synthetic import SyntheticReport, example_results, laboratory_report, pdf_page
from tests.builders.clinical import (
    a_patient,
    a_report,
    a_request,
    a_result,
    a_result_mail,
    an_identity,
    an_xdm,
)


def test_same_arguments_give_the_same_bytes() -> None:
    assert a_report() == a_report()
    assert an_xdm() == an_xdm()
    assert pdf_page(["x"], 5_000) == pdf_page(["x"], 5_000)


def test_archive_opens_in_an_ordinary_zip_reader() -> None:
    with zipfile.ZipFile(io.BytesIO(an_xdm())) as archive:
        assert archive.testzip() is None


def test_pdf_has_about_the_size_asked_for() -> None:
    assert abs(len(pdf_page(["x"], 50_000)) - 50_000) < 500


def test_pdf_places_its_objects_where_its_table_says() -> None:
    pdf = pdf_page(["Été (5 °C)"], 3_000)
    table = pdf[int(pdf.rsplit(b"startxref\n", 1)[1].split()[0]) :].splitlines()
    places = [int(line[:10]) for line in table[3:9]]
    assert all(pdf[at:].startswith(b"%d 0 obj" % number) for number, at in enumerate(places, 1))


def test_examples_vary_with_their_number() -> None:
    marks = {mark for number in range(60) for result in example_results(number) for mark in result.interpretation}
    assert marks == {"N", "L", "H"}


def test_result_mail_is_read_from_end_to_end() -> None:
    identity = an_identity(3)
    raw = a_result_mail("labo@labo.example", f"{identity.ins.value}@patient.mssante.fr", identity)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [(str(p.get_filename()), p.get_content()) for p in message.iter_attachments()]
    outcome = read_attachments(a_request(*parts))
    assert len(outcome.documents) == 1
    assert outcome.companions == ("3",)
    assert outcome.documents[0].entry.patient.birth_name == identity.traits.birth_name


def test_result_mail_has_no_bare_line_end() -> None:
    identity = an_identity()
    raw = a_result_mail("labo@labo.example", "x@patient.mssante.fr", identity)
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(len(line) for line in raw.split(b"\r\n")) < 998


def test_special_characters_are_escaped() -> None:
    result = replace(a_result(label='A & B < "C"'), comment="x < y & z")
    report = SyntheticReport(patient=a_patient(), results=(result,), title="R & D")
    read = read_cda(laboratory_report(report))
    assert (read.results, read.entry.title) == ((result,), "R & D")
