"""What a provider says of somebody meets a space in every trait, or not at all (E28, FACTS a15)."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.account import Space
from gateway.domain.address import PatientAddress
from gateway.domain.identity import INS_DEMO, BirthDate, PatientIdentity, Sex, Traits
from gateway.domain.mailbox import VaultId
from gateway.domain.pivot_identity import pivot_of_claims, pivot_of_space, place_code
from gateway.domain.space import SpaceState
from tests.builders.store import an_ins

CLAIMS = {
    "family_name": "Lefèvre d'Essai",
    "given_name": "Jean-Pierre Anne",
    "gender": "male",
    "birthdate": "1980-01-15",
    "birthplace": "2a004",
    "birthcountry": "99100",
}


def _space(place: str = "2A004", country: str = "", **traits: Any) -> Space:  # Any: values of traits
    known = {
        "birth_name": "LEFEVRE D ESSAI", "given_names": ("JEAN PIERRE", "ANNE"), "sex": Sex.MALE,
        "birth_date": BirthDate(1980, 1, 15),
    }  # fmt: skip
    identity = PatientIdentity(an_ins(), INS_DEMO, Traits(**(known | traits)))  # type: ignore[arg-type]  # the caller's
    address = PatientAddress(an_ins(), "patient.example")
    return Space(
        vault=VaultId(7), address=address, identity=identity, state=SpaceState.NOTIFIED, birth_place=place,
        birth_country=country,
    )  # fmt: skip


def _meets(space: Space, **claims: object) -> bool:
    said, known = pivot_of_claims(CLAIMS | claims), pivot_of_space(space)
    return said is not None and known is not None and said.agrees_with(known)


def test_names_are_folded_and_the_other_traits_are_the_same() -> None:
    assert _meets(_space())
    assert _meets(_space(given_names=("Jean", "Pierre", "Anne")))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("family_name", "Lefort"), ("given_name", "Jean-Pierre"), ("given_name", "Anne Jean-Pierre"),
        ("gender", "female"), ("birthdate", "1980-01-16"), ("birthdate", "1980-02-15"), ("birthplace", "2A005"),
        ("birthcountry", "99109"),
    ],
)  # fmt: skip
def test_one_trait_that_differs_is_enough(claim: str, value: str) -> None:
    assert not _meets(_space(), **{claim: value})


@pytest.mark.parametrize("claim", ["family_name", "given_name", "gender", "birthdate", "birthplace"])
@pytest.mark.parametrize("value", ["", " ", None, 7, ["Jeanne"], {}, "x" * 251, "-"])
def test_claim_that_is_missing_or_of_another_form_identifies_nobody(claim: str, value: object) -> None:
    assert pivot_of_claims(CLAIMS | {claim: value}) is None
    assert pivot_of_claims({name: said for name, said in CLAIMS.items() if name != claim}) is None


@pytest.mark.parametrize(
    "traits", [{"birth_name": ""}, {"given_names": ()}, {"sex": Sex.UNKNOWN}, {"birth_date": None}, {"place": ""}]
)
def test_space_of_whom_a_trait_is_not_known_is_found_by_none(traits: dict[str, Any]) -> None:
    assert pivot_of_space(_space(**traits)) is None


@pytest.mark.parametrize(
    ("place", "country", "code"),
    [
        ("35238", "99100", "35238"), ("35238", "", "35238"), ("", "99109", "99109"), ("99109", "99109", "99109"),
        ("99109", "", "99109"), ("Alger", "99352", "99352"), ("", "99100", ""), ("99100", "99100", ""), ("", "", ""),
        ("Rennes", "99100", ""), ("٣٥٢٣٨", "", ""), (" 2b033 ", " 99100 ", "2B033"),
    ],
)  # fmt: skip
def test_place_is_the_country_of_who_was_born_abroad(place: str, country: str, code: str) -> None:
    assert place_code(place, country) == code


def test_day_that_is_not_known_agrees_with_any_and_is_found_by_the_same_words() -> None:
    space = _space(birth_date=BirthDate(1980, 1, 0))
    known, said = pivot_of_space(space), pivot_of_claims(CLAIMS)
    assert known is not None
    assert said is not None
    assert known.index_words == said.index_words
    assert _meets(space)
    assert not _meets(_space(birth_date=BirthDate(1980, 0, 0)))


def test_nothing_of_the_person_is_told_by_a_representation() -> None:
    assert repr(pivot_of_space(replace(_space()))) == "PivotIdentity(…)"
