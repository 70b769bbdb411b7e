"""Units by their meaning, codes of interpretation, and results in French words."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.domain.interpretation import interpretation_words, is_critical_code, known_interpretation
from gateway.domain.lab_result import EarlierValue, ReferenceRange, ResultValue, ValueKind, number_of
from gateway.domain.result_words import (
    absence_words,
    bounds_words,
    day_words,
    earlier_words,
    figures,
    name_of,
    number_words,
    range_words,
    ranges_words,
    short_name,
    value_with_unit,
    value_words,
)
from gateway.domain.timestamp import Timestamp
from gateway.domain.units import same_unit, ucum_of, unit_words
from tests.builders.clinical import a_result

NB, THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("µg/L", "μg/L"), ("ug/L", "µg/L"), ("mcg/L", "ug/L"), ("mmol/l", "mmol/L"), ("g/l", "g/L"),
        ("10^9/L", "10*9/L"),
        ("G/L", "10*9/L"), ("10⁹/L", "x10^9/l"), ("T/L", "10*12/L"), ("Giga/L", "G/L"), ("10*3/uL", "10*9/L"),
        ("/mm3", "/uL"),
        ("mUI/L", "m[IU]/L"), ("µUI/mL", "m[iU]/L"),
        ("U/L", "UI/L"), ("mU/mL", "[IU]/L"), ("ng/mL", "ug/L"), ("", "1"), ("null", "1"),
        ("{ratio}", ""), ("[pH]", "1"), ("kg/m2", "kg/m2"),
        ("mm[Hg]", "mm[Hg]"), ("mmol/ L", "mmol/L"), ("10E9/L", "10**9/L"),
    ],
)  # fmt: skip
def test_units_of_one_meaning_are_the_same(one: str, other: str) -> None:
    assert same_unit(one, other)
    assert same_unit(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("g/L", "mg/L"), ("ng{FEU}/mL", "ng/mL"), ("g/L", "g"), ("mmol/L", ""), ("m", "mo"),
        ("G/L", "g/L"),
        ("champ", "zone"), ("%", "g/L"), ("m2", "m3"),
    ],
)  # fmt: skip
def test_units_of_another_meaning_are_not(one: str, other: str) -> None:
    assert not same_unit(one, other)


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("mmol/l", "mmol/l"), ("µg/L", "ug/L"), ("10^9/L", "10*9/L"), ("UI/mL", "[IU]/mL"), ("G/L", ""),
        ("bouffées", ""), ("1", ""),
        ("g/L", "g/L"), ("ng{FEU}/mL", "ng{FEU}/mL"),
    ],
)  # fmt: skip
def test_code_is_given_where_the_unit_is_certain(unit: str, code: str) -> None:
    assert ucum_of(unit) == code


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("mL/min/{1.73_m2}", "mL/min/1,73 m²"), ("mL/min/1.73m2", "mL/min/1,73 m²"), ("a", "ans"), ("mo", "mois"),
        ("Cel", "°C"),
        ("ng{FEU}/mL", "ng FEU/mL"), ("[pH]", ""), ("1", ""), ("mmol/l", "mmol/L"), ("10^9/L", "×10⁹/L"),
        ("u[IU]/mL", "µUI/mL"),
        ("{pack}/a", "paquets par an"), ("kg/m2", "kg/m²"), ("μg/L", "µg/L"),
    ],
)  # fmt: skip
def test_unit_is_said_as_people_write_it(unit: str, words: str) -> None:
    assert unit_words(unit) == words


@pytest.mark.parametrize(
    ("codes", "text", "words"),
    [
        (("H",), "Anormalement haut", "élevé"),
        (("h",), "", "élevé"),
        (("H", "HH"), "", "très élevé, valeur critique, élevé"),
        (("N",), "Normal", ""),
        (("DET",), "", "détecté"),
        (("++",), "", "++"),
        ((), "Interprétation difficile", "Interprétation difficile"),
        (("R",), "résistance de haut niveau", "résistant, résistance de haut niveau"),
    ],
)
def test_interpretation_is_said_in_words(codes: tuple[str, ...], text: str, words: str) -> None:
    assert interpretation_words(codes, text) == words


def test_earlier_spelling_of_a_critical_code_is_critical() -> None:
    assert is_critical_code("H*")
    assert not is_critical_code("H")
    assert (known_interpretation("nd"), known_interpretation("xyz")) == ("ND", "")


@pytest.mark.parametrize(
    ("value", "words"),
    [("120000", f"120{THIN}000"), ("-12500.5", f"-12{THIN}500,5"), ("3900", "3900"), ("<0.5", f"<{NB}0,5"),
    ("00012", "00012")],
)
def test_figures_are_written_as_in_french(value: str, words: str) -> None:
    assert figures(value) == words


@pytest.mark.parametrize(
    ("text", "number"),
    [("12 500", "12500"), ("1\u202f234,5", "1234.5"), ("136 14", None), ("1 2345", None), ("140 136 1455", None)],
)
def test_thousands_are_read_in_groups_of_three(text: str, number: str | None) -> None:
    assert number_of(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("number", "words"), [("63.000000", "63"), ("0.800000", "0,8"), ("4.50", "4,50"), ("6", "6"), ("2.1500", "2,15")]
)
def test_zeros_that_fill_a_field_are_left_out(number: str, words: str) -> None:
    assert number_words(Decimal(number)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (ResultValue(kind=ValueKind.BOOLEAN, text="true"), "oui"),
        (ResultValue(kind=ValueKind.BOOLEAN, text="peut-être"), "peut-être"),
        (ResultValue(kind=ValueKind.TIME, text="20260105 – 202602"), "5 janvier 2026 – février 2026"),
        (ResultValue(kind=ValueKind.TIME, text="hier"), "hier"),
        (ResultValue(kind=ValueKind.RATIO, text="1.5/2 mL"), "1,5/2 mL"),
        (ResultValue(kind=ValueKind.INTERVAL, text="1.0 – 5", number=Decimal(1), upper=Decimal(5)), "1,0 – 5"),
        (ResultValue(kind=ValueKind.TEXT, text="<1.0 mg/L"), f"<{NB}1,0{NB}mg/L"),
        (ResultValue(kind=ValueKind.TEXT, text="Rare (1.5)"), "Rare (1.5)"),
        (ResultValue(kind=ValueKind.TEXT, text="1" * 16_000 + " x y"), "1" * 16_000 + " x y"),
        (ResultValue(kind=ValueKind.INTERVAL, text="1.0", number=Decimal(1), comparator="<="), f"≤{NB}1,0"),
    ],
)
def test_value_is_said_in_french(value: ResultValue, words: str) -> None:
    assert value_words(value) == words


def test_value_is_said_with_its_unit() -> None:
    assert value_with_unit(replace(a_result().value, unit="umol/l")) == f"5,2{NB}µmol/L"


@pytest.mark.parametrize(
    ("flavor", "words"), [("", "Non disponible"), ("MSK", "Non disponible (résultat masqué)"), ("X", "Non disponible")]
)
def test_absence_is_said_with_its_reason(flavor: str, words: str) -> None:
    assert absence_words(ResultValue(kind=ValueKind.ABSENT, null_flavor=flavor)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20260302", "le 2 mars 2026"), ("20260301", "le 1er mars 2026"), ("202603", "en mars 2026"),
        ("2026", "en 2026"),
        ("hier", "(date inconnue)"), ("20261301", "(date inconnue)"),
    ],
)  # fmt: skip
def test_earlier_value_is_said_with_its_date(text: str, words: str) -> None:
    earlier = EarlierValue(ResultValue(kind=ValueKind.QUANTITY, text="4.8", number=Decimal("4.8")), Timestamp(text))
    assert earlier_words(earlier) == f"Valeur antérieure{NB}: 4,8 {words}"


def test_earlier_value_may_have_neither_value_nor_date() -> None:
    nothing = EarlierValue(ResultValue(kind=ValueKind.ABSENT))
    assert earlier_words(nothing) == f"Valeur antérieure{NB}: non disponible (date inconnue)"
    assert day_words(None) == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (ReferenceRange(low=Decimal("3.9"), high=Decimal("6.1")), "3,9 à 6,1 g/L"),
        (ReferenceRange(high=Decimal("6.1"), high_excluded=True), "moins de 6,1 g/L"),
        (ReferenceRange(low=Decimal(3), low_excluded=True), "plus de 3 g/L"),
        (ReferenceRange(low=Decimal(3), high=Decimal(6), low_excluded=True), "plus de 3 et jusqu’à 6 g/L"),
        (ReferenceRange(low=Decimal(3), high=Decimal(6), high_excluded=True), "à partir de 3 et moins de 6 g/L"),
        (ReferenceRange(low=Decimal(6), high=Decimal(4)), "6 à 4 g/L (bornes inversées)"),
        (ReferenceRange(high=Decimal(4), unit="mg/L"), "jusqu’à 4 mg/L"),
        (ReferenceRange(), ""),
    ],
)
def test_bounds_are_said_in_words(given: ReferenceRange, words: str) -> None:
    assert bounds_words(given, "g/L").replace(NB, " ") == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (ReferenceRange(high=Decimal(3), text="Femme"), "Femme : jusqu’à 3"),
        (ReferenceRange(high=Decimal(3), text="jusqu’à 3,0", interpretation="N"), "jusqu’à 3"),
        (ReferenceRange(high=Decimal(3), condition="femme", interpretation="H"), "femme, élevé : jusqu’à 3"),
        (ReferenceRange(text="6.1 mmol/l"), "6,1 mmol/L"),
        (ReferenceRange(condition="femme"), "femme"),
        (ReferenceRange(text="négatif"), "négatif"),
    ],
)
def test_range_is_said_in_full(given: ReferenceRange, words: str) -> None:
    assert range_words(given).replace(NB, " ") == words


def test_every_range_is_said_where_none_is_chosen() -> None:
    ranges = (ReferenceRange(high=Decimal(3), text="Femme"), ReferenceRange(high=Decimal(4), text="Homme"))
    result = replace(a_result(), ranges=ranges)
    assert ranges_words(result).replace(NB, " ") == "Femme : jusqu’à 3 mmol/L ; Homme : jusqu’à 4 mmol/L"


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("Glucose à jeun [Masse/Volume] Sérum/Plasma ; Numérique", ("Glucose à jeun", "sérum ou plasma")),
        ("Glucose [Moles/volume] in Serum or Plasma", ("Glucose", "sérum ou plasma")),
        ("Leucocytes [Nombre/Volume] Urine ; Numérique ; Comptage", ("Leucocytes", "urine")),
        ("Amoxicilline [Sensibilité] Isolat ; CMI", ("Amoxicilline", "")),
        ("Protéines [Masse] Liquide pleural ; Numérique", ("Protéines", "liquide pleural")),
        ("CRP", ("CRP", "")),
        ("[Divers] Sang", ("[Divers] Sang", "")),
        ("a[" * 8_000, ("a[" * 8_000, "")),
    ],
)
def test_long_name_is_parted_into_name_and_material(long: str, short: tuple[str, str]) -> None:
    assert short_name(long) == short


def test_name_says_the_material_only_where_nothing_else_does() -> None:
    long = replace(a_result(), label="Glucose [Masse/Volume] Urine ; Numérique")
    assert name_of(long) == ("Glucose", "urine")
    assert name_of(replace(long, specimen="Urine")) == ("Glucose", "")
    assert name_of(replace(long, local_label="Glycosurie (mmol/l)")) == ("Glycosurie", "")
    assert name_of(replace(long, local_label="Glycosurie (à jeun)")) == ("Glycosurie (à jeun)", "")


def test_range_of_one_point_gives_no_place_where_the_laboratory_says_normal() -> None:
    point = ReferenceRange(low=Decimal("3.89"), high=Decimal("3.89"), unit="mmol/L", interpretation="N")
    result = replace(a_result(), ranges=(point,))
    assert result.compared_range == point
    assert replace(result, interpretation=("N",)).compared_range is None
