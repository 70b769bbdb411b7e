"""Values of the medical profile: dates as people remember them, fields of every section within their limits."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from gateway.domain.errors import InvalidValue
from gateway.domain.partial_date import PartialDate
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer, may_change
from gateway.domain.profile_checks import FieldFault, checked_fields, is_over, shown_value
from gateway.domain.profile_fields import FieldKind
from gateway.domain.profile_sections import SECTIONS

BORN, TODAY = date(1951, 3, 2), date(2026, 11, 29)


def faults(section: ProfileSection, typed: Mapping[str, str], born: date | None = BORN) -> Mapping[str, FieldFault]:
    return checked_fields(SECTIONS[section], typed, born, TODAY).faults


def kept(section: ProfileSection, typed: Mapping[str, str]) -> Mapping[str, str]:
    return checked_fields(SECTIONS[section], typed, BORN, TODAY).fields


@pytest.mark.parametrize(
    ("typed", "iso", "again"),
    [
        ("12/06/1987", "1987-06-12", "12/06/1987"),
        (" 2.6.1987 ", "1987-06-02", "02/06/1987"),
        ("06/1987", "1987-06", "06/1987"),
        ("1987", "1987", "1987"),
        ("1987-06-12", "1987-06-12", "12/06/1987"),
        ("29/02/2024", "2024-02-29", "29/02/2024"),
    ],
)
def test_date_is_read_as_precisely_as_it_is_remembered(typed: str, iso: str, again: str) -> None:
    assert (str(PartialDate.parse(typed)), PartialDate.parse(typed).typed) == (iso, again)


@pytest.mark.parametrize("typed", ["", "hier", "31/02/1987", "13/1987", "0000", "12/06/87", "1" * 100, "١٢/٠٦/١٩٨٧"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue):
        PartialDate.parse(typed)


def test_date_spans_all_days_that_it_may_mean() -> None:
    dates = [PartialDate(2024, 2, 3), PartialDate(2024, 2), PartialDate(2024)]
    assert [one.earliest for one in dates] == [date(2024, 2, 3), date(2024, 2, 1), date(2024, 1, 1)]
    assert [one.latest for one in dates] == [date(2024, 2, 3), date(2024, 2, 29), date(2024, 12, 31)]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("1950", FieldFault.BEFORE_BIRTH),
        ("02/1951", FieldFault.BEFORE_BIRTH),
        ("01/03/1951", FieldFault.BEFORE_BIRTH),
        ("30/11/2026", FieldFault.AHEAD),
        ("2027", FieldFault.AHEAD),
        ("mardi", FieldFault.NO_DATE),
    ],
)
def test_date_outside_a_life_is_told(typed: str, fault: FieldFault) -> None:
    assert faults(ProfileSection.ALLERGIES, {"nom": "Latex", "debut": typed}) == {"debut": fault}


@pytest.mark.parametrize("typed", ["1951", "03/1951", "02/03/1951", "29/11/2026", "2026"])
def test_date_within_a_life_is_kept_as_far_as_it_is_known(typed: str) -> None:
    assert not faults(ProfileSection.ALLERGIES, {"nom": "Latex", "debut": typed})


def test_date_before_a_birth_that_is_not_known_is_kept() -> None:
    assert not faults(ProfileSection.ALLERGIES, {"nom": "Latex", "debut": "1850"}, born=None)


def test_treatment_may_end_after_today_and_not_before_it_began() -> None:
    assert not faults(ProfileSection.TREATMENTS, {"nom": "Doliprane", "debut": "01/11/2026", "fin": "24/12/2026"})
    over = {"nom": "Doliprane", "debut": "02/2026", "fin": "01/2026"}
    assert faults(ProfileSection.TREATMENTS, over) == {"fin": FieldFault.ENDS_BEFORE}
    rules = SECTIONS[ProfileSection.TREATMENTS]
    assert is_over(rules, {"fin": "2026-11-28"}, TODAY)
    assert not is_over(rules, {"fin": "2026-11"}, TODAY)
    assert not is_over(rules, {}, TODAY)
    assert not is_over(SECTIONS[ProfileSection.STAYS], {"fin": "2025"}, TODAY)


@pytest.mark.parametrize(
    ("section", "typed", "told"),
    [
        (ProfileSection.ALLERGIES, {"nom": " \x00 "}, {"nom": FieldFault.MISSING}),
        (ProfileSection.ALLERGIES, {"nom": "x" * 100_000}, {"nom": FieldFault.TOO_LONG}),
        (ProfileSection.ALLERGIES, {"nom": "Latex", "gravite": "9"}, {"gravite": FieldFault.NO_CHOICE}),
        (ProfileSection.ALLERGIES, {"nom": "Latex", "remarque": "x" * 2_001}, {"remarque": FieldFault.TOO_LONG}),
        (ProfileSection.CONTACTS, {"nom": "Luc", "telephone": "appelez-moi"}, {"telephone": FieldFault.NO_PHONE}),
        (ProfileSection.CONTACTS, {"nom": "Luc", "courriel": "luc"}, {"courriel": FieldFault.NO_EMAIL}),
        (ProfileSection.BLOOD_GROUP, {}, {"groupe": FieldFault.MISSING}),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_a_field_is_told(
    section: ProfileSection, typed: Mapping[str, str], told: Mapping[str, FieldFault]
) -> None:
    assert faults(section, typed) == told


def test_text_is_kept_without_what_cannot_be_seen() -> None:
    typed = {"nom": "Péni\u202ecilline\r\nG\ud800", "remarque": " un\r\n\tdeux\x07 ", "ailleurs": "x"}
    assert kept(ProfileSection.ALLERGIES, typed) == {"nom": "Péni cilline G", "remarque": "un\n deux"}


def test_code_of_a_term_is_kept_beside_it_when_it_is_one() -> None:
    coded = {"nom": "Asthme", "nom_code": "J45.9"}
    assert kept(ProfileSection.ILLNESSES, coded) == coded
    assert kept(ProfileSection.ILLNESSES, {"nom": "Asthme", "nom_code": "<J45>"}) == {"nom": "Asthme"}


def test_values_are_shown_as_they_are_read() -> None:
    shown = {
        field.kind: shown_value(field, value)
        for section, name, value in (
            (ProfileSection.BLOOD_GROUP, "groupe", "a-plus"),
            (ProfileSection.BLOOD_GROUP, "date", "2024-02"),
            (ProfileSection.ALLERGIES, "nom", "Latex"),
        )
        for field in (SECTIONS[section].field(name),)
    }
    assert shown == {
        FieldKind.CHOICE: "A+", FieldKind.DATE: "02/2024", FieldKind.LINE: "Latex"
    }  # fmt: skip


def test_what_a_professional_confirmed_is_theirs_to_change() -> None:
    entry = ProfileEntry(
        section=ProfileSection.VACCINATIONS, id=2, revision=1, state=EntryState.KEPT, fields={"nom": "ROR"},
        written_by=Writer.PROFESSIONAL, written_at=datetime(2026, 11, 29, tzinfo=UTC), is_locked=True,
    )  # fmt: skip
    assert not may_change(entry, Writer.PATIENT)
    assert may_change(entry, Writer.PROFESSIONAL)
    assert "ROR" not in repr(entry)


def test_every_section_has_fields_that_are_told_apart() -> None:
    for rules in SECTIONS.values():
        names = [field.name for field in rules.fields]
        assert len(names) == len(set(names))
        assert not rules.ends or rules.field(rules.ends).kind is FieldKind.DATE
        assert not rules.unique or rules.unique[1] in rules.field(rules.unique[0]).choices
