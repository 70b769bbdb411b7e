"""Substances that laboratories give by weight or by number of molecules: which LOINC codes say the same, and how heavy.

Molar masses are computed from the formulas, in grams per mole, with the standard atomic weights of 2021 of IUPAC's
commission (https://www.ciaaw.org/atomic-weights.htm); where the table gives a range, with the conventional value. A
test computes them again.
Triglycerides are counted as triolein, as French laboratories do. What is not certain stands in no row: urea nitrogen,
phosphates, proteins. A substance without a mass has one page and two curves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from gateway.domain.observed import SHARED, loinc_key, own_key


@dataclass(frozen=True, slots=True)
class Analyte:
    """One substance in one material: LOINC codes by weight first, formula and molar mass where they are certain."""

    codes: tuple[str, ...]
    formula: str = ""
    grams_per_mole: Decimal | None = None


def _analyte(codes: str, formula: str = "", grams_per_mole: str = "") -> Analyte:
    return Analyte(tuple(codes.split()), formula, Decimal(grams_per_mole) if grams_per_mole else None)


ANALYTES = (
    _analyte("2345-7 14749-6", "C6H12O6", "180.156"),  # glucose
    _analyte("1558-6 14771-0", "C6H12O6", "180.156"),  # glucose, fasting
    _analyte("2093-3 14647-2", "C27H46O", "386.66"),  # cholesterol
    _analyte("2085-9 14646-4", "C27H46O", "386.66"),  # cholesterol in HDL
    _analyte("13457-7 39469-2", "C27H46O", "386.66"),  # cholesterol in LDL, computed
    _analyte("18262-6 69419-0", "C27H46O", "386.66"),  # cholesterol in LDL, measured
    _analyte("2089-1 22748-8", "C27H46O", "386.66"),  # cholesterol in LDL
    _analyte("2571-8 14927-8", "C57H104O6", "885.45"),  # triglycerides as triolein
    _analyte("2160-0 14682-9", "C4H7N3O", "113.12"),  # creatinine
    _analyte("3091-6 22664-7", "CH4N2O", "60.056"),  # urea
    _analyte("3084-1 14933-6", "C5H4N4O3", "168.11"),  # uric acid
    _analyte("1975-2 14631-6", "C33H36N4O6", "584.67"),  # bilirubin
    _analyte("17861-6 2000-8", "Ca", "40.078"),  # calcium
    _analyte("19123-9 2601-3", "Mg", "24.305"),  # magnesium
    _analyte("2498-4 14798-3", "Fe", "55.845"),  # iron
    _analyte("2132-9 14685-2", "C63H88CoN14O14P", "1355.39"),  # vitamin B12, as cyanocobalamin
    _analyte("1989-3 14635-7", "C27H44O2", "400.65"),  # 25-hydroxyvitamin D3
    _analyte("3024-7 14920-3", "C15H11I4NO4", "776.87"),  # free thyroxine
    _analyte("3051-0 14928-6", "C15H12I3NO4", "650.98"),  # free triiodothyronine
    _analyte("2143-6 14675-3", "C21H30O5", "362.47"),  # cortisol
    _analyte("4548-4 59261-8"),  # haemoglobin A1c: per cent and mmol/mol, by no simple factor
)
_OF_CODE: Mapping[str, Analyte] = MappingProxyType({code: one for one in ANALYTES for code in one.codes})
_JOINED: Mapping[int, int] = MappingProxyType({
    loinc_key(code): loinc_key(one.codes[0]) for one in ANALYTES for code in one.codes
})


def joined_key(key: int, place: str) -> int:
    """Give the key of an examination in a space: one for what says the same in another unit, or in another laboratory.

    What has no LOINC code is known to its own laboratory, `place`, alone.
    """
    return _JOINED.get(key, key) if key >= SHARED else own_key(key, place)


def grams_per_mole(loinc: str) -> Decimal | None:
    """Give the molar mass of what a LOINC code measures, where it is certain."""
    found = _OF_CODE.get(loinc)
    return found.grams_per_mole if found else None
