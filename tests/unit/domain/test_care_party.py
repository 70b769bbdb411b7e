"""Under which names choices know people and organisations, however their numbers are written."""

from dataclasses import replace

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.care_party import acting_names_of, issuer_name, names_of, organisation_name, structure_number
from gateway.domain.directory import DirectoryEntry, MailboxKind

CLAIRE = DirectoryEntry(
    address=MailAddress.parse("claire@medecin.example"), kind=MailboxKind.PERSON, identifier="810000000011", name="Dr",
    organisation_id="1350000022",
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1350000022", "350000022"), ("350000022", "350000022"), ("12A0000014", "2A0000014"),
        ("335000002200014", "35000002200014"), ("35000002200014", "35000002200014"), ("", ""), ("1", "1"),
        ("13500000222", "13500000222"),
    ],
)  # fmt: skip
def test_digit_of_kind_is_no_part_of_the_number(written: str, number: str) -> None:
    assert structure_number(written) == number
    assert organisation_name(written) == organisation_name(number)


def test_person_is_reached_by_their_organisation_and_what_is_chosen_for_them_reaches_no_colleague() -> None:
    assert acting_names_of(CLAIRE) - names_of(CLAIRE) == {"finess:350000022"}
    assert acting_names_of(replace(CLAIRE, organisation_id="")) == names_of(CLAIRE)
    house = replace(CLAIRE, kind=MailboxKind.ORGANISATION, identifier="12A0000014", organisation_id="")
    assert issuer_name(house.issuer) in names_of(house)
    assert issuer_name("") == ""
