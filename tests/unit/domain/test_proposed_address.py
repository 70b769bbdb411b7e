"""The address that is proposed for a person, and for the next of that name (F65)."""

from itertools import islice

import pytest

from gateway.domain.errors import InvalidValue
from gateway.domain.proposed_address import names_of, proposals


@pytest.mark.parametrize(
    ("given", "family", "local"),
    [
        ("Claire", "Martin", "claire.martin"),
        ("Jean Luc", "d'Été de La Tour", "jean-luc.dete-de-la-tour"),
        ("Noëlle-Anne", "LE GŒUFF", "noelle-anne.le-goeuff"),
        ("Łucja", "Strauß/Bär", "lucja.strauss-bar"),
        ("A" * 40, "B" * 300, f"{'a' * 30}.{'b' * 30}"),
    ],
)
def test_an_address_is_given_name_and_family_name(given: str, family: str, local: str) -> None:
    assert next(proposals(given, family)) == local


def test_homonyms_are_numbered_from_two() -> None:
    assert list(islice(proposals("Claire", "Martin"), 3)) == ["claire.martin", "claire.martin2", "claire.martin3"]


@pytest.mark.parametrize(("given", "family"), [("", "Martin"), ("Claire", ""), ("Мария", "Иванова"), ("-", ".")])
def test_a_name_without_latin_letters_gives_no_address(given: str, family: str) -> None:
    with pytest.raises(InvalidValue, match="give the address"):
        next(proposals(given, family))


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("Dr Claire Martin", ("Claire", "Martin")),
        ("Pr. Jean-Luc de La Tour", ("Jean-Luc", "de La Tour")),
        ("Mme", ("Mme", "")),
        ("", ("", "")),
    ],
)
def test_a_name_as_shown_is_split_after_its_title(shown: str, names: tuple[str, str]) -> None:
    assert names_of(shown) == names
