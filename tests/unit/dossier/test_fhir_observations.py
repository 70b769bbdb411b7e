"""Results as FHIR Observations: state, denial, absence, germs, places, notes, second unit."""

from decimal import Decimal
from typing import Any

import orjson
import pytest
from msgspec.structs import replace

from gateway.domain.lab_result import EarlierValue, LabResult, ReferenceRange, Remark, ResultValue, ValueKind
from gateway.domain.timestamp import Timestamp
from gateway.fhir.observations import observation
from gateway.services.record.record_queries import FoundResult
from tests.builders.clinical import a_result, an_identity
from tests.builders.patient_site import a_document

ABSENT = ResultValue(kind=ValueKind.ABSENT)


def described(result: LabResult, members: tuple[int, ...] = ()) -> Any:  # a decoded JSON value
    found = FoundResult(a_document([result], ()), 0, result, members)
    return orjson.loads(orjson.dumps(observation(found, an_identity())))


@pytest.mark.parametrize(
    ("status", "mood", "value", "expected"),
    [
        ("completed", "", None, "final"), ("active", "", None, "preliminary"), ("active", "", ABSENT, "registered"),
        ("", "RQO", ABSENT, "registered"), ("held", "", None, "registered"), ("cancelled", "", ABSENT, "cancelled"),
        ("aborted", "", None, "cancelled"), ("nullified", "", None, "entered-in-error"),
        ("obsolete", "", None, "amended"),
    ],
)  # fmt: skip
def test_status_follows_status_and_mood(status: str, mood: str, value: ResultValue | None, expected: str) -> None:
    result = replace(a_result(), status=status, mood=mood, value=value or a_result().value)
    assert described(result)["status"] == expected


@pytest.mark.parametrize(
    ("status", "flavor", "reason"),
    [
        ("active", "", "temp-unknown"), ("cancelled", "", "not-performed"), ("completed", "MSK", "masked"),
        ("completed", "", "unknown"), ("completed", "NASK", "not-asked"),
    ],
)  # fmt: skip
def test_absent_value_has_its_reason(status: str, flavor: str, reason: str) -> None:
    told = described(replace(a_result(), status=status, value=replace(ABSENT, null_flavor=flavor)))
    assert told["dataAbsentReason"]["coding"][0]["code"] == reason
    assert "valueQuantity" not in told


def test_denied_finding_is_absent_and_its_value_a_note() -> None:
    told = described(replace(a_result(), negated=True, interpretation=("AA",)))
    assert told["valueCodeableConcept"]["text"] == "Absent"
    assert told["note"] == [{"text": "Le laboratoire écarte : 5,2\xa0mmol/L"}]
    assert not {"valueQuantity", "interpretation", "referenceRange"} & set(told)
    assert "note" not in described(replace(a_result(), negated=True, value=ABSENT))


def test_germ_has_its_antibiotics_as_members() -> None:
    germ = LabResult(label="Germe identifié", value=replace(ABSENT, kind=ValueKind.CODED, text="E. coli"), is_head=True)
    told = described(germ, members=(1, 2))
    assert [member["reference"].rpartition("-")[2] for member in told["hasMember"]] == ["1", "2"]
    assert described(replace(a_result(), organism="E. coli"))["note"] == [{"text": "Germe : E. coli"}]


def test_place_specimen_and_site_are_told() -> None:
    result = replace(a_result(), subchapter="Urines", group="Bilan", specimen="urine", body_site="Œil, gauche")
    told = described(replace(result, method="Enzymatique"))
    assert told["category"][1]["text"] == "BIOCHIMIE · Urines · Bilan"
    assert (told["specimen"], told["bodySite"]) == ({"display": "urine"}, {"text": "Œil, gauche"})
    assert told["method"] == {"text": "Enzymatique"}


def test_long_name_gives_the_material_in_place_of_a_specimen() -> None:
    told = described(replace(a_result(), label="Glucose [Masse/Volume] Urine ; Numérique"))
    assert (told["code"]["text"], told["specimen"]["display"]) == ("Glucose", "urine")
    assert told["code"]["coding"][0]["display"].startswith("Glucose [")


def test_number_of_no_laboratory_has_another_category() -> None:
    told = described(replace(a_result(), category="vital-signs", chapter=""))
    assert [concept["coding"][0]["code"] for concept in told["category"]] == ["vital-signs"]


def test_second_unit_is_a_component_with_its_range() -> None:
    second = ResultValue(kind=ValueKind.QUANTITY, text="0.94", number=Decimal("0.94"), unit="g/L")
    result = replace(a_result(), second=second, second_range=ReferenceRange(high=Decimal("1.10"), unit="g/L"))
    (component,) = described(result)["component"]
    assert (component["valueQuantity"]["unit"], component["referenceRange"][0]["high"]["value"]) == ("g/L", 1.1)
    (bare,) = described(replace(result, second_range=None))["component"]
    assert "referenceRange" not in bare
    assert "component" not in described(replace(result, status="cancelled"))


def test_everything_said_beside_the_value_is_a_note() -> None:
    earlier = EarlierValue(a_result().value, Timestamp("2025"))
    remarks = (Remark("Hémolyse"), Remark("À revoir", "Conseil", of_report=True))
    told = described(replace(a_result(), comment="Trouble", remarks=remarks, earlier=(earlier,)))
    said = ["Trouble", "Hémolyse", "Conseil : À revoir", "Valeur antérieure\xa0: 5,2\xa0mmol/L en 2025"]
    assert [note["text"] for note in told["note"]] == said
    masked = described(replace(a_result(), value=replace(ABSENT, null_flavor="MSK")))
    assert masked["note"] == [{"text": "Non disponible (résultat masqué)"}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (ReferenceRange(high=Decimal(6), high_excluded=True), {"text": "moins de 6\xa0mmol/L"}),
        (ReferenceRange(low=Decimal(6), high=Decimal(4)), {"text": "6 à 4\xa0mmol/L (bornes inversées)"}),
    ],
)
def test_range_that_fhir_cannot_say_is_said_in_words(given: ReferenceRange, expected: object) -> None:
    assert described(replace(a_result(), ranges=(given,)))["referenceRange"] == [expected]


def test_range_says_for_whom_and_for_what_it_is() -> None:
    normal = ReferenceRange(high=Decimal(6), condition="femme", interpretation="N")
    (told,) = described(replace(a_result(), ranges=(normal,)))["referenceRange"]
    assert (told["type"]["coding"][0]["code"], told["appliesTo"]) == ("normal", [{"text": "femme"}])
    assert told["text"] == "femme\xa0: jusqu’à 6\xa0mmol/L"


@pytest.mark.parametrize(
    ("codes", "text", "expected"),
    [
        (("h",), "", [("H", None)]),
        (("++",), "", [(None, "++")]),
        ((), "Difficile", [(None, "Difficile")]),
        (("R",), "Résistant", [("R", "Résistant")]),
        ((), "", []),
    ],
)
def test_interpretation_is_a_code_that_hl7_has_or_words(codes: tuple[str, ...], text: str, expected: object) -> None:
    told = described(replace(a_result(), interpretation=codes, interpretation_text=text)).get("interpretation", [])
    assert [(one.get("coding", [{}])[0].get("code"), one.get("text")) for one in told] == expected
