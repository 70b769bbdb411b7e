"""What is recommended to the holder of a space, by the rules of the program, and what they said of it."""

from datetime import date
from pathlib import Path

import pytest

from gateway.domain.agenda.prevention import PreventionChoice, recommendations_for
from gateway.domain.errors import NotFound
from gateway.domain.identity import BirthDate, Sex
from gateway.services.agenda.recommendations import Recommendations, prevention_rules
from tests.builders.patient_site import patient_site


def test_every_rule_has_a_source_and_ages_that_make_sense() -> None:
    rules = prevention_rules()
    assert len({rule.name for rule in rules}) == len(rules) > 30
    assert all(rule.source.url.startswith("https://") and rule.source.dated for rule in rules)
    assert all(0 <= rule.first < rule.last <= 1500 for rule in rules)


async def test_choices_are_kept_in_the_space(ram: Path) -> None:
    async with patient_site(ram) as site:
        own = Recommendations(site.at.store, site.at.clock)
        before = await own.listed(site.actor)
        name = before[0].rule.name
        await own.choose(site.actor, name, PreventionChoice.HIDDEN)
        after = {one.rule.name: one.choice for one in await own.listed(site.actor)}
        assert after[name] is PreventionChoice.HIDDEN
        assert len(after) == len(before)
        assert [line.detail for line in await site.trace("prevention.chosen")] == ["hidden"]
        with pytest.raises(NotFound):
            await own.choose(site.actor, "unknown", PreventionChoice.DONE)


@pytest.mark.parametrize(
    ("age", "name"), [(17, ""), (18, "18"), (25, "18"), (26, ""), (50, "45"), (65, "60"), (75, "70"), (76, "")]
)
def test_check_up_of_key_ages_is_offered_at_its_age(age: int, name: str) -> None:
    found = recommendations_for(prevention_rules(), BirthDate(2026 - age, 3, 1), Sex.MALE, date(2026, 3, 2), {})
    assert [one.rule.name for one in found if "checkup" in one.rule.name] == ([f"checkup-{name}y"] if name else [])
