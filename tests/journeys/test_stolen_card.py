"""A stolen card at the console of a whole gateway: how soon the operator is alarmed, and each person told (A23, E86).

A long run (`make test-long`): the figures that it prints are in `docs/performance.md`.
"""

import asyncio
import time
from collections import Counter
from pathlib import Path

import orjson
import pytest

from certs.authority import Subject
from gateway.demonstration.invented_people import PROFESSIONALS
from gateway.domain.patient_choices import EmergencyConsent, PatientChoices
from tests.builders.console_site import ConsoleBrowser, card_of, console_browser, form_token
from tests.builders.many_spaces import many_spaces
from tests.builders.running_world import Site, running_world

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
CLAIRE = PROFESSIONALS[0]
SPACES, MOST = 75, 60
WITHIN_A_MINUTE, WITHIN_FIVE = 60, 300
"""Seconds after the opening that is told of, or that was stopped (A23, E19)."""


async def attack(thief: ConsoleBrowser, places: list[str]) -> int:
    """Open one record after another, with a fresh sign-in whenever one is asked for, until stopped; give how many."""
    form = {"motif": "urgence", "duree": "1"}
    for number, place in enumerate(places):
        answer = await thief.post(place, {"csrf": form_token(await thief.get(place)), **form})
        if "Se connecter de nouveau" in answer.text:
            await thief.post(f"{place}/confirmation", {"csrf": form_token(answer), **form})
            await thief.come_in()
            answer = await thief.post(place, {"csrf": form_token(await thief.get(place)), **form})
        if answer.status != 303:
            assert "Trop de dossiers ouverts" in answer.text
            return number
    raise AssertionError("nobody stopped them")


def told(site: Site) -> Counter[str]:
    """Count what people and the operator are told, by kind, in the folder of notices."""
    folder: Path = site.world.settings.path(site.world.settings.paths.notices)
    return Counter(orjson.loads(file.read_bytes())["kind"] for file in folder.glob("[!.]*.json"))


async def seconds_until(site: Site, kind: str, number: int, since: float, most: int) -> float:
    """Wait until so many notices of a kind are there; give how long after an instant, and fail beyond a limit."""
    while (found := told(site)[kind]) != number:
        assert time.monotonic() - since < most, f"{kind}: {found} of {number}"
        await asyncio.sleep(0)  # the gateway is in this loop
    return time.monotonic() - since


async def test_operator_is_alarmed_within_a_minute_and_each_person_told_within_five() -> None:
    async with running_world() as site:
        chosen = PatientChoices(emergency=frozenset(EmergencyConsent))
        spaces = await many_spaces(site.running.core.store, SPACES, chosen)
        places = [f"/pro/patients/{one.vault:x}/urgence" for one in spaces]
        async with console_browser(site, card_of(site, Subject(common_name=CLAIRE.identifier))) as thief:
            await thief.come_in()
            form = {"csrf": form_token(await thief.get(places[0])), "motif": "urgence", "duree": "1"}
            opened = time.monotonic()
            assert (await thief.post(places[0], form)).place == places[0]
            first = await seconds_until(site, "emergency-opening", 1, opened, WITHIN_A_MINUTE)
            assert await attack(thief, places[1:]) == MOST - 1
        stopped = time.monotonic()
        alarmed = await seconds_until(site, "reader-alarm", 1, stopped, WITHIN_A_MINUTE)
        ended = await seconds_until(site, "reader-stopped", MOST, stopped, WITHIN_FIVE)
        assert told(site)["emergency-opening"] == MOST
        print(f"first told of an opening: {first:.1f} s; alarm: {alarmed:.1f} s; last of {MOST} told: {ended:.1f} s")
