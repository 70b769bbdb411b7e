"""Versions of the terms of use: how their texts are read, and which is in force."""

from datetime import date

import pytest

from gateway.domain.errors import InvalidValue
from gateway.domain.terms_of_use import TermsOfUse, TermsPart, TermsVersion, read_terms

TEXT = """Avant tout.

> Vos documents sont gardés vingt ans.
# Qui peut lire
Vous seul,
avec votre code.
- Un point
- Un autre

Et rien d’autre.
# Vide
"""


def test_text_is_read_part_by_part() -> None:
    assert read_terms("2027-01-31", TEXT) == TermsVersion(
        day=date(2027, 1, 31),
        parts=(
            TermsPart("", ("Avant tout.",)),
            TermsPart("Qui peut lire", ("Vous seul, avec votre code.", "Et rien d’autre."), ("Un point", "Un autre")),
            TermsPart("Vide"),
        ),
        changes=("Vos documents sont gardés vingt ans.",),
    )


@pytest.mark.parametrize("name", ["", "2027", "2027-13-01", "2027-1-31", "..", "２０２７-01-31"])
def test_version_is_named_by_a_day(name: str) -> None:
    with pytest.raises(InvalidValue):
        read_terms(name, TEXT)


@pytest.mark.parametrize("text", ["", "\n \n", "> seulement ce qui change", "#\n"])
def test_text_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        read_terms("2027-01-31", text)


def test_version_is_in_force_from_its_day() -> None:
    first, second = read_terms("2026-01-01", "un"), read_terms("2026-04-01", "deux")
    terms = TermsOfUse(in_turn=(first, second), readable=(read_terms("2026-11-29", "trois"),))
    days = [date(2025, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2030, 1, 1)]
    assert [terms.current(day) for day in days] == [first, first, second, second]


def test_every_version_is_found_by_its_name() -> None:
    terms = TermsOfUse(in_turn=(read_terms("2026-01-01", "un"),), readable=(read_terms("2026-11-29", "trois"),))
    assert [terms.version(name) is not None for name in ("2026-01-01", "2026-11-29", "2026-01-02", "")] == [
        True, True, False, False,
    ]  # fmt: skip
