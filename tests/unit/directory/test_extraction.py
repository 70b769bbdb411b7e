"""The bulk extraction is read by column name; one bad line never stops the rest (STD §1.10)."""

import io

import pytest

from gateway.directory.extraction import MAX_LINE, Extraction
from gateway.directory.faults import MAX_FAULTS
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.errors import MalformedContent

NATIONAL = (
    "Type de BAL|Adresse BAL|Type Identifiant PP|Identifiant PP|Identification nationale PP|"
    "Type identifiant structure|Identification structure|Service de rattachement|Civilité Exercice|"
    "Nom d'exercice|Prénom d'exercice|Catégorie Professionnelle|Libellé catégorie professionnelle|"
    "Code Profession|Libellé profession|Code savoir-faire|Libellé savoir-faire|Dématérialisation|"
    "Raison sociale structure BAL|Enseigne commerciale structure BAL|Code postal structure BAL|"
    "Département structure BAL|Pays structure BAL"
)
DOCTOR = (
    "PER|Claire.Martin@medecin.example|8|10001234567|810001234567|||| DR|MARTIN|CLAIRE|C|Civil|10|Médecin|SM54|"
    "Médecine générale|O|CABINET MARTIN||75011|Paris|France"
)
LABORATORY = (
    "APP|resultats@lilas.example||||1|1750000001|Biochimie||||||||||O|LABORATOIRE DES LILAS SELAS|"
    "Laboratoire des Lilas|93260|Seine-Saint-Denis|France"
)


def read(*lines: str, header: str = "Type de BAL|Adresse BAL") -> tuple[list[DirectoryEntry], Extraction]:
    extraction = Extraction(io.BytesIO("\n".join((header, *lines, "")).encode()))
    return list(extraction), extraction


def addresses(entries: list[DirectoryEntry]) -> list[str]:
    return [str(entry.address) for entry in entries]


def test_professional_of_the_national_file() -> None:
    (entry,), _ = read(DOCTOR, header=NATIONAL)

    assert entry == DirectoryEntry(
        address=MailAddress("claire.martin", "medecin.example"),
        kind=MailboxKind.PERSON,
        identifier="810001234567",
        name="Dr Claire Martin",
        family_name="MARTIN",
        given_name="CLAIRE",
        profession="Médecin",
        speciality="Médecine générale",
        organisation="CABINET MARTIN",
        city="",
        postal_code="75011",
    )


def test_mailbox_of_a_person_says_in_which_structure_it_is_used() -> None:
    (entry,), _ = read(DOCTOR.replace("810001234567|||", "810001234567|1|1750000001|"), header=NATIONAL)

    assert (entry.identifier, entry.organisation_id) == ("810001234567", "1750000001")


def test_application_of_the_national_file() -> None:
    (entry,), _ = read(LABORATORY, header=NATIONAL)

    assert (entry.kind, entry.identifier, entry.name, entry.organisation) == (
        MailboxKind.APPLICATION, "1750000001", "Laboratoire des Lilas – Biochimie", "Laboratoire des Lilas",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("civility", "given", "family", "name"),
    [
        ("DR", "JEAN-PIERRE", "D'ARTAGNAN", "Dr Jean-Pierre D'Artagnan"),
        ("Professeur", "ÉLOÏSE", "LE GOFF", "Pr Éloïse Le Goff"),
        ("Mme", "Anne", "de La Tour", "Anne de La Tour"),
        ("", "", "MARTIN", "Martin"),
        ("", "", "", "a@b.example"),
    ],
)
def test_people_are_shown_with_their_title_and_name(civility: str, given: str, family: str, name: str) -> None:
    header = "Type de BAL|Adresse BAL|Civilité Exercice|Prénom d'exercice|Nom d'exercice"
    (entry,), _ = read(f"PER|a@b.example|{civility}|{given}|{family}", header=header)

    assert entry.name == name


def test_columns_go_by_name_whatever_order_case_accents_and_company() -> None:
    header = "nouveauté|ADRESSE BAL|Nom d’exercice|type de bal|PRENOM D'EXERCICE"
    (entry,), _ = read("?|a@b.example|MARTIN|per|CLAIRE", header=header)

    assert (entry.kind, entry.name) == (MailboxKind.PERSON, "Claire Martin")


def test_byte_order_mark_and_crlf_are_tolerated() -> None:
    extraction = Extraction(io.BytesIO(b"\xef\xbb\xbfType de BAL|Adresse BAL\r\nPER|a@b.example\r\n\r\n"))

    assert addresses(list(extraction)) == ["a@b.example"]
    assert extraction.faults.count == 0


def test_last_line_without_line_feed_is_read() -> None:
    assert addresses(list(Extraction(io.BytesIO(b"Type de BAL|Adresse BAL\nPER|a@b.example")))) == ["a@b.example"]


@pytest.mark.parametrize("header", ["Type de BAL|Adresse BAL", "Type de BAL|Adresse BAL|"])
@pytest.mark.parametrize("line", ["PER|a@b.example", "PER|a@b.example|"])
def test_separator_at_the_end_of_lines_is_tolerated(header: str, line: str) -> None:
    assert addresses(read(line, header=header)[0]) == ["a@b.example"]


@pytest.mark.parametrize(("value", "red"), [("O", True), ("oui", True), ("1", True), ("N", False), ("", False)])
def test_red_list_is_read_where_the_column_exists(value: str, red: bool) -> None:
    (entry,), _ = read(f"PER|a@b.example|{value}", header="Type de BAL|Adresse BAL|Liste rouge")

    assert entry.red_listed is red


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("MEDECIN|a@b.example", "none of PER, ORG, APP, CAB"),
        ("PER|pas une adresse", "not a mail address"),
        ("PER|", "not a mail address"),
        ("PER|a@b.example|x", "3 fields where 2 columns"),
        ("PER", "1 fields where 2 columns"),
        ("PER|a\x00@b.example", "control or invisible"),
        ("PER|a@b.example\u202e", "control or invisible"),
        ("PER|" + "a" * MAX_LINE, "longer than"),
        ("PER|" + "a" * (2 * MAX_LINE), "longer than"),
    ],
)
def test_malformed_line_is_left_out_and_told(line: str, reason: str) -> None:
    entries, extraction = read("PER|x@b.example", line, "PER|y@b.example")

    assert addresses(entries) == ["x@b.example", "y@b.example"]
    assert extraction.faults.count == 1
    assert (extraction.faults.first[0].line, reason in extraction.faults.first[0].reason) == (3, True)


def test_line_that_is_not_utf8_is_left_out_and_told() -> None:
    extraction = Extraction(io.BytesIO(b"Type de BAL|Adresse BAL\nPER|\xe9@b.example\nPER|a@b.example\n"))

    assert addresses(list(extraction)) == ["a@b.example"]
    assert extraction.faults.first[0].reason == "not UTF-8"


def test_faults_are_all_counted_and_bounded() -> None:
    _, extraction = read(*["PER|?"] * (MAX_FAULTS + 5))

    assert (extraction.faults.count, len(extraction.faults.first)) == (MAX_FAULTS + 5, MAX_FAULTS)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"", "column « Type de BAL » is missing"),
        (b"Type de BAL|Adresse\n", "column « Adresse BAL » is missing"),
        ("Type de BAL|Adresse BAL|Prénom".encode("latin-1"), "not UTF-8"),
    ],
)
def test_file_without_its_columns_is_refused_saying_which(header: bytes, message: str) -> None:
    with pytest.raises(MalformedContent, match=message):
        Extraction(io.BytesIO(header))
