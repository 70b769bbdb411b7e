"""What is recommended at an age: month by month for children, by sex for screenings, again after its time."""

from datetime import date

import pytest

from gateway.domain.agenda.prevention import (
    PreventionChoice,
    PreventionKind,
    PreventionRule,
    PreventionSource,
    Recommendation,
    age_in_months,
    recommendations_for,
    written_choice,
)
from gateway.domain.identity import BirthDate, Sex

TODAY = date(2026, 3, 2)
SOURCE = PreventionSource(name="Essai", url="https://sante.example/", dated="2026")


def a_rule(name: str = "essai", **fields: object) -> PreventionRule:
    known: dict[str, object] = {"first": 600, "last": 900, "every": (24,)} | fields
    return PreventionRule(
        name=name, title="Dépistage", about="", kind=PreventionKind.SCREENING, source=SOURCE, **known  # type: ignore[arg-type]  # fields of the caller
    )


def advised(rule: PreventionRule, born: int = 1970, choice: str = "", sex: Sex = Sex.FEMALE) -> list[Recommendation]:
    return recommendations_for([rule], BirthDate(born, 1, 15), sex, TODAY, {"essai": choice})


@pytest.mark.parametrize(
    ("born", "today", "months"),
    [
        (BirthDate(2026, 1, 15), date(2026, 3, 14), 1),
        (BirthDate(2026, 1, 15), date(2026, 3, 15), 2),
        (BirthDate(2025, 12, 31), date(2026, 2, 28), 2),  # the last day of a shorter month
        (BirthDate(2025, 12, 31), date(2026, 2, 27), 1),
        (BirthDate(2000, 0, 0), date(2026, 1, 1), 312),
        (BirthDate(2000, 5, 0), date(2026, 5, 1), 312),
    ],
)
def test_age_is_counted_in_months_to_the_end_of_each(born: BirthDate, today: date, months: int) -> None:
    assert age_in_months(born, today) == months


def test_rule_holds_between_its_ages_and_for_its_sex() -> None:
    assert len(advised(a_rule())) == 1
    assert advised(a_rule(), born=1990) == []
    assert advised(a_rule(), born=1940) == []
    assert advised(a_rule(sex=Sex.FEMALE), sex=Sex.MALE) == []
    assert len(advised(a_rule(sex=Sex.FEMALE))) == 1


def test_what_was_done_is_due_again_after_its_time() -> None:
    recent, old = written_choice(PreventionChoice.DONE, date(2025, 8, 31)), "done 2024-03-02"
    (done,) = advised(a_rule(every=(6,)), choice=recent)
    assert (done.choice, done.done, done.again) == (PreventionChoice.NOT_YET, date(2025, 8, 31), None)
    (kept,) = advised(a_rule(every=(18,)), choice=recent)
    assert (kept.choice, kept.again) == (PreventionChoice.DONE, date(2027, 2, 28))
    (due,) = advised(a_rule(), choice=old)
    assert (due.choice, due.done) == (PreventionChoice.NOT_YET, date(2024, 3, 2))
    (once,) = advised(a_rule(every=()), choice=old)
    assert (once.choice, once.again) == (PreventionChoice.DONE, None)


def test_second_time_is_due_later_than_the_first_and_each_is_taken_back() -> None:
    rule = a_rule(every=(12, 36))
    kept = written_choice(PreventionChoice.DONE, date(2024, 3, 2))
    (due,) = advised(rule, choice=kept)
    assert (due.choice, due.done) == (PreventionChoice.NOT_YET, date(2024, 3, 2))
    twice = written_choice(PreventionChoice.DONE, date(2026, 3, 1), kept)
    assert twice == written_choice(PreventionChoice.DONE, date(2026, 3, 1), twice)
    (done,) = advised(rule, choice=twice)
    assert (done.choice, done.again) == (PreventionChoice.DONE, date(2029, 3, 1))
    assert advised(rule, choice=written_choice(PreventionChoice.NOT_YET, TODAY, twice)) == [due]
    hidden = written_choice(PreventionChoice.HIDDEN, TODAY, twice)
    assert advised(rule, choice=hidden)[0].choice is PreventionChoice.HIDDEN
    assert advised(rule, choice=written_choice(PreventionChoice.NOT_YET, TODAY, hidden)) == [done]


def test_what_is_still_to_be_done_comes_first() -> None:
    rules = [a_rule("hidden"), a_rule("open"), a_rule("undone")]
    choices = {"hidden": "hidden", "undone": "not-yet"}
    found = recommendations_for(rules, BirthDate(1970, 1, 15), Sex.FEMALE, TODAY, choices)
    assert [one.rule.name for one in found] == ["open", "undone", "hidden"]
    assert found[-1].choice is PreventionChoice.HIDDEN
