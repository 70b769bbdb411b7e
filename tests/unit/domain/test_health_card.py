"""Number, birth date and card are read as people type them (F6, FACTS a1)."""

import re
from datetime import date

import pytest

from gateway.domain.account import Space
from gateway.domain.activation import MaskedContacts
from gateway.domain.address import PatientAddress
from gateway.domain.contact_reading import email_of, mobile_of
from gateway.domain.health_card import (
    CardField,
    ShownCard,
    birth_date_typed,
    card_is_of,
    number_typed,
    shown_card,
)
from gateway.domain.identity import INS_DEMO, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.local_days import day_in_words
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_identifier import (
    IdentifierFault,
    identifier_fault,
    plain_identifier,
    proposed_identifiers,
)
from gateway.domain.patient_names import given_name
from gateway.domain.space import SpaceState
from gateway.services.space.masked_contacts import masks_of_nobody

NUMBER = "1900535238055"
INS = Ins.parse(f"{NUMBER}{ins_key(NUMBER):02}")


def hugo(
    serials: tuple[str, ...] = ("8025000035805",), born: str = "1990-05-30", given: tuple[str, ...] = ("HUGO",)
) -> Space:
    """Give Hugo."""
    date_of_birth = BirthDate.parse(born) if born else None
    traits = Traits(birth_name="PETIT", given_names=given, sex=Sex.MALE, birth_date=date_of_birth)
    return Space(
        vault=VaultId(1),
        address=PatientAddress(INS, "patient.example"),
        identity=PatientIdentity(INS, INS_DEMO, traits),
        state=SpaceState.NOTIFIED,
        card_serials=serials,
    )


@pytest.mark.parametrize("number", [NUMBER, INS.value, f" {NUMBER[0]} 90 05 35 238 055 ", f"{NUMBER}.{INS.value[13:]}"])
@pytest.mark.parametrize("born", ["30/05/1990", "30 5 1990", "30051990", "1990-05-30", " 30-05-1990 ", "30.05.1990"])
@pytest.mark.parametrize("serial", ["8025000035805", "80 25000 035805", "8025-0000-35805"])
def test_card_is_read_with_the_gaps_of_people(number: str, born: str, serial: str) -> None:
    assert shown_card(number, born, serial) == ShownCard(INS.value, BirthDate(1990, 5, 30), "8025000035805")


def test_number_and_birth_date_are_read_alone_as_well() -> None:
    assert number_typed(NUMBER) == number_typed(INS.value) == INS.value
    assert number_typed(f"{NUMBER}00") is None
    assert birth_date_typed("30051990") == BirthDate(1990, 5, 30)
    assert birth_date_typed("30/5/90") is None


def test_corsica_is_read_in_small_letters() -> None:
    card = shown_card("2 96 07 2a 004 028", "23/07/1996", "80250000")
    assert isinstance(card, ShownCard)
    assert card.number == f"296072A004028{ins_key('296072A004028'):02}"
    assert repr(card) == "ShownCard(…)"


@pytest.mark.parametrize("number", ["", "123", f"{NUMBER}00", "A" * 13, "é" * 900, NUMBER * 4])
@pytest.mark.parametrize("born", ["", "hier", "1990", "45/45/1990", "30/13/1990", "1990-05-30T00:00"])
@pytest.mark.parametrize("serial", ["", "1234567", "abcdefgh", "1" * 25])
def test_what_cannot_be_right_is_named(number: str, born: str, serial: str) -> None:
    assert shown_card(number, born, serial) == frozenset(CardField)
    assert shown_card(NUMBER, born, "80250000") == frozenset({CardField.BORN})


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [
        ("8025000035805", "8025000035805", True),
        ("80250000", "80250000", True),
        ("25000035805", "8025000035805", True),
        ("8025000035805", "25000035805", True),
        ("99925000035805", "25 0000 35805", True),
        ("5000035805", "8025000035805", False),
        ("25000035806", "8025000035805", False),
    ],
)
def test_last_eleven_digits_of_a_long_serial_are_enough(typed: str, known: str, same: bool) -> None:
    card = ShownCard(INS.value, BirthDate(1990, 5, 30), typed)
    assert card_is_of(card, hugo(("11111111", known))) is same


def test_birth_date_must_agree() -> None:
    card = ShownCard(INS.value, BirthDate(1990, 5, 31), "8025000035805")
    assert not card_is_of(card, hugo())
    assert not card_is_of(card, hugo(born=""))
    assert not card_is_of(card, hugo(()))
    assert card_is_of(card, hugo(born="1990-05"))


# ---------------------------------------------------------------- identifier


@pytest.mark.parametrize("identifier", ["hugo.petit", "galet-brume_27", "hugo90", "1234", "hugo.12345", "a" * 40])
def test_identifier_of_letters_digits_and_three_signs_is_taken(identifier: str) -> None:
    assert identifier_fault(hugo(), identifier) is None


@pytest.mark.parametrize("identifier", ["", "abc", "a" * 41, "hugo petit", "hugo@a.fr", "élan.vif", ".hugo", "Hugo"])
def test_identifier_of_another_form_is_none(identifier: str) -> None:
    assert identifier_fault(hugo(), identifier) is IdentifierFault.FORM


@pytest.mark.parametrize("identifier", [NUMBER, "hugo.190053", "h1u9g0o0.53", "petit-523805", "x8025000"])
def test_identifier_tells_nothing_of_number_and_card(identifier: str) -> None:
    assert identifier_fault(hugo(), identifier) is IdentifierFault.NUMBER


def test_identifier_is_kept_in_small_letters() -> None:
    assert plain_identifier("  Hugo.PETIT ") == "hugo.petit"
    assert len(plain_identifier("x" * 10_000)) <= 80


@pytest.mark.parametrize("given", [("JEAN-HUGO",), (), ("阿",)])
def test_proposed_identifiers_may_be_chosen(given: tuple[str, ...]) -> None:
    space = hugo(given=given)
    for drawn in (0, 1, 7):
        proposed = proposed_identifiers(space, lambda below, drawn=drawn: drawn % below)  # type: ignore[misc]
        assert len(proposed) == (5 if given == ("JEAN-HUGO",) else 3)
        assert all(identifier_fault(space, one) is None for one in proposed)
        assert not any(re.match(r"([a-z]+)\.\1[0-9]", one) for one in proposed)


# ---------------------------------------------------------------- contacts and words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("07.12.34.56.78", "+33712345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("+262 692 12 34 56", "+262692123456"),
        ("01 23 45 67 89", None),
        ("+33 1 23 45 67 89", None),
        ("06", None),
        ("", None),
        ("bonjour", None),
    ],
)
def test_mobile_number_is_read_as_people_write_it(typed: str, read: str | None) -> None:
    assert mobile_of(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [(" A@b.example ", "a@b.example"), ("a@b", None), ("a", None), ("é@b.example", None), ("a" * 500, None)],
)
def test_address_is_read_as_people_write_it(typed: str, read: str | None) -> None:
    assert email_of(typed) == read


def test_nobody_has_one_way_or_both() -> None:
    ways = [masks_of_nobody(bytes((7, 9, way))) for way in range(10)]
    assert ways[0] == MaskedContacts("", "••\u00a0••\u00a0••\u00a0••\u00a009")
    assert ways[1] == MaskedContacts("e•••@•••", "")
    assert all(one.email and one.phone for one in ways[2:])


def test_names_and_days_are_read_aloud() -> None:
    assert given_name(hugo().identity.traits) == "Hugo"
    assert given_name(hugo(given=()).identity.traits) == ""
    assert day_in_words(date(2026, 3, 1)) == "1er mars 2026"
    assert day_in_words(date(2026, 12, 24)) == "24 décembre 2026"
