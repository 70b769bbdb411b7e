"""A blood group is read where a laboratory states it beyond doubt, and nowhere else."""

import pytest

from gateway.domain.blood_group import blood_group_of, is_blood_group_card
from gateway.domain.lab_result import LabResult, ResultValue, ValueKind


def _said(code: str, text: str = "", answer: str = "", status: str = "completed") -> LabResult:
    kind = ValueKind.CODED if answer else ValueKind.TEXT
    return LabResult(label="Groupe", value=ResultValue(kind=kind, text=text, code=answer), code=code, status=status)


@pytest.mark.parametrize(
    ("results", "group"),
    [
        ([_said("882-1", answer="LA21325-8")], "a-plus"),
        ([_said("882-1", answer="278154007")], "ab-moins"),
        ([_said("882-1", "Groupe O Rh D négatif")], "o-moins"),
        ([_said("882-1", "AB RH1 positif")], "ab-plus"),
        ([_said("882-1", "B +")], "b-plus"),
        ([_said("883-9", "A"), _said("10331-7", "Positif")], "a-plus"),
        ([_said("883-9", answer="LA19708-9"), _said("10331-7", answer="LA6577-6")], "o-moins"),
        ([_said("882-1", "A +"), _said("883-9", "A"), _said("10331-7", "RH 1 positif")], "a-plus"),
        ([_said("883-9", "A")], ""),
        ([_said("10331-7", "Positif")], ""),
        ([_said("882-1", "A+"), _said("882-1", "B+")], ""),
        ([_said("882-1", "A+"), _said("883-9", "O"), _said("10331-7", "Positif")], ""),
        ([_said("882-1", "A+ (D faible)")], ""),
        ([_said("882-1", "A+", status="active")], ""),
        ([_said("882-1", "A+", status="cancelled")], ""),
        ([_said("882-1", "A+", answer="autre")], ""),
        ([_said("882-1", "")], ""),
        ([_said("718-7", "A+")], ""),
        ([_said("882-1", "A" * 10_000)], ""),
        ([], ""),
    ],
)
def test_group_is_what_the_laboratory_states_beyond_doubt(results: list[LabResult], group: str) -> None:
    assert blood_group_of(results) == group


def test_card_has_results_of_the_group_and_no_others() -> None:
    assert is_blood_group_card([_said("883-9", "A"), _said("10331-7", "Positif")])
    assert not is_blood_group_card([_said("883-9", "A"), _said("718-7", "13")])
    assert not is_blood_group_card([])
