"""A patient signs in: one answer to every wrong guess, codes that are few, short-lived and good once (A1, F19)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import SendCode
from gateway.services.sign_in.app_passwords import app_account
from gateway.services.sign_in.patient_sign_in import (
    CodeIssued,
    PatientSignedIn,
    SignInFault,
    SignInSettings,
    masked,
)
from gateway.services.sign_in.sign_in_guard import GuardSettings
from gateway.services.space.activation_codes import ActivationCodes
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.store import a_space, move_space

IDENTIFIER, PASSWORD, SOURCE = "camille", "Sentier-Mousse-84", "192.0.2.7"
HOUR = timedelta(hours=1)
GUARDED = GuardSettings(
    busy_pause=timedelta(0),
    free=3, first_pause=HOUR, account_pause=timedelta(0), source_pause=HOUR, patience=timedelta(seconds=3)
)
"""Three failures of a network are free; then it waits for longer than the guard's patience."""


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille has an identifier and a password."""
    async with patient_site(ram, guarded=GUARDED) as opened:
        await opened.patients.set_password(opened.camille.vault, IDENTIFIER, PASSWORD)
        yield opened


async def _start(site: PatientSite) -> tuple[str, str]:
    """Pass the first step; gives the attempt and the code that was sent."""
    issued = await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE)
    assert isinstance(issued, CodeIssued)
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    codes = [step.payload.code for step in steps if isinstance(step.payload, SendCode)]
    assert len(codes) == 1
    await site.at.store.write(lambda tx: [tx.outbox.done(step) for step in steps])
    return issued.pending, codes[0]


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# ---------------------------------------------------------------- password


async def test_right_password_and_code_open_the_space(site: PatientSite) -> None:
    pending, code = await _start(site)
    opened = await site.patients.verify(pending, code, SOURCE)
    assert isinstance(opened, PatientSignedIn)
    assert opened.space.vault == site.camille.vault
    assert [event.outcome for event in await site.trace("sign-in")] == ["ok"]


async def test_identifier_is_read_without_case(site: PatientSite) -> None:
    assert isinstance(await site.patients.sign_in("CAMILLE", PASSWORD, SOURCE), CodeIssued)


async def test_code_is_read_as_people_type_it(site: PatientSite) -> None:
    pending, code = await _start(site)
    assert isinstance(await site.patients.verify(pending, f" {code[:3]} {code[3:]} ", SOURCE), PatientSignedIn)


@pytest.mark.parametrize(
    ("identifier", "password"), [("camille", "autre"), ("personne", PASSWORD), ("", ""), ("ca\u0301mille", PASSWORD)]
)
async def test_unknown_identifier_and_wrong_password_are_one_answer(
    site: PatientSite, identifier: str, password: str
) -> None:
    assert await site.patients.sign_in(identifier, password, SOURCE) is SignInFault.WRONG_CREDENTIALS


@pytest.mark.parametrize(
    "state", [state for state in SpaceState if state not in {SpaceState.ACTIVE, SpaceState.CLOSED}]
)
async def test_space_that_is_not_active_is_answered_as_unknown(site: PatientSite, state: SpaceState) -> None:
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, state))
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS


async def test_holder_of_a_closed_space_signs_in_to_its_one_page(site: PatientSite) -> None:
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.CLOSED))
    pending, code = await _start(site)
    answer = await site.patients.verify(pending, code, SOURCE)
    assert isinstance(answer, PatientSignedIn)
    assert answer.space.state is SpaceState.CLOSED


async def test_app_password_of_a_mailbox_opens_no_space(site: PatientSite) -> None:
    account = app_account(site.at.store, site.louis.vault, "dr@medecin.mssante.fr", "secret")
    await site.at.store.write(lambda tx: tx.spaces.save_account(account))
    answer = await site.patients.sign_in("dr@medecin.mssante.fr", "secret", SOURCE)
    assert answer is SignInFault.WRONG_CREDENTIALS


async def test_unknown_identifier_costs_the_same_hash_as_a_known_one(
    site: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    verified = "gateway.services.sign_in.patient_sign_in.is_right"
    monkeypatch.setattr(verified, lambda _, kept: seen.append(kept[:30]))
    await site.patients.sign_in("personne", "x", SOURCE)
    await site.patients.sign_in(IDENTIFIER, "x", SOURCE)
    assert seen == [b"$argon2id$v=19$m=19456,t=2,p=1"] * 2


async def test_failures_slow_down_their_network_and_no_other(site: PatientSite) -> None:
    for _ in range(3):
        await site.patients.sign_in(IDENTIFIER, "faux", SOURCE)
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE) is SignInFault.TOO_MANY_ATTEMPTS
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, "192.0.2.8"), CodeIssued)


@pytest.mark.parametrize("of", ["2001:db8::{}", "::ffff:192.0.2.9"])
async def test_failures_of_a_whole_subnet_are_counted_together(site: PatientSite, of: str) -> None:
    for number in range(3):
        await site.patients.sign_in(IDENTIFIER, "faux", of.format(number))
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, of.format(9)) is SignInFault.TOO_MANY_ATTEMPTS
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, "2001:db8:0:1::1"), CodeIssued)


async def test_guesses_sent_all_at_once_are_counted_too(site: PatientSite) -> None:
    guesses = [site.patients.sign_in(IDENTIFIER, f"faux{n}", SOURCE) for n in range(3)]
    answers = await asyncio.gather(*guesses, site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE))
    assert answers.count(SignInFault.WRONG_CREDENTIALS) == 3
    assert answers[-1] is SignInFault.TOO_MANY_ATTEMPTS


async def test_unknown_identifiers_are_counted_alike(site: PatientSite) -> None:
    answers = [await site.patients.sign_in("personne", "faux", SOURCE) for _ in range(4)]
    assert answers == [SignInFault.WRONG_CREDENTIALS] * 3 + [SignInFault.TOO_MANY_ATTEMPTS]


async def test_browser_that_signed_in_before_is_let_in_where_its_network_has_to_wait(site: PatientSite) -> None:
    device = site.patients.known_device("", site.camille.vault)
    for _ in range(3):
        await site.patients.sign_in(IDENTIFIER, "faux", SOURCE)
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE, device), CodeIssued)
    assert await site.patients.sign_in("louis", PASSWORD, SOURCE, device) is SignInFault.TOO_MANY_ATTEMPTS


async def test_flood_of_sign_ins_is_refused_before_it_takes_the_threads_of_mail(site: PatientSite) -> None:
    tries = [site.patients.sign_in(f"personne{n}", "faux", SOURCE) for n in range(40)]
    answers = await asyncio.gather(*tries)
    assert SignInFault.TOO_MANY_ATTEMPTS in answers
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, "192.0.2.8"), CodeIssued)


@pytest.mark.parametrize("of", ["192.0.2.9", "2001:db8::{}"])
async def test_one_source_cannot_fill_the_queue_of_the_others(site: PatientSite, of: str) -> None:
    tries = [site.patients.sign_in(f"personne{n}", f"faux{n}", of.format(n)) for n in range(40)]
    *answers, honest = await asyncio.gather(*tries, site.patients.sign_in(IDENTIFIER, PASSWORD, "2001:db8:0:1::1"))
    assert answers.count(SignInFault.WRONG_CREDENTIALS) == 3
    assert isinstance(honest, CodeIssued)


# ---------------------------------------------------------------- code


async def test_code_is_good_once(site: PatientSite) -> None:
    pending, code = await _start(site)
    answers = await asyncio.gather(*(site.patients.verify(pending, code, SOURCE) for _ in range(3)))
    assert sum(isinstance(answer, PatientSignedIn) for answer in answers) == 1
    assert sum(answer is SignInFault.CODE_EXPIRED for answer in answers) == 2


async def test_fifth_wrong_code_ends_the_attempt(site: PatientSite) -> None:
    pending, code = await _start(site)
    answers = [await site.patients.verify(pending, _other(code), SOURCE) for _ in range(5)]
    assert answers == [SignInFault.WRONG_CODE] * 4 + [SignInFault.CODE_EXPIRED]
    assert await site.patients.verify(pending, code, SOURCE) is SignInFault.CODE_EXPIRED
    assert [event.outcome for event in await site.trace("sign-in.code")] == ["wrong"] * 5 + ["sent"]


@pytest.mark.parametrize(("minutes", "opens"), [(9, True), (10, False)])
async def test_code_is_good_for_ten_minutes(site: PatientSite, minutes: int, opens: bool) -> None:
    pending, code = await _start(site)
    site.at.clock.advance(timedelta(minutes=minutes))
    assert isinstance(await site.patients.verify(pending, code, SOURCE), PatientSignedIn) is opens


async def test_code_belongs_to_the_attempt_it_was_sent_for(site: PatientSite) -> None:
    first, first_code = await _start(site)
    second, second_code = await _start(site)
    assert not isinstance(await site.patients.verify(first, second_code, SOURCE), PatientSignedIn)
    assert not isinstance(await site.patients.verify(first, first_code, SOURCE), PatientSignedIn)
    assert isinstance(await site.patients.verify(second, second_code, SOURCE), PatientSignedIn)


async def test_ten_codes_a_day(site: PatientSite) -> None:
    for _ in range(10):
        site.at.clock.advance(timedelta(minutes=1))
        await _start(site)
    site.at.clock.advance(timedelta(minutes=1))
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE) is SignInFault.TOO_MANY_CODES
    site.at.clock.advance(timedelta(days=1))
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE), CodeIssued)


async def test_codes_that_were_used_do_not_count(site: PatientSite) -> None:
    for _ in range(12):
        site.at.clock.advance(timedelta(minutes=1))
        pending, code = await _start(site)
        assert isinstance(await site.patients.verify(pending, code, SOURCE), PatientSignedIn)


async def test_known_browser_has_codes_of_its_own_when_a_thief_of_the_password_uses_up_the_others(
    site: PatientSite,
) -> None:
    device = site.patients.known_device("", site.camille.vault)
    for _ in range(10):
        assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE), CodeIssued)
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE) is SignInFault.TOO_MANY_CODES
    for _ in range(10):
        assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE, device), CodeIssued)
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE, device) is SignInFault.TOO_MANY_CODES


async def test_codes_that_a_stranger_has_sent_by_the_card_leave_the_holder_ten_of_their_own(site: PatientSite) -> None:
    codes = ActivationCodes(site.at.store)
    for _ in range(10):
        await site.at.store.write(lambda tx: codes.issue(tx, site.camille, site.at.clock.now()))
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE), CodeIssued)


@pytest.mark.parametrize("digits", ["", "12345", "1234567", "abcdef", "１２３４５６"])
async def test_anything_else_is_a_wrong_code(site: PatientSite, digits: str) -> None:
    pending, _ = await _start(site)
    assert await site.patients.verify(pending, digits, SOURCE) is SignInFault.WRONG_CODE


async def test_unknown_attempt_verifies_nothing(site: PatientSite) -> None:
    assert await site.patients.verify("personne", "123456", SOURCE) is SignInFault.CODE_EXPIRED


async def test_space_suspended_between_the_steps_is_not_opened(site: PatientSite) -> None:
    pending, code = await _start(site)
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.SUSPENDED))
    assert await site.patients.verify(pending, code, SOURCE) is SignInFault.CODE_EXPIRED


async def test_code_is_not_kept_in_clear(site: PatientSite) -> None:
    _, code = await _start(site)
    kept = await site.at.store.read(lambda tx: tx.spaces.code(site.camille.vault, "sign-in"))
    assert kept is not None
    assert code.encode() not in kept.digest


async def test_contact_is_masked(site: PatientSite) -> None:
    space = await a_space(site.at.store, email="jeanne@courriel.example")
    assert masked(space) == "j•••@courriel.example"


def test_services_without_settings_take_the_rules_limits() -> None:
    rules = SignInSettings()
    assert (rules.code_tries, rules.codes_a_day, rules.code_lifetime) == (5, 10, timedelta(minutes=10))
