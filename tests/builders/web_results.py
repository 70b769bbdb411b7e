"""Results of three invented laboratories, for pages that are looked at."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.examinations import SpaceObservations, examination_number
from gateway.domain.goals import Goal
from gateway.domain.lab_result import LabResult, ReferenceRange, ResultValue, ValueKind, number_of
from gateway.domain.observed import LOINC, written_lines
from gateway.domain.observed_documents import ObservedDocument
from gateway.services.record.examinations import ExaminationList, ExaminationPage
from gateway.services.record.result_csv import csv_of
from webmail.results.port import ResultFile

LILAS, PARC, PORT = "Laboratoire des Lilas", "Biologie du Parc", "Laboratoire du Port"


def measured(
    label: str, code: str, value: str, unit: str, bounds: tuple[str, str] = ("", ""), codes: tuple[str, ...] = ()
) -> LabResult:
    """Make one result; a bound that is empty is none, a value may begin with ``<`` or ``>``, or be words."""
    comparator = value[:1] if value[:1] in "<>" else ""
    number = number_of(value.lstrip("<>"))
    low, high = map(number_of, bounds)
    return LabResult(
        label=label,
        code=code,
        code_system=LOINC if code else "",
        value=ResultValue(
            kind=ValueKind.TEXT if number is None else ValueKind.INTERVAL if comparator else ValueKind.QUANTITY,
            text=value.lstrip("<>"),
            number=number,
            comparator=comparator,
            unit=unit,
        ),
        ranges=(ReferenceRange(low=low, high=high, unit=unit),) if low is not None or high is not None else (),
        interpretation=codes,
    )


def observed(number: int, day: str, place: str, results: Sequence[LabResult]) -> ObservedDocument:
    """Make what a store keeps of one document."""
    return ObservedDocument(
        number=number, filed_at=number, place=place, effective=day, written=written_lines(results)
    )


DOCUMENTS = (
    observed(0xA1, "20240307", LILAS, [measured("Cholestérol total", "2093-3", "2.38", "g/L", ("", "2.00"))]),
    observed(0xA2, "20250318", PARC, [
        measured("Cholestérol", "14647-2", "5.70", "mmol/L", ("", "5.20")),
        measured("Potassium", "2823-3", "4.4", "mmol/L", ("3.5", "5.1")),
        measured("Antigène HBs", "5196-1", "Négatif", ""),
    ]),
    observed(0xA3, "20261112", PORT, [
        measured("Cholestérol total", "2093-3", "1.96", "g/L", ("", "2.00")),
        measured("Potassium", "2823-3", "6.9", "mmol/L", ("3.5", "5.1"), ("HH",)),
    ]),
)  # fmt: skip


GOAL = Goal(low=None, high=Decimal("1.80"), unit="g/L", set_by="Dr Hélène Vasseur", set_on=date(2026, 3, 2))


class ResultsOfTests:
    """Satisfies `webmail.results.port.ResultService`."""

    observed_documents: Sequence[ObservedDocument] = DOCUMENTS

    async def examinations(self, actor: Actor, words: str, page: int, *, only_outside: bool) -> ExaminationList:  # noqa: ARG002 - the port's names
        """List them, those that are outside their range first."""
        found = SpaceObservations(self.observed_documents)
        shown = [one for key in found.keys if (one := found.examination(key)) and words in one.label]
        shown.sort(key=lambda one: (not one.last.is_critical, not one.last.is_outside, one.label))
        outside = [one for one in shown if one.last.is_outside]
        return ExaminationList(
            examinations=tuple(outside if only_outside else shown) if page == 1 else (),
            has_more=False,
            total=len(shown),
            outside=len(outside),
        )

    async def result_file(self, actor: Actor, reference: str, form: str) -> ResultFile:
        """Write one."""
        found = await self.examination(actor, reference, 1)
        return ResultFile(f"Résultats.{form}", "text/csv", csv_of(found.examination))

    async def examination(self, actor: Actor, reference: str, page: int) -> ExaminationPage:
        """Find one."""
        found = SpaceObservations(self.observed_documents)
        for key in found.keys:
            if f"{examination_number(actor.vault, key):x}" == reference and page == 1:
                shown = found.examination(key)
                if shown:
                    return ExaminationPage(shown, False, GOAL if shown.loinc == "2093-3" else None)
        raise NotFound("there is no such examination")
