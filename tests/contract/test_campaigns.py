"""Campaigns: everybody who was not told yet is told once, with a code, and the day counts (A4, A22, F98)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest

from gateway.domain.account import PostalAddress, Space
from gateway.domain.errors import NoticeRefused
from gateway.domain.identity import BirthDate
from gateway.domain.notices import Channel
from gateway.domain.outbox import Step, WorkerId
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.notices.files import FileNotices
from gateway.ports.store import Tx
from gateway.services.access.actors import operator_of
from gateway.services.outbox.steps import finished
from gateway.services.space.activation_codes import ActivationCodes, CodeCheck
from gateway.services.space.campaigns import CampaignReport, Campaigns
from gateway.services.space.moves import move
from gateway.services.space.opening_notices import OpeningNotices
from tests.builders.store import NOON, StoreAt, a_space

ISSUER, PLACE_TO_TYPE, LETTER_DAYS = "L'Assurance de l'Essai", "espace.essai.example", 5
STREET = PostalAddress(("1 rue de l'Essai",), "75001", "Paris", "France")
TODAY = NOON.date()
Told = Mapping[str, str]


class Mailing:
    """Campaigns of a store, and a folder for what they send."""

    def __init__(self, at: StoreAt, folder: Path) -> None:
        self.at = at
        self._folder = folder
        self.campaigns = Campaigns(at.store, at.clock, LETTER_DAYS)
        self.notices = OpeningNotices(at.store, at.clock, FileNotices(folder, at.clock), PLACE_TO_TYPE, "3646")

    async def begin(self, channel: Channel | None = None) -> CampaignReport:
        """Leave the steps of a campaign."""
        return await self.campaigns.begin(ISSUER, channel, lambda _count: None)

    async def steps(self) -> Sequence[Step]:
        """Lease every step that waits."""
        now = self.at.clock.now()
        until = now + timedelta(minutes=1)
        return await self.at.store.write(lambda tx: tx.outbox.lease(now, until, 999, holder=WorkerId(1)))

    async def send(self, times: int = 1) -> Sequence[Told]:
        """Do every step as often as said before it ends; give all that was sent."""
        for step in await self.steps():
            for _ in range(times):
                finish = await self.notices.send(step)
            await self.at.store.write(partial(finished, step=step, finish=finish))
        return [orjson.loads(file.read_bytes()) for file in self._folder.iterdir()]

    async def a_space(self, state: SpaceState = SpaceState.CREATED, **fields: object) -> Space:
        """Make a space that was imported, nobody told."""
        space = replace(await a_space(self.at.store, state), **fields)  # type: ignore[arg-type] # fields of Space
        await self.at.store.write(lambda tx: tx.spaces.save(space))
        return space

    async def now(self, space: Space) -> Space:
        """Read a space again."""
        return await self.at.store.read(lambda tx: tx.spaces.space(space.vault))

    async def posted(self, day: date) -> int:
        """Say that today's letters were posted on a day."""
        return await self.campaigns.posted(TODAY, day, lambda _count: None)

    async def check(self, space: Space, code: str) -> CodeCheck:
        """Try a code."""
        codes, now = ActivationCodes(self.at.store), self.at.clock.now()
        return await self.at.store.write(lambda tx: codes.check(tx, space.vault, code, now))


@pytest.fixture
def mailing(at: StoreAt, tmp_path: Path) -> Mailing:
    """Give campaigns over an empty folder."""
    return Mailing(at, tmp_path / "notices")


async def test_whoever_was_not_told_gets_issuer_place_and_a_code_that_works(mailing: Mailing) -> None:
    space = await mailing.a_space()
    assert await mailing.begin() == CampaignReport(begun=1)
    (told,) = await mailing.send()
    assert (told["channel"], told["to"], told["issuer"]) == ("email", space.email, ISSUER)
    assert all(text in told["text"] for text in (ISSUER, PLACE_TO_TYPE, told["code"]))
    assert await mailing.check(space, told["code"]) is CodeCheck.RIGHT


async def test_accepted_notice_begins_the_six_weeks_of_the_space_and_of_its_code(mailing: Mailing) -> None:
    space = await mailing.a_space()
    await mailing.begin()
    (told,) = await mailing.send()
    after = await mailing.now(space)
    assert (after.state, after.notified_on) == (SpaceState.NOTIFIED, TODAY)
    mailing.at.clock.advance(timedelta(days=42))
    assert await mailing.check(space, told["code"]) is CodeCheck.RIGHT
    mailing.at.clock.advance(timedelta(days=1))
    assert await mailing.check(space, told["code"]) is CodeCheck.OVER


async def test_space_stays_created_until_somebody_took_its_notice(mailing: Mailing) -> None:
    space = await mailing.a_space()
    await mailing.begin()
    assert (await mailing.now(space)).state is SpaceState.CREATED


async def test_campaign_that_is_begun_again_adds_what_is_missing_and_nothing_twice(mailing: Mailing) -> None:
    first = await mailing.a_space()
    await mailing.begin()
    second = await mailing.a_space(email="second@courriel.example")
    assert await mailing.begin() == CampaignReport(begun=1, waiting=1)
    told = {one["to"]: one["code"] for one in await mailing.send()}
    assert await mailing.check(first, told[first.email]) is CodeCheck.RIGHT
    assert await mailing.check(second, told[second.email]) is CodeCheck.RIGHT
    assert await mailing.begin() == CampaignReport()


async def test_step_that_is_done_twice_sends_one_notice(mailing: Mailing) -> None:
    await mailing.a_space()
    await mailing.begin()
    assert len(await mailing.send(times=2)) == 1


@pytest.mark.parametrize("state", [state for state in SpaceState if state is not SpaceState.CREATED])
async def test_nobody_else_is_told(mailing: Mailing, state: SpaceState) -> None:
    await mailing.a_space(state)
    assert await mailing.begin() == CampaignReport()


async def test_nobody_is_told_who_has_chosen_meanwhile(mailing: Mailing) -> None:
    space = await mailing.a_space()
    await mailing.begin()

    def refuse(tx: Tx) -> None:
        move(tx, space.vault, SpaceEvent.OPPOSED, NOON, operator_of(space.vault))

    await mailing.at.store.write(refuse)
    assert await mailing.send() == []
    assert (await mailing.now(space)).state is SpaceState.OPPOSED


async def test_notice_that_arrives_after_the_choice_changes_nothing(mailing: Mailing) -> None:
    space = await mailing.a_space()
    await mailing.begin()
    (step,) = await mailing.steps()
    finish = await mailing.notices.send(step)

    def refuse(tx: Tx) -> None:
        move(tx, space.vault, SpaceEvent.OPPOSED, NOON, operator_of(space.vault))

    await mailing.at.store.write(refuse)
    await mailing.at.store.write(partial(finished, step=step, finish=finish))
    assert (await mailing.now(space)).state is SpaceState.OPPOSED


async def test_space_without_the_asked_contact_is_left_for_another_campaign(mailing: Mailing) -> None:
    await mailing.a_space(email="", postal=STREET)
    assert await mailing.begin(Channel.SMS) == CampaignReport(unreachable=1)
    assert await mailing.begin() == CampaignReport(begun=1)


async def test_notice_that_was_refused_is_begun_anew_with_another_code(mailing: Mailing) -> None:
    space = await mailing.a_space()
    await mailing.begin()
    (step,) = await mailing.steps()
    await mailing.at.store.write(lambda tx: tx.outbox.park(step, NoticeRefused.code))
    await mailing.at.store.write(lambda tx: tx.spaces.save(replace(space, email="juste@courriel.example")))
    assert await mailing.begin() == CampaignReport(begun=1)
    (told,) = await mailing.send()
    assert told["to"] == "juste@courriel.example"
    assert await mailing.check(space, told["code"]) is CodeCheck.RIGHT


async def test_contact_that_is_gone_when_its_turn_comes_is_for_the_operator(mailing: Mailing) -> None:
    space = await mailing.a_space()
    await mailing.begin()
    await mailing.at.store.write(lambda tx: tx.spaces.save(replace(space, email="")))
    with pytest.raises(NoticeRefused):
        await mailing.send()


async def test_letter_begins_the_six_weeks_days_after_it_was_posted(mailing: Mailing) -> None:
    space = await mailing.a_space(email="", postal=STREET)
    await mailing.begin()
    (told,) = await mailing.send()
    assert told["to"] == "Jeanne Dupont-Essai\n1 rue de l'Essai\n75001 Paris"
    assert (await mailing.now(space)).state is SpaceState.CREATED
    assert await mailing.begin() == CampaignReport(waiting=1)
    mailing.at.clock.advance(timedelta(days=2))
    assert await mailing.posted(TODAY + timedelta(days=1)) == 1
    after = await mailing.now(space)
    assert (after.state, after.notified_on) == (SpaceState.NOTIFIED, TODAY + timedelta(days=1 + LETTER_DAYS))
    assert after.letter_on is None
    mailing.at.clock.advance(timedelta(days=LETTER_DAYS - 1 + 42))
    assert await mailing.check(space, told["code"]) is CodeCheck.RIGHT
    mailing.at.clock.advance(timedelta(days=1))
    assert await mailing.check(space, told["code"]) is CodeCheck.OVER
    assert await mailing.posted(TODAY) == 0


async def test_space_that_does_not_open_holds_up_nobody(mailing: Mailing) -> None:
    first, broken, last = [await mailing.a_space(email="", postal=STREET) for _ in range(3)]
    mailing.at.behind_its_back("UPDATE space SET record = ? WHERE vault = ?", b"broken", broken.vault)
    assert await mailing.begin() == CampaignReport(begun=2)
    await mailing.send()
    assert await mailing.posted(TODAY) == 2
    for space in (first, last):
        assert (await mailing.now(space)).state is SpaceState.NOTIFIED


async def test_letter_alone_says_where_to_call_without_internet(mailing: Mailing) -> None:
    await mailing.a_space(email="", postal=STREET)
    await mailing.a_space()
    await mailing.begin()
    called = {told["channel"]: "Appelez le 3646." in told["text"] for told in await mailing.send()}
    assert called == {"letter": True, "email": False}


async def test_letters_of_another_mailing_are_not_posted_with_it(mailing: Mailing) -> None:
    await mailing.a_space(email="", postal=STREET)
    await mailing.begin()
    await mailing.send()
    other = TODAY + timedelta(days=1)
    assert await mailing.campaigns.posted(other, other, lambda _count: None) == 0


async def _a_child(mailing: Mailing, **fields: object) -> Space:
    space = await mailing.a_space(SpaceState.CREATED, **fields)
    traits = replace(space.identity.traits, given_names=("LÉO",), birth_date=BirthDate(2015, 3, 2))
    child = replace(space, identity=replace(space.identity, traits=traits))
    await mailing.at.store.write(lambda tx: tx.spaces.save(child))
    return child


async def test_notice_of_a_child_goes_to_the_contact_of_the_representative(mailing: Mailing) -> None:
    mother = await mailing.a_space(SpaceState.ACTIVE, email="mere@courriel.example")
    await _a_child(mailing, guardians=(mother.identity.ins.value,), email="enfant@courriel.example")
    await mailing.begin()
    (told,) = await mailing.send()
    assert told["to"] == "mere@courriel.example"
    assert "pour Léo, dont vous êtes le représentant légal" in told["text"]


async def test_notice_of_a_child_without_a_known_representative_goes_to_the_contact_of_the_import(
    mailing: Mailing,
) -> None:
    await _a_child(mailing, guardians=("180016300999978",), email="", postal=STREET)
    await mailing.begin()
    (told,) = await mailing.send()
    assert told["to"].startswith("Aux représentants légaux de Léo Dupont-Essai\n")


async def test_notice_of_a_protected_adult_goes_to_them(mailing: Mailing) -> None:
    guardian = await mailing.a_space(SpaceState.ACTIVE, email="tuteur@courriel.example")
    space = await mailing.a_space(guardians=(guardian.identity.ins.value,))
    await mailing.begin()
    (told,) = await mailing.send()
    assert told["to"] == space.email


async def test_spaces_of_which_nobody_was_told_are_counted(mailing: Mailing) -> None:
    for _ in range(3):
        await mailing.a_space()
    await mailing.a_space(SpaceState.OPEN)
    assert await mailing.campaigns.count() == 3


async def test_delivery_leaves_one_line_in_the_trace(mailing: Mailing) -> None:
    space = await mailing.a_space()
    await mailing.begin()
    await mailing.send()
    events = await mailing.at.store.read(lambda tx: tx.audit.events(space.vault))
    assert [event.detail for event in events if event.action == "space.notice_delivered"] == ["email"]
