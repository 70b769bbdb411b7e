"""French words made from values: dates, sizes, names, subjects."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.domain.result_words import figures
from gateway.domain.timestamp import Timestamp
from gateway.domain.units import unit_words
from webmail import wording

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 12, 9, 5, tzinfo=UTC)
NB = wording.NBSP


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("XDM/1.0/DDM+Bilan sanguin MARTIN Camille", "Bilan sanguin MARTIN Camille"),
        ("RE: Re : XDM/1.0/DDM+Bilan", "Bilan"),
        ("[Annule et remplace] XDM/1.0/DDM+Bilan", "[Annule et remplace] Bilan"),
        ("TR: Votre rendez-vous", "Votre rendez-vous"),
        ("Recette", "Recette"),
        ("  ", "Sans objet"),
        ("[FIN]", "Fin des échanges"),
        ("Re: [FIN]", "Fin des échanges"),
        ("[FIN] de la série", "[FIN] de la série"),
        ("XDM/1.0/DDM", "Sans objet"),
    ],
)
def test_subject_is_shown_without_what_software_adds(subject: str, shown: str) -> None:
    assert wording.plain_subject(subject) == shown


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 3, 12, 7, 5, tzinfo=UTC), f"8{NB}h{NB}05"),
        (datetime(2026, 3, 11, 23, 30, tzinfo=UTC), f"0{NB}h{NB}30"),
        (datetime(2026, 3, 11, 9, 0, tzinfo=UTC), "hier"),
        (datetime(2026, 3, 7, 9, 0, tzinfo=UTC), "samedi"),
        (date(2026, 3, 1), f"1er{NB}mars"),
        (date(2026, 3, 12), "aujourd’hui"),
        (date(2024, 8, 15), f"15{NB}août 2024"),
        (date(2026, 4, 2), f"2{NB}avr. 2026"),
    ],
)
def test_date_is_as_short_as_it_is_clear(at: date | datetime, shown: str) -> None:
    assert wording.short_when(at, NOW, PARIS) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("20260301231500+0000", f"2{NB}mars 2026"), ("20260301", f"1er{NB}mars 2026"), ("202611", "novembre 2026"),
        ("2026", "2026"), ("20261302", "date inconnue"), ("", "date inconnue"),
    ],
)  # fmt: skip
def test_date_of_a_document_is_as_precise_as_it_was_sent(text: str, shown: str) -> None:
    assert wording.known_date(wording.moment_of(Timestamp(text)), PARIS) == shown


def test_document_without_a_date_has_an_unknown_one() -> None:
    assert wording.known_date(wording.moment_of(None), PARIS) == "date inconnue"


def test_full_time_is_said_in_the_zone_of_the_reader() -> None:
    assert wording.full_time(NOW, PARIS) == f"jeudi 12{NB}mars 2026 à{NB}10{NB}h{NB}05"


@pytest.mark.parametrize(
    ("at", "heading"),
    [
        (datetime(2026, 3, 12, 1, tzinfo=UTC), "Aujourd’hui"),
        (datetime(2026, 3, 11, 1, tzinfo=UTC), "Hier"),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), f"Dimanche 1er{NB}mars 2026"),
    ],
)
def test_messages_are_headed_by_their_day(at: datetime, heading: str) -> None:
    assert wording.day_heading(at, NOW, PARIS) == heading


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (0, "0 octet"), (1, "1 octet"), (850, "850 octets"), (12_345, "12 ko"),
        (999_600, "1 Mo"), (18_000_000, "18 Mo"), (3_400_000, "3,4 Mo"),
    ],
)  # fmt: skip
def test_file_size_is_said_in_french_units(octets: int, shown: str) -> None:
    assert wording.file_size(octets) == shown.replace(" ", NB)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("5.8", "5,8"), ("<1.0", f"<{NB}1,0"), (">=90", f"≥{NB}90"), ("-3", "-3"), ("Négatif", "Négatif"),
        ("1.2.3", "1.2.3"), ("12", "12"),
    ],
)  # fmt: skip
def test_value_has_a_decimal_comma_and_no_other_change(value: str, shown: str) -> None:
    assert figures(value) == shown


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("10*9/L", "×10⁹/L"), ("10⁹/L", "×10⁹/L"), ("ug/L", "µg/L"), ("umol/L", "µmol/L"), ("m[iU]/L", "mUI/L"),
        ("mm[Hg]", "mmHg"), ("g/dL", "g/dL"), ("%", "%"), ("10*-3/uL", "×10⁻³/µL"),
    ],
)  # fmt: skip
def test_unit_is_written_as_people_read_it(unit: str, shown: str) -> None:
    assert unit_words(unit) == shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Camille", "de Camille"), ("Odette", "d’Odette"), ("Élie", "d’Élie"), ("Œuvrard", "d’Œuvrard"),
        ("Hugo", "de Hugo"), ("Yves", "de Yves"), ("", "de "),
    ],
)  # fmt: skip
def test_name_after_de_is_joined_as_people_write_it(name: str, said: str) -> None:
    assert wording.of_name(name) == said


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+33612345678", "06 12 34 56 78"), ("+262692123456", "+262692123456"), ("", ""), ("+3361234", "+3361234")],
)
def test_french_number_is_written_in_pairs(number: str, shown: str) -> None:
    assert wording.phone_number(number) == shown.replace(" ", wording.NBSP)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dr Hélène Vasseur", "HV"), ("Laboratoire des Halles", "LH"), ("Pr Jean-Paul d’Ys", "JY"),
        ("Zoé", "Z"), ("", "·"),
    ],
)  # fmt: skip
def test_initials_leave_titles_and_small_words_out(name: str, letters: str) -> None:
    assert wording.initials(name) == letters


@pytest.mark.parametrize(
    ("media_type", "name", "kind"),
    [
        ("application/pdf", "a.pdf", "PDF"), ("image/heic", "a.heic", "Image"),
        ("application/x-thing", "a.docx", "DOCX"),
        ("application/x-thing", "a", "Fichier"), ("application/x-thing", "a.undeuxtrois", "Fichier"),
    ],
)  # fmt: skip
def test_kind_of_file_is_named(media_type: str, name: str, kind: str) -> None:
    assert wording.file_kind(media_type, name) == kind


def test_zero_and_one_are_singular_in_french() -> None:
    assert [wording.count(n, "nouveau", "nouveaux") for n in (0, 1, 2)] == [
        f"0{NB}nouveau",
        f"1{NB}nouveau",
        f"2{NB}nouveaux",
    ]


@pytest.mark.parametrize(
    ("first", "number", "said"),
    [
        ((), 0, ""), (("Potassium",), 1, "Potassium"), (("Potassium", "Sodium"), 2, "Potassium et Sodium"),
        (("Potassium",), 2, f"Potassium et 1{NB}autre"), (("A", "B", "C"), 6, f"A, B, C et 3{NB}autres"),
    ],
)  # fmt: skip
def test_first_names_of_so_many_are_said(first: tuple[str, ...], number: int, said: str) -> None:
    assert wording.names(first, number) == said
