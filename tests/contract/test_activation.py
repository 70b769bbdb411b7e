"""Who shows card and code is identified; who guesses learns nothing (A26, F4-F9, E82)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.account import Space
from gateway.domain.activation import ActivationFault, CodeOnItsWay, Identified, MaskedContacts, SpaceToActivate
from gateway.domain.health_card import ShownCard
from gateway.domain.identity import BirthDate
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.space import SpaceState
from gateway.services.sign_in.sign_in_guard import GuardSettings
from gateway.services.space.activation_attempts import LIFETIME
from tests.builders.activation_site import SOURCE, ActivationSite, activation_site, card_of
from tests.builders.store import an_ins, move_space

ENTERING = ("created", "notified", "open", "active", "opposed", "closed")


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[ActivationSite]:
    """Nobody is there yet."""
    async with activation_site(ram) as opened:
        yield opened


@pytest.mark.parametrize("state", ENTERING)
async def test_code_of_the_letter_identifies(site: ActivationSite, state: str) -> None:
    space = await site.person(SpaceState(state))
    code = await site.letter(space)
    found = await site.activation.identify(await site.shown(card_of(space)), code, SOURCE)
    assert isinstance(found, Identified)
    assert [(person.first_name, person.name, person.state) for person in found.persons] == [
        ("Jeanne", "Jeanne Dupont-Essai", SpaceState(state))
    ]


@pytest.mark.parametrize("state", ["suspended", "deceased", "erased"])
async def test_space_that_is_stopped_is_like_none(site: ActivationSite, state: str) -> None:
    space = await site.person()
    code = await site.letter(space)
    await site.at.store.write(lambda tx: move_space(tx, space.vault, SpaceState(state)))
    token = await site.shown(card_of(space))
    assert await site.activation.identify(token, code, SOURCE) is ActivationFault.WRONG_CODE


async def test_space_that_was_closed_after_a_suspension_is_like_none(site: ActivationSite) -> None:
    space = await site.person(SpaceState.CLOSED, before=((SpaceState.ACTIVE, None),))
    code = await site.letter(space)
    token = await site.shown(card_of(space))
    assert await site.activation.identify(token, code, SOURCE) is ActivationFault.WRONG_CODE


@pytest.mark.parametrize(
    "changes", [{"number": an_ins(999_999).value}, {"born": "1980-01-16"}, {"serial": "80259999999"}]
)
async def test_one_wrong_field_is_answered_as_if_all_were_right(site: ActivationSite, changes: dict[str, str]) -> None:
    space = await site.person()
    code = await site.letter(space)
    token = await site.shown(card_of(space, **changes))
    assert isinstance(await site.activation.contacts(token), MaskedContacts)
    assert isinstance(await site.activation.send_code(token, Channel.EMAIL, SOURCE), CodeOnItsWay)
    assert await site.told() == []
    assert await site.activation.identify(token, code, SOURCE) is ActivationFault.WRONG_CODE
    right = await site.shown(card_of(space))
    assert isinstance(await site.activation.identify(right, code, SOURCE), Identified)


async def test_number_without_its_key_and_long_serial_are_the_same_card(site: ActivationSite) -> None:
    space = await site.person(card_serials=("250101234567890123456",))
    card = card_of(space, number=space.identity.ins.value[:13], serial="01 2345 67890123456"[-14:])
    found = await site.activation.identify(await site.shown(card), await site.letter(space), SOURCE)
    assert isinstance(found, Identified)


async def test_code_is_sent_where_the_person_chooses_and_shown_masked(site: ActivationSite) -> None:
    space = await site.person()
    token = await site.shown(card_of(space))
    assert await site.activation.contacts(token) == MaskedContacts("h•••@•••", "••\u00a0••\u00a0••\u00a0••\u00a012")
    assert await site.activation.send_code(token, Channel.SMS, SOURCE) == CodeOnItsWay(
        "••\u00a0••\u00a0••\u00a0••\u00a012"
    )
    (told,) = await site.told()
    assert (told.kind, told.channel, told.to) == (NoticeKind.PROVISIONAL_CODE, Channel.SMS, "+33600000012")
    assert isinstance(await site.activation.identify(token, told.values["code"], SOURCE), Identified)


async def test_other_way_is_taken_where_there_is_no_contact_for_the_first(site: ActivationSite) -> None:
    space = await site.person(email="")
    token = await site.shown(card_of(space))
    assert isinstance(await site.activation.send_code(token, Channel.EMAIL, SOURCE), CodeOnItsWay)
    (told,) = await site.told()
    assert (told.channel, told.to) == (Channel.SMS, "+33600000012")


async def test_what_is_shown_of_nobody_has_the_form_of_a_contact_and_stays(site: ActivationSite) -> None:
    space = await site.person(email="", phone="")
    shown = [await site.activation.contacts(await site.shown(card_of(space))) for _ in range(2)]
    assert shown[0] == shown[1]
    assert isinstance(shown[0], MaskedContacts)
    assert shown[0].email.endswith("•••@•••") or shown[0].phone.startswith("••")


async def test_new_code_ends_the_letter_and_the_one_before(site: ActivationSite) -> None:
    space = await site.person()
    letter, token = await site.letter(space), await site.shown(card_of(space))
    first = await site.asked(token)
    site.at.clock.advance(timedelta(seconds=31))
    second = await site.asked(token)
    for old in (letter, first):
        assert await site.activation.identify(token, old, SOURCE) is ActivationFault.WRONG_CODE
    assert isinstance(await site.activation.identify(token, second, SOURCE), Identified)


@pytest.mark.parametrize("serial", ["", "80259999999"])
async def test_two_codes_come_thirty_seconds_apart_whoever_is_there(site: ActivationSite, serial: str) -> None:
    space = await site.person()
    card = card_of(space, **({"serial": serial} if serial else {}))
    first, second = await site.shown(card), await site.shown(card)
    assert isinstance(await site.activation.send_code(first, Channel.EMAIL, SOURCE), CodeOnItsWay)
    site.at.clock.advance(timedelta(seconds=29))
    assert await site.activation.send_code(second, Channel.SMS, SOURCE) is ActivationFault.TOO_SOON
    site.at.clock.advance(timedelta(seconds=2))
    assert isinstance(await site.activation.send_code(second, Channel.SMS, SOURCE), CodeOnItsWay)


@pytest.mark.parametrize("serial", ["", "80259999999"])
async def test_ten_codes_a_day_whoever_is_there(site: ActivationSite, serial: str) -> None:
    space = await site.person()
    card = card_of(space, **({"serial": serial} if serial else {}))
    for _ in range(10):
        token = await site.shown(card)
        assert isinstance(await site.activation.send_code(token, Channel.EMAIL, SOURCE), CodeOnItsWay)
        site.at.clock.advance(timedelta(minutes=16))
    token = await site.shown(card)
    assert await site.activation.send_code(token, Channel.EMAIL, SOURCE) is ActivationFault.TOO_MANY_CODES
    site.at.clock.advance(timedelta(days=1))
    token = await site.shown(card)
    assert isinstance(await site.activation.send_code(token, Channel.EMAIL, SOURCE), CodeOnItsWay)


async def test_code_of_somebody_else_is_wrong(site: ActivationSite) -> None:
    mine, theirs = await site.person(), await site.person()
    await site.letter(mine)
    token = await site.shown(card_of(mine))
    assert await site.activation.identify(token, await site.letter(theirs), SOURCE) is ActivationFault.WRONG_CODE


async def test_code_in_other_case_is_wrong(site: ActivationSite) -> None:
    space = await site.person()
    code, token = await site.letter(space), await site.shown(card_of(space))
    if code != code.swapcase():
        assert await site.activation.identify(token, code.swapcase(), SOURCE) is ActivationFault.WRONG_CODE
    assert isinstance(await site.activation.identify(token, f"{code[:4]} {code[4:]}", SOURCE), Identified)


async def test_code_can_be_asked_for_six_weeks_and_no_longer(site: ActivationSite) -> None:
    space = await site.person()
    code = await site.asked(await site.shown(card_of(space)))
    site.at.clock.advance(timedelta(days=42))
    assert await site.activation.identify(await site.shown(card_of(space)), code, SOURCE) is ActivationFault.WRONG_CODE


# ---------------------------------------------------------------- attempts


async def test_attempt_is_over_after_a_while(site: ActivationSite) -> None:
    space = await site.person()
    code, token = await site.letter(space), await site.shown(card_of(space))
    site.at.clock.advance(LIFETIME)
    assert await site.activation.identify(token, code, SOURCE) is ActivationFault.OVER
    assert await site.activation.send_code(token, Channel.EMAIL, SOURCE) is ActivationFault.OVER
    assert await site.activation.contacts(token) is ActivationFault.OVER


@pytest.mark.parametrize("token", ["", ".", "a.b.c.d", "x" * 1000, "é.é.é.é", "a.00.9999999999.00", "\ud800"])
async def test_invented_token_is_over(site: ActivationSite, token: str) -> None:
    assert await site.activation.contacts(token) is ActivationFault.OVER
    assert await site.activation.persons(token) == []
    assert await site.activation.choose(token, 0) is ActivationFault.OVER


async def test_token_that_was_altered_is_over(site: ActivationSite) -> None:
    space = await site.person()
    token = await site.shown(card_of(space))
    body, proof = token.rsplit(".", 1)
    for altered in (f"a{token}", f"{body}0.{proof}", token[:-1] + ("0" if token[-1] != "0" else "1")):
        assert await site.activation.contacts(altered) is ActivationFault.OVER


async def test_token_of_one_step_is_none_of_another(site: ActivationSite) -> None:
    space = await site.person()
    code, token = await site.letter(space), await site.shown(card_of(space))
    assert await site.end.look(token) is ActivationFault.OVER
    found = await site.activation.identify(token, code, SOURCE)
    assert isinstance(found, Identified)
    assert await site.activation.contacts(found.token) is ActivationFault.OVER
    assert await site.activation.persons(found.token) == []


async def test_code_sent_twice_at_once_leads_on_from_either_answer(site: ActivationSite) -> None:
    space = await site.person()
    code, token = await site.letter(space), await site.shown(card_of(space))
    both = await asyncio.gather(*(site.activation.identify(token, code, SOURCE) for _ in range(2)))
    for one in both:
        assert isinstance(one, Identified)
        assert isinstance(await site.end.look(one.token), SpaceToActivate)


# ---------------------------------------------------------------- guesses


async def test_guesses_are_counted_by_number_and_by_source(ram: Path) -> None:
    hour, moment = timedelta(hours=1), timedelta(milliseconds=50)
    slow = GuardSettings(free=1, first_pause=hour, account_pause=hour, source_pause=hour, patience=moment)
    async with activation_site(ram, slow) as site:
        space, other = await site.person(), await site.person()
        await site.shown(card_of(space, serial="80259999999"))
        assert await site.activation.show_card(card_of(space), "198.51.100.1") is ActivationFault.TOO_MANY_TRIES
        assert await site.activation.show_card(card_of(other), SOURCE) is ActivationFault.TOO_MANY_TRIES
        token = await site.shown(card_of(other), "198.51.100.2")
        assert await site.activation.identify(token, "AAAAAAAA", SOURCE) is ActivationFault.TOO_MANY_TRIES


async def test_wrong_codes_are_counted_like_cards(ram: Path) -> None:
    hour, moment = timedelta(hours=1), timedelta(milliseconds=50)
    slow = GuardSettings(free=2, first_pause=hour, account_pause=hour, source_pause=hour, patience=moment)
    async with activation_site(ram, slow) as site:
        space = await site.person()
        token = await site.shown(card_of(space))
        assert await site.activation.identify(token, "AAAAAAAA", SOURCE) is ActivationFault.WRONG_CODE
        assert await site.activation.identify(token, "AAAAAAAA", SOURCE) is ActivationFault.TOO_MANY_TRIES
        assert await site.activation.show_card(card_of(space), "198.51.100.1") is ActivationFault.TOO_MANY_TRIES


async def test_codes_sent_on_other_ways_count_for_the_ten_of_a_day(site: ActivationSite) -> None:
    space = await site.person()
    for _ in range(10):
        await site.letter(space)
    asked = await site.activation.send_code(await site.shown(card_of(space)), Channel.EMAIL, SOURCE)
    assert asked is ActivationFault.TOO_MANY_CODES


async def test_guessed_codes_end_a_code(site: ActivationSite) -> None:
    space = await site.person()
    code = await site.letter(space)
    for guess in range(10):
        token = await site.shown(card_of(space), f"198.51.100.{guess}")
        assert await site.activation.identify(token, "AAAAAAAA", f"198.51.100.{guess}") is ActivationFault.WRONG_CODE
    token = await site.shown(card_of(space))
    assert await site.activation.identify(token, code, SOURCE) is ActivationFault.WRONG_CODE


async def test_cards_of_nobody_leave_nothing_that_grows(site: ActivationSite) -> None:
    space = await site.person()

    def rows() -> int:
        return int(site.at.behind_its_back("SELECT count(*) FROM session")[0][0])

    await site.shown(card_of(space, serial="80259999999"))
    before = rows()
    await site.shown(card_of(space, serial="80259999998"))
    assert rows() == before


# ---------------------------------------------------------------- twins


async def _twins(site: ActivationSite, **theirs: Any) -> tuple[Space, Space]:
    """Give two children of one birth date on their mother's card; `theirs` are fields of the second."""
    mother = await site.person(given="Jeanne")
    of_card: dict[str, Any] = {"guardians": (mother.identity.ins.value,), "card_serials": mother.card_serials}
    await site.at.store.write(lambda tx: tx.spaces.save(replace(mother, card_serials=("80111111111",))))
    return await site.person(given="LÉA", **of_card), await site.person(given="TOM", **(of_card | theirs))


def _card_of_their_mother(child: Space) -> ShownCard:
    return card_of(child, number=child.guardians[0])


async def test_twins_are_told_apart_by_first_name(site: ActivationSite) -> None:
    lea, tom = await _twins(site)
    token = await site.shown(_card_of_their_mother(lea))
    found = await site.activation.identify(token, await site.asked(token), SOURCE)
    assert isinstance(found, Identified)
    assert [person.first_name for person in found.persons] == ["Léa", "Tom"]
    assert [person.first_name for person in await site.activation.persons(found.token)] == ["Léa", "Tom"]
    assert await site.end.look(found.token) is ActivationFault.OVER
    chosen = await site.activation.choose(found.token, 1)
    assert isinstance(chosen, str)
    assert await site.opposition.oppose(chosen, SOURCE) is None
    assert (await site.space(tom)).state is SpaceState.OPPOSED
    assert (await site.space(lea)).state is SpaceState.NOTIFIED


async def test_one_of_twins_is_chosen_among_those_only_and_twice_is_the_same(site: ActivationSite) -> None:
    lea, _ = await _twins(site)
    token = await site.shown(_card_of_their_mother(lea))
    found = await site.activation.identify(token, await site.asked(token), SOURCE)
    assert isinstance(found, Identified)
    for place in (-1, 2, 10**9):
        assert await site.activation.choose(found.token, place) is ActivationFault.OVER
    chosen = [await site.activation.choose(found.token, 0) for _ in range(2)]
    for further in chosen:
        assert isinstance(further, str)
        space = await site.end.look(further)
        assert isinstance(space, SpaceToActivate)
        assert space.person.first_name == "Léa"


async def test_letter_of_one_twin_opens_that_one_only(site: ActivationSite) -> None:
    lea, tom = await _twins(site)
    await site.letter(lea)
    code = await site.letter(tom)
    found = await site.activation.identify(await site.shown(_card_of_their_mother(lea)), code, SOURCE)
    assert isinstance(found, Identified)
    assert [person.first_name for person in found.persons] == ["Tom"]


async def test_code_is_for_those_who_share_the_contact_only(site: ActivationSite) -> None:
    lea, _ = await _twins(site, email="autre@courriel.example")
    token = await site.shown(_card_of_their_mother(lea))
    assert isinstance(await site.activation.send_code(token, Channel.EMAIL, SOURCE), CodeOnItsWay)
    (told,) = await site.told()
    found = await site.activation.identify(token, told.values["code"], SOURCE)
    assert isinstance(found, Identified)
    assert [(told.to, person.first_name) for person in found.persons] in (
        [("hugo@courriel.example", "Léa")], [("autre@courriel.example", "Tom")],
    )  # fmt: skip


async def test_code_that_is_asked_for_a_child_goes_to_the_representative(site: ActivationSite) -> None:
    mother = await site.person(email="mere@courriel.example", phone="+33600000099")
    space = await site.person(given="LÉA", guardians=(mother.identity.ins.value,))
    traits = replace(space.identity.traits, birth_date=BirthDate(2015, 3, 2))
    lea = replace(space, identity=replace(space.identity, traits=traits))
    await site.at.store.write(lambda tx: tx.spaces.save(lea))
    token = await site.shown(_card_of_their_mother(lea))
    shown = await site.activation.contacts(token)
    assert isinstance(shown, MaskedContacts)
    assert (shown.email[:1], shown.phone[-2:]) == ("m", "99")
    for channel, to in ((Channel.EMAIL, "mere@courriel.example"), (Channel.SMS, "+33600000099")):
        site.at.clock.advance(timedelta(minutes=1))
        assert isinstance(await site.activation.send_code(token, channel, SOURCE), CodeOnItsWay)
        assert [told.to for told in await site.told()] == [to]


async def test_child_of_another_birth_date_is_not_found(site: ActivationSite) -> None:
    lea, _ = await _twins(site)
    card = card_of(lea, number=lea.guardians[0], born="1980-01-14")
    token = await site.shown(card)
    assert isinstance(await site.activation.send_code(token, Channel.EMAIL, SOURCE), CodeOnItsWay)
    assert await site.told() == []
