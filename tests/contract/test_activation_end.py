"""« J'active »: terms, contact, identifier and password, a last code; then the space is active and signed in to."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from gateway.domain.account import Space
from gateway.domain.activation import ActivationFault, ActivationStep, CodeOnItsWay, Identified, SpaceToActivate
from gateway.domain.errors import Conflict
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.patient_identifier import IdentifierFault
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.services.access.actors import holder_of
from gateway.services.sign_in.password_rules import PasswordFault
from gateway.services.sign_in.patient_sign_in import CodeIssued, SignInFault
from gateway.services.space.activation_attempts import LIFETIME
from tests.builders.activation_site import PASSWORD, SOURCE, ActivationSite, activation_site, card_of
from tests.builders.store import move_space, terms_of_today

NAME = "galet.brume27"
ACTIVATED = ("created", "notified", "open", "opposed", "closed")


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[ActivationSite]:
    """Nobody is there yet."""
    async with activation_site(ram) as opened:
        yield opened


async def _next(site: ActivationSite, token: str) -> ActivationStep:
    found = await site.end.look(token)
    assert isinstance(found, SpaceToActivate)
    return found.next


async def _actions(site: ActivationSite, space: Space) -> list[str]:
    events = await site.at.store.read(lambda tx: tx.audit.events(space.vault))
    own = ("activation.", "terms.", "space.", "sign-in", "contact.")
    return [event.action for event in reversed(events) if event.action.startswith(own)]


async def _chosen(site: ActivationSite, token: str, name: str = NAME) -> list[TellHolder]:
    """Accept the terms, choose identifier and password, and give what is told."""
    assert await site.end.accept_terms(token, terms_of_today()) is None
    assert isinstance(await site.end.choose_identifier(token, name, PASSWORD), CodeOnItsWay)
    return await site.told()


@pytest.mark.parametrize("state", ACTIVATED)
async def test_space_is_active_after_the_last_code_and_its_holder_signs_in(site: ActivationSite, state: str) -> None:
    space = await site.person(SpaceState(state))
    token, code = await site.ready(space)
    assert (await site.space(space)).state is SpaceState(state)
    if state != "closed":  # whose holder signs in to one page, with a code as well
        assert await site.patients.sign_in(NAME, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    done = await site.end.finish(token, code, SOURCE)
    assert isinstance(done, Space)
    assert (done.state, done.identifier, done.terms, done.terms_at) == (
        SpaceState.ACTIVE, NAME, terms_of_today(), site.at.clock.now(),
    )  # fmt: skip
    assert await site.space(space) == done
    assert [told.kind for told in await site.told()] == [NoticeKind.ACTIVATED]
    assert isinstance(await site.patients.sign_in(NAME, PASSWORD, SOURCE), CodeIssued)
    moved = "space.reopened" if state == "closed" else "space.activated"
    assert await _actions(site, space) == [
        "activation.identified", "terms.accepted", moved, "sign-in", "sign-in.code",
    ]  # fmt: skip


async def test_every_step_says_what_comes_next(site: ActivationSite) -> None:
    space = await site.person(email="", phone="")
    token = await site.identified(space)
    assert await _next(site, token) is ActivationStep.TERMS
    assert await site.end.choose_identifier(token, NAME, PASSWORD) is ActivationFault.TERMS
    assert await site.end.accept_terms(token, terms_of_today()) is None
    assert await _next(site, token) is ActivationStep.CONTACT
    assert await site.end.choose_identifier(token, NAME, PASSWORD) is ActivationFault.NO_CONTACT
    assert await site.end.send_last_code(token) is ActivationFault.NOT_NOW
    assert await site.end.finish(token, "123456", SOURCE) is ActivationFault.NOT_NOW
    contact = await site.end.send_contact_code(token, Channel.SMS, "06 11 22 33 44")
    assert contact == "+33611223344"
    assert await site.end.confirm_contact(token, Channel.SMS, contact, await site.code()) is None
    assert await _next(site, token) is ActivationStep.IDENTIFIER
    sent = await site.end.choose_identifier(token, NAME, PASSWORD)
    assert sent == CodeOnItsWay("••\u00a0••\u00a0••\u00a0••\u00a044")
    assert await _next(site, token) is ActivationStep.LAST_CODE


async def test_other_terms_than_those_of_today_are_refused(site: ActivationSite) -> None:
    token = await site.identified(await site.person())
    for version in ("", "2020-01-01", "\ud800"):
        assert await site.end.accept_terms(token, version) is ActivationFault.TERMS
    assert await _next(site, token) is ActivationStep.TERMS


# ---------------------------------------------------------------- code and attempt


async def test_code_of_the_letter_serves_again_until_it_has_decided(site: ActivationSite) -> None:
    space = await site.person()
    code = await site.letter(space)
    for _ in range(2):
        assert isinstance(await site.activation.identify(await site.shown(card_of(space)), code, SOURCE), Identified)
    found = await site.activation.identify(await site.shown(card_of(space)), code, SOURCE)
    assert isinstance(found, Identified)
    await site.end.accept_terms(found.token, terms_of_today())
    await site.end.choose_identifier(found.token, NAME, PASSWORD)
    assert isinstance(await site.end.finish(found.token, await site.code(), SOURCE), Space)
    assert await site.activation.identify(await site.shown(card_of(space)), code, SOURCE) is ActivationFault.WRONG_CODE


async def test_other_windows_end_when_one_has_activated(site: ActivationSite) -> None:
    space = await site.person()
    other = await site.identified(space)
    await site.activated(space)
    assert await site.end.look(other) is ActivationFault.OVER
    assert await site.end.choose_identifier(other, "autre.nom", PASSWORD) is ActivationFault.OVER
    assert await site.opposition.oppose(other, SOURCE) is ActivationFault.OVER


async def test_active_space_is_shown_and_left_alone(site: ActivationSite) -> None:
    space = await site.activated(await site.person())
    token = await site.identified(space)
    found = await site.end.look(token)
    assert isinstance(found, SpaceToActivate)
    assert found.person.state is SpaceState.ACTIVE
    assert await site.end.accept_terms(token, terms_of_today()) is ActivationFault.NOT_NOW
    assert await site.end.send_contact_code(token, Channel.EMAIL, "v@courriel.example") is ActivationFault.NOT_NOW
    assert await site.end.choose_identifier(token, "voleur.nom", PASSWORD) is ActivationFault.NOT_NOW
    assert await site.opposition.oppose(token, SOURCE) is ActivationFault.NOT_NOW
    assert await site.space(space) == space


async def test_last_code_is_good_once_in_its_attempt_for_some_minutes(site: ActivationSite) -> None:
    space = await site.person()
    token, code = await site.ready(space)
    other, _ = await site.ready(space, "autre.nom")
    assert await site.end.finish(other, code, SOURCE) is ActivationFault.WRONG_CODE
    site.at.clock.advance(timedelta(minutes=10))
    assert await site.end.finish(token, code, SOURCE) is ActivationFault.CODE_OVER
    assert isinstance(await site.end.send_last_code(token), CodeOnItsWay)
    assert await site.end.send_last_code(token) is ActivationFault.TOO_SOON
    fresh = await site.code()
    assert isinstance(await site.end.finish(token, f" {fresh[:3]} {fresh[3:]}", SOURCE), Space)
    assert await site.end.finish(token, fresh, SOURCE) is ActivationFault.OVER


async def test_wrong_last_codes_end_it(site: ActivationSite) -> None:
    token, code = await site.ready(await site.person())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    answers = [await site.end.finish(token, wrong, SOURCE) for _ in range(5)]
    assert answers == [*[ActivationFault.WRONG_CODE] * 4, ActivationFault.CODE_OVER]
    assert await site.end.finish(token, code, SOURCE) is ActivationFault.CODE_OVER


async def test_last_code_typed_twice_at_once_activates_once(site: ActivationSite) -> None:
    space = await site.person()
    token, code = await site.ready(space)
    both = await asyncio.gather(*(site.end.finish(token, code, SOURCE) for _ in range(2)))
    assert sorted(isinstance(one, Space) for one in both) == [False, True]
    assert (await _actions(site, space)).count("space.activated") == 1


async def test_attempt_ends_after_a_while_and_one_begins_again(site: ActivationSite) -> None:
    space = await site.person()
    token, code = await site.ready(space)
    site.at.clock.advance(LIFETIME)
    assert await site.end.finish(token, code, SOURCE) is ActivationFault.OVER
    again = await site.identified(space)
    assert await _next(site, again) is ActivationStep.TERMS
    assert isinstance(await site.activated(space), Space)


async def test_death_meanwhile_stops_it(site: ActivationSite) -> None:
    space = await site.person()
    token, code = await site.ready(space)
    await site.at.store.write(lambda tx: move_space(tx, space.vault, SpaceState.DECEASED))
    assert await site.end.finish(token, code, SOURCE) is ActivationFault.NOT_NOW


async def test_ten_codes_a_day_besides_those_asked_for_by_the_card(site: ActivationSite) -> None:
    token = await site.identified(await site.person())
    for _ in range(10):
        assert isinstance(await site.end.send_contact_code(token, Channel.EMAIL, "neuf@courriel.example"), str)
        site.at.clock.advance(timedelta(seconds=31))
    answer = await site.end.send_contact_code(token, Channel.EMAIL, "neuf@courriel.example")
    assert answer is ActivationFault.TOO_MANY_CODES


# ---------------------------------------------------------------- contact


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "é@courriel.example", "a b@courriel.example"])
async def test_what_is_no_address_is_refused(site: ActivationSite, typed: str) -> None:
    token = await site.identified(await site.person())
    assert await site.end.send_contact_code(token, Channel.EMAIL, typed) is ActivationFault.CONTACT


async def test_contact_is_changed_by_the_code_that_came_there_only(site: ActivationSite) -> None:
    space = await site.person()
    token = await site.identified(space)
    contact = await site.end.send_contact_code(token, Channel.EMAIL, " Neuf@Courriel.example ")
    assert contact == "neuf@courriel.example"
    (told,) = await site.told()
    assert (told.kind, told.channel, told.to) == (NoticeKind.CONTACT_CODE, Channel.EMAIL, contact)
    code = told.values["code"]
    confirm = site.end.confirm_contact
    assert await confirm(token, Channel.EMAIL, "voleur@courriel.example", code) is ActivationFault.WRONG_CODE
    assert await confirm(token, Channel.EMAIL, contact, code) is None
    assert await confirm(token, Channel.EMAIL, contact, code) is ActivationFault.CODE_OVER
    # It is the attempt's until that ends.
    assert (await site.space(space)).email == space.email
    assert await site.told() == []
    (code,) = [one.values["code"] for one in await _chosen(site, token) if one.to == contact]
    done = await site.end.finish(token, code, SOURCE)
    assert isinstance(done, Space)
    assert done.email == contact
    # Both contacts that there were hear of it.
    warned = [(one.kind, one.to) for one in await site.told()]
    changed = NoticeKind.CONTACT_CHANGED
    assert set(warned) == {(changed, space.email), (changed, space.phone), (NoticeKind.ACTIVATED, "")}
    assert "contact.changed" in await _actions(site, space)


async def test_contact_of_the_other_way_is_told_of_one_that_is_added(site: ActivationSite) -> None:
    space = await site.person()
    await site.at.store.write(lambda tx: tx.spaces.save(replace(space, email="", phone="+33611223344")))
    token = await site.identified(space)
    contact = await site.end.send_contact_code(token, Channel.EMAIL, "neuf@courriel.example")
    (told,) = await site.told()
    assert await site.end.confirm_contact(token, Channel.EMAIL, str(contact), told.values["code"]) is None
    (sent,) = await _chosen(site, token)
    assert isinstance(await site.end.finish(token, sent.values["code"], SOURCE), Space)
    warned = [one.to for one in await site.told() if one.kind is NoticeKind.CONTACT_CHANGED]
    assert warned == ["+33611223344"]


async def test_code_that_an_address_got_proves_no_telephone(site: ActivationSite) -> None:
    space = await site.person()
    token = await site.identified(space)
    contact = await site.end.send_contact_code(token, Channel.EMAIL, "neuf@courriel.example")
    (told,) = await site.told()
    answer = await site.end.confirm_contact(token, Channel.SMS, str(contact), told.values["code"])
    assert answer is ActivationFault.WRONG_CODE
    assert (await site.space(space)).phone == space.phone


async def test_two_codes_for_a_contact_come_thirty_seconds_apart(site: ActivationSite) -> None:
    token = await site.identified(await site.person())
    assert isinstance(await site.end.send_contact_code(token, Channel.EMAIL, "a@courriel.example"), str)
    assert await site.end.send_contact_code(token, Channel.EMAIL, "b@courriel.example") is ActivationFault.TOO_SOON


# ---------------------------------------------------------------- identifier and password


@pytest.mark.parametrize(
    ("identifier", "fault"),
    [("ab", IdentifierFault.FORM), ("hugo@courriel.example", IdentifierFault.FORM), ("élan.vif", IdentifierFault.FORM)],
)
async def test_identifier_of_another_form_is_refused(
    site: ActivationSite, identifier: str, fault: IdentifierFault
) -> None:
    token = await site.identified(await site.person())
    assert await site.end.choose_identifier(token, identifier, PASSWORD) is fault


async def test_identifier_from_the_number_or_the_card_is_refused(site: ActivationSite) -> None:
    space = await site.person()
    token = await site.identified(space)
    for part in (space.identity.ins.value, space.identity.ins.value[:6], space.card_serials[0][-6:]):
        assert await site.end.choose_identifier(token, f"hugo.{part}", PASSWORD) is IdentifierFault.NUMBER


async def test_identifier_that_is_taken_is_refused_and_others_are_proposed(site: ActivationSite) -> None:
    await site.activated(await site.person(), "rivage.clair")
    token = await site.identified(await site.person())
    await site.end.accept_terms(token, terms_of_today())
    assert await site.end.choose_identifier(token, " Rivage.CLAIR ", PASSWORD) is IdentifierFault.TAKEN
    proposed = await site.end.proposed_identifiers(token)
    assert len(proposed) >= 3
    assert isinstance(await site.end.choose_identifier(token, proposed[0], PASSWORD), CodeOnItsWay)


async def test_weak_password_is_refused_with_its_reason(site: ActivationSite) -> None:
    token = await site.identified(await site.person())
    assert await site.end.choose_identifier(token, NAME, "court") is PasswordFault.TOO_SHORT
    assert await site.end.choose_identifier(token, NAME, "motdepasse2026") is PasswordFault.COMMON
    assert await site.end.choose_identifier(token, NAME, "tulipe-Dupont-violon") is PasswordFault.PERSONAL
    assert await site.end.choose_identifier(token, NAME, "violon-galet.brume27") is PasswordFault.PERSONAL


async def test_second_choice_takes_the_place_of_the_first(site: ActivationSite) -> None:
    space = await site.person()
    token, _ = await site.ready(space, "premier.choix")
    assert isinstance(await site.end.choose_identifier(token, "second.choix", PASSWORD), CodeOnItsWay)
    await site.end.finish(token, await site.code(), SOURCE)
    assert await site.patients.sign_in("premier.choix", PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert isinstance(await site.patients.sign_in("second.choix", PASSWORD, SOURCE), CodeIssued)


async def test_activating_takes_back_an_erasure(site: ActivationSite) -> None:
    space = await site.person(SpaceState.CLOSED, changed_on=date(2026, 3, 1), erase_on=date(2026, 4, 1))
    token = await site.identified(space)
    found = await site.end.look(token)
    assert isinstance(found, SpaceToActivate)
    assert found.erase_on == date(2026, 4, 1)
    done = await site.activated(space)
    assert (done.erase_on, done.changed_on) == (None, None)
    assert [told.kind for told in await site.told()] == [NoticeKind.ERASURE_CANCELLED]


# ---------------------------------------------------------------- opposition


@pytest.mark.parametrize(
    ("state", "after", "title"),
    [("created", "opposed", "opposition"), ("notified", "opposed", "opposition"), ("open", "closed", "fermeture")],
)
async def test_refusal_shuts_the_space_and_leaves_a_proof(
    site: ActivationSite, state: str, after: str, title: str
) -> None:
    space = await site.person(SpaceState(state))
    token, other = await site.identified(space), await site.identified(space)
    assert await site.opposition.proof(token) is ActivationFault.OVER
    for _ in range(2):
        assert await site.opposition.oppose(token, SOURCE) is None
    assert (await site.space(space)).state is SpaceState(after)
    assert await _actions(site, space) == [*["activation.identified"] * 2, f"space.{after}"]
    proof = await site.opposition.proof(token)
    assert isinstance(proof, bytes)
    assert proof.startswith(b"%PDF-")
    assert title in PdfReader(BytesIO(proof)).pages[0].extract_text()
    assert [told.kind for told in await site.told()] == [NoticeKind.OPPOSED]
    assert await site.end.look(other) is ActivationFault.OVER
    assert await site.opposition.proof(other) is ActivationFault.OVER


async def test_code_of_the_letter_is_over_once_somebody_has_refused(site: ActivationSite) -> None:
    space = await site.person()
    code = await site.letter(space)
    found = await site.activation.identify(await site.shown(card_of(space)), code, SOURCE)
    assert isinstance(found, Identified)
    assert await site.opposition.oppose(found.token, SOURCE) is None
    again = await site.activation.identify(await site.shown(card_of(space)), code, SOURCE)
    assert again is ActivationFault.WRONG_CODE


async def test_operator_has_the_same_proof_and_none_of_who_did_not_refuse(site: ActivationSite) -> None:
    space = await site.person()
    with pytest.raises(Conflict, match="was not refused"):
        await site.opposition.proof_of(space.vault)
    assert await site.opposition.oppose(await site.identified(space), SOURCE) is None
    later = holder_of(space, "web").event(site.at.clock.now(), "activation.identified")
    for _ in range(70):
        await site.at.store.write(lambda tx: tx.audit.append(space.vault, later))
    proof = await site.opposition.proof_of(space.vault)
    assert "espace.pli.example" in PdfReader(BytesIO(proof)).pages[0].extract_text()


async def test_refusal_takes_back_what_was_begun(site: ActivationSite) -> None:
    space = await site.person()
    token, code = await site.ready(space)
    assert await site.opposition.oppose(token, SOURCE) is None
    refused = await site.space(space)
    assert (refused.state, refused.identifier) == (SpaceState.OPPOSED, "")
    assert await site.end.finish(token, code, SOURCE) is ActivationFault.TERMS
    other = await site.person()
    await site.activated(other, NAME)  # the identifier is free again


async def test_who_refused_activates_later(site: ActivationSite) -> None:
    space = await site.person()
    assert await site.opposition.oppose(await site.identified(space), SOURCE) is None
    token = await site.shown(card_of(space))
    await site.told()
    found = await site.activation.identify(token, await site.asked(token), SOURCE)
    assert isinstance(found, Identified)
    assert found.persons[0].state is SpaceState.OPPOSED
    assert (await site.activated(space)).state is SpaceState.ACTIVE


async def test_active_space_is_not_refused_here(site: ActivationSite) -> None:
    space = await site.activated(await site.person())
    assert await site.opposition.oppose(await site.identified(space), SOURCE) is ActivationFault.NOT_NOW
    assert await site.opposition.oppose("nothing", SOURCE) is ActivationFault.OVER
