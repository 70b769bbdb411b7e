"""Synthetic results that a report may state."""

from decimal import Decimal

from dossier_bridge.synthetic.markup import LOINC
from gateway.domain.document import LabResult, ReferenceRange, ResultValue, ValueKind
from gateway.domain.timestamp import Timestamp

_HAEMATOLOGY, _BIOCHEMISTRY = ("HÉMATOLOGIE", "18723-7"), ("BIOCHIMIE", "18719-5")


def example_results(number: int) -> tuple[LabResult, ...]:
    """Give a small plausible check-up that varies with `number`: some values high, low or censored."""
    time = Timestamp("20260105081500+0100")
    rows = (
        ("718-7", "Hémoglobine", "g/dL", "12.0", "16.0", Decimal(118 + number % 40) / 10),
        ("6690-2", "Leucocytes", "10*9/L", "4.0", "10.0", Decimal(38 + number % 70) / 10),
        ("40193-5", "Glucose à jeun", "mmol/L", "3.9", "6.1", Decimal(42 + number % 35) / 10),
        ("2160-0", "Créatinine", "umol/L", "45", "84", Decimal(50 + number % 45)),
        ("2093-3", "Cholestérol total", "mmol/L", "3.9", "5.2", Decimal(36 + number % 25) / 10),
    )
    chapters = [_HAEMATOLOGY] * 2 + [_BIOCHEMISTRY] * 3
    measured = [_measured(*row, time=time, chapter=chapter) for row, chapter in zip(rows, chapters, strict=True)]
    censored = LabResult(
        label="Protéine C réactive",
        value=ResultValue(kind=ValueKind.INTERVAL, text="1.0", number=Decimal("1.0"), comparator="<", unit="mg/L"),
        code="1988-5", code_system=LOINC, time=time, status="completed", interpretation=("N",),
        ranges=(ReferenceRange(high=Decimal("5.0"), unit="mg/L", interpretation="N"),),
        chapter=_BIOCHEMISTRY[0], section_code=_BIOCHEMISTRY[1], method="Immunoturbidimétrie",
    )  # fmt: skip
    return (*measured, censored)


def _measured(
    code: str,
    label: str,
    unit: str,
    low: str,
    high: str,
    number: Decimal,
    time: Timestamp,
    chapter: tuple[str, str],
) -> LabResult:
    mark = "L" if number < Decimal(low) else "H" if number > Decimal(high) else "N"
    return LabResult(
        label=label,
        value=ResultValue(kind=ValueKind.QUANTITY, text=str(number), number=number, unit=unit),
        code=code, code_system=LOINC, time=time, status="completed", interpretation=(mark,),
        ranges=(ReferenceRange(low=Decimal(low), high=Decimal(high), unit=unit, interpretation="N"),),
        chapter=chapter[0], section_code=chapter[1],
    )  # fmt: skip
