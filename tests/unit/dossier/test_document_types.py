"""Folders, names and PDF facts: small tables, each with its edge."""

import pytest

from dossier_bridge.document_types import category_of, label_of
from dossier_bridge.hl7_types import (
    birth_date_of,
    component,
    identifier_of,
    names_of,
    organisation_of,
    participant_of,
    sex_of,
)
from dossier_bridge.pdf.reader import is_pdf, pdf_facts
from dossier_bridge.synthetic import pdf_page
from gateway.domain.document import DocumentCategory, DocumentNote
from gateway.domain.identity import Sex

D = DocumentCategory


@pytest.mark.parametrize(
    ("code", "folder"),
    [
        ("11502-2", D.BIOLOGY), ("96173-0", D.BIOLOGY), ("18748-4", D.IMAGING), ("55115-0", D.IMAGING),
        ("57833-6", D.PRESCRIPTIONS), ("60593-1", D.PRESCRIPTIONS), ("60591-5", D.SYNTHESIS), ("SYNTH", D.SYNTHESIS),
        ("34112-3", D.REPORTS), ("11490-0", D.REPORTS), ("11488-4", D.REPORTS), ("15507-7", D.REPORTS),
        ("34874-8", D.REPORTS), ("74207-2", D.REPORTS), ("89601-9", D.CERTIFICATES), ("11369-6", D.VACCINATION),
        ("75492-9", D.SCREENING), ("DOCPAT06", D.SCREENING), ("77436-4", D.REPORTS), ("34749-2", D.REPORTS),
        ("51969-4", D.BIOLOGY), ("CERT_DECL", D.CERTIFICATES), ("PRESC-KINE", D.PRESCRIPTIONS),
        ("56446-8", D.ADMINISTRATIVE),
        ("34895-3", D.OTHER), ("87273-9", D.VACCINATION), ("EXPPAT_3", D.DIRECTIVES),
        ("REMB", D.REIMBURSEMENTS), ("DOCPAT01", D.SYNTHESIS),
        ("DOCPAT09", D.ADMINISTRATIVE), ("PIECE-IDENTITE", D.ADMINISTRATIVE), ("", D.OTHER), ("unknown", D.OTHER),
    ],
)  # fmt: skip
def test_type_has_its_folder(code: str, folder: DocumentCategory) -> None:
    assert category_of(code) is folder


@pytest.mark.parametrize(
    ("class_code", "label", "folder"),
    [
        ("10", "", D.REPORTS), ("11", "", D.SYNTHESIS), ("31", "Certificat", D.IMAGING), ("42", "", D.PRESCRIPTIONS),
        ("52", "", D.CERTIFICATES), ("60", "", D.REIMBURSEMENTS), ("95", "", D.ADMINISTRATIVE), ("90", "", D.OTHER),
        ("", "CR de dépistage du cancer", D.SCREENING), ("", "CERTIFICAT d'aptitude", D.CERTIFICATES),
        ("", "Conseil génétique", D.BIOLOGY), ("?", "Fiche d'anesthésie", D.REPORTS), ("", "Courrier", D.OTHER),
    ],
)  # fmt: skip
def test_type_that_is_not_listed_goes_by_its_class_then_by_its_words(
    class_code: str, label: str, folder: DocumentCategory
) -> None:
    assert category_of("99999-9", class_code, label) is folder


def test_listed_type_goes_before_its_class() -> None:
    assert category_of("34895-3", "52", "Certificat") is D.OTHER


def test_there_are_thirteen_folders_each_with_a_name() -> None:
    assert len({folder.label for folder in DocumentCategory}) == 13


def test_type_has_a_french_name_else_the_sender_s_words() -> None:
    assert label_of("11502-2", "CR") == "Compte rendu d'examens biologiques"
    assert label_of("unknown", "Lettre") == "Lettre"
    assert label_of("unknown") == "Document"


def test_pdf_is_known_by_its_mark_near_the_beginning() -> None:
    assert is_pdf(b"%PDF-1.7\n")
    assert is_pdf(b"\r\n" * 100 + b"%PDF-1.4")
    assert not is_pdf(b"x" * 2_000 + b"%PDF-1.4")
    assert not is_pdf(b"")


def test_plain_pdf_has_no_note() -> None:
    assert pdf_facts(pdf_page(["Bonjour (à tous)"], size=20_000)).notes == ()


@pytest.mark.parametrize(
    ("inside", "note"),
    [
        (b"/S/JavaScript/JS(app.alert)", DocumentNote.PDF_SCRIPT),
        (b"/JS (x)", DocumentNote.PDF_SCRIPT),
        (b"/OpenAction 3 0 R", DocumentNote.PDF_OPEN_ACTION),
        (b"/S/Launch", DocumentNote.PDF_OPEN_ACTION),
        (b"/AA << >>", DocumentNote.PDF_OPEN_ACTION),
        (b"/EmbeddedFiles 4 0 R", DocumentNote.PDF_EMBEDDED_FILE),
        (b"/Encrypt 5 0 R", DocumentNote.PDF_ENCRYPTED),
    ],
)
def test_what_deserves_a_note_gets_one(inside: bytes, note: DocumentNote) -> None:
    assert pdf_facts(b"%PDF-1.4 " + inside).notes == (note,)


def test_component_beyond_the_last_is_empty() -> None:
    assert (component("a^ b ", 1), component("a", 3)) == ("b", "")


@pytest.mark.parametrize("text", ["", "123", "123^^^", "^^^&1.2&ISO", "123^^^&&ISO"])
def test_identifier_without_root_or_value_is_none(text: str) -> None:
    assert identifier_of(text) is None


def test_identifier_is_root_and_extension() -> None:
    assert identifier_of("123^^^&1.2.3&ISO^NH") == ("1.2.3", "123")


def test_empty_participant_has_no_identifier() -> None:
    assert participant_of("").identifiers == ()
    assert organisation_of("Labo").organisation_identifiers == ()


def test_name_without_kind_is_the_legal_one() -> None:
    assert names_of(["NOM^Prénom^Deux, Trois"]) == ("NOM", ("Prénom", "Deux", "Trois"), None)
    assert names_of(["^^", ""]) == (None, (), None)


def test_first_of_several_names_of_a_kind_is_taken() -> None:
    assert names_of(["UN^A^^^^^L", "DEUX^B^^^^^L", "USAGE^A^^^^^D"]) == ("UN", ("A",), "USAGE")


def test_sex_and_birth_date_that_are_none_are_absent() -> None:
    assert sex_of("m") is Sex.MALE
    assert sex_of("?") is None
    assert birth_date_of("hier") is None
