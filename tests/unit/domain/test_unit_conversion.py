"""Figures of one unit in another: by a power of ten, by a molar mass, or not at all."""

import re
from decimal import Decimal

import pytest

from gateway.domain.analytes import ANALYTES, Analyte, grams_per_mole, joined_key
from gateway.domain.observed import loinc_key
from gateway.domain.unit_conversion import converted

_WEIGHTS = {
    "H": "1.008", "C": "12.011", "N": "14.007", "O": "15.999", "Mg": "24.305", "P": "30.973761998", "Ca": "40.078",
    "Fe": "55.845", "Co": "58.933194", "I": "126.90447",
}  # fmt: skip
"""Standard atomic weights of 2021, IUPAC's commission, ciaaw.org; of H, C, N, O and Mg the conventional value."""


@pytest.mark.parametrize(
    ("number", "unit", "to", "loinc", "expected"),
    [
        ("1.05", "g/L", "g/l", "", "1.05"),
        ("105", "mg/dL", "g/L", "", "1.05"),
        ("0.012", "g/L", "mg/L", "", "12"),
        ("4500", "/mm3", "G/L", "", "4.5"),
        ("0.95", "g/L", "mmol/L", "2345-7", "5.27"),
        ("5.27", "mmol/L", "g/L", "14749-6", "0.949"),
        ("2.00", "g/L", "mmol/L", "2093-3", "5.17"),
        ("5.20", "mmol/L", "g/L", "14647-2", "2.01"),
        ("9.0", "mg/L", "µmol/L", "2160-0", "79.6"),
        ("1.50", "g/L", "mmol/L", "2571-8", "1.69"),
        ("97.12", "mg/L", "mmol/L", "17861-6", "2.423"),
    ],
)
def test_figures_are_turned(number: str, unit: str, to: str, loinc: str, expected: str) -> None:
    assert converted(Decimal(number), unit, to, loinc) == Decimal(expected)


@pytest.mark.parametrize(
    ("unit", "to", "loinc"),
    [
        ("g/L", "mmol/L", ""), ("g/L", "mmol/L", "2276-4"), ("%", "mmol/mol", "4548-4"), ("g/L", "", "2345-7"),
        ("g/L", "U/L", "2345-7"), ("UI/L", "µg/L", ""), ("truc", "g/L", "2345-7"), ("mmol/L", "g", "2345-7"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_turned(unit: str, to: str, loinc: str) -> None:
    assert converted(Decimal(5), unit, to, loinc) is None


def test_there_and_back_is_the_same_value() -> None:
    for analyte in ANALYTES:
        if analyte.grams_per_mole is not None:
            there = converted(Decimal("1.2345"), "g/L", "mmol/L", analyte.codes[0])
            assert there is not None
            back = converted(there, "mmol/L", "g/L", analyte.codes[1])
            assert back == pytest.approx(Decimal("1.2345"), rel=Decimal("0.001"))


def test_codes_of_one_substance_stand_together_and_in_one_row() -> None:
    codes = [code for analyte in ANALYTES for code in analyte.codes]
    assert len(codes) == len(set(codes))
    assert joined_key(loinc_key("14749-6"), "") == joined_key(loinc_key("2345-7"), "x") == loinc_key("2345-7")
    assert joined_key(7, "Labo A") != joined_key(7, "Labo B")
    assert grams_per_mole("59261-8") is None


@pytest.mark.parametrize("analyte", ANALYTES, ids=lambda analyte: analyte.codes[0])
def test_molar_mass_is_that_of_the_formula(analyte: Analyte) -> None:
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", analyte.formula)
    mass = sum((Decimal(_WEIGHTS[element]) * int(count or 1) for element, count in atoms), Decimal())
    known = analyte.grams_per_mole
    assert (known is None) == (not atoms)
    assert known is None or known == mass.quantize(known)
