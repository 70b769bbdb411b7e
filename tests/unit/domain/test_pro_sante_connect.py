"""Who Pro Santé Connect vouches for: its traps, each by itself (FACTS d6–d8)."""

from typing import Any

import pytest

from gateway.domain.pro_sante_connect import MOST_EXERCISES, Exercise, professional_of_claims

NUMBER = "810000000011"
DOCTOR = {"codeProfession": "10", "activities": [{"raisonSocialeSite": "Cabinet des Lilas", "numeroFinessSite": "35"}]}
Json = dict[str, Any]  # Any: what stands in JSON


def claims(**changed: Any) -> Json:
    said: Json = {
        "sub": f"f:d1f4:{NUMBER}",
        "SubjectNameID": NUMBER,
        "preferred_username": NUMBER,
        "otherIds": [{"identifiant": NUMBER[1:], "origine": "RPPS", "qualite": 1}],
        "SubjectRefPro": {"exercices": [DOCTOR]},
    }
    return {name: value for name, value in (said | changed).items() if value is not None}


def exercises(*found: Any) -> Json:
    return claims(SubjectRefPro={"exercices": list(found)})


def test_a_doctor_is_read() -> None:
    found = professional_of_claims(claims())
    assert found is not None
    assert found.identifier == NUMBER
    assert found.exercises == (Exercise(profession="10", organisation="Cabinet des Lilas", organisation_id="35"),)
    assert found.exercises[0].label == "Médecin"
    assert NUMBER not in repr(found)


@pytest.mark.parametrize(
    "said",
    [
        claims(SubjectNameID=None, preferred_username=None, otherIds=None),  # the subject is never a key
        claims(SubjectNameID="", preferred_username="", otherIds=[]),
        claims(SubjectNameID="ANS20211115103601", preferred_username="ANS20211115103601", otherIds=[]),
        claims(SubjectNameID="810000000029"),  # two numbers: nobody knows whose
        claims(otherIds=[{"identifiant": "10000000029", "origine": "RPPS"}]),
        claims(SubjectNameID=[NUMBER], preferred_username=7, otherIds="RPPS"),
    ],
)
def test_whoever_has_no_number_or_two_is_nobody(said: Json) -> None:
    assert professional_of_claims(said) is None


def test_number_of_either_kind_is_enough() -> None:
    for said in (claims(otherIds=None), claims(SubjectNameID="", preferred_username="")):
        found = professional_of_claims(said)
        assert found is not None
        assert found.identifier == NUMBER


@pytest.mark.parametrize(
    "said",
    [
        claims(SubjectRefPro=None),
        claims(SubjectRefPro=""),
        claims(SubjectRefPro=[]),
        claims(SubjectRefPro={"exercices": ""}),
        exercises(),
        exercises(None, "", 10),
        exercises({"codeProfession": "", "activities": []}),
        exercises({"codeProfession": None}),
    ],
)
def test_whoever_has_no_exercise_is_no_professional(said: Json) -> None:
    assert professional_of_claims(said) is None


def test_empty_strings_say_nothing_and_places_count_once() -> None:
    names = {"raisonSocialeSite": "", "enseigneCommercialeSite": "Clinique"}
    place = names | {"numeroFinessSite": "", "numeroSiretSite": "9"}
    physiotherapist = {"codeProfession": "70", "activities": [place, place]}
    found = professional_of_claims(exercises(physiotherapist, DOCTOR, {"codeProfession": "60"}))
    assert found is not None
    assert found.exercises == (
        Exercise(profession="70", organisation="Clinique", organisation_id="9"),
        Exercise(profession="10", organisation="Cabinet des Lilas", organisation_id="35"),
        Exercise(profession="60"),
    )


def test_nobody_reads_more_than_somebody_can_choose_from() -> None:
    many = [{"raisonSocialeSite": f"Site {number}"} for number in range(1_000)]
    found = professional_of_claims(exercises(*[{"codeProfession": "10", "activities": many}] * 1_000))
    assert found is not None
    assert len(found.exercises) == MOST_EXERCISES


@pytest.mark.parametrize("text", ["10" * 100, "1\n0", "\u202e10", " "])
def test_text_that_is_no_line_says_nothing(text: str) -> None:
    assert professional_of_claims(exercises({"codeProfession": text})) is None
