"""Whoever forgot: one answer to everybody, a link that is good once, and the end of every session (F20, F21)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.account import Account, SecretKind, Session
from gateway.domain.mailbox import OPERATOR
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.passkey import Passkey
from gateway.domain.patient_identifier import IdentifierFault
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import FindAgain, TellHolder
from gateway.services.sign_in.password_rules import PasswordFault
from gateway.services.sign_in.patient_sign_in import CodeIssued, SignInFault
from gateway.services.sign_in.recovery import (
    FIRST_PAUSE,
    LIFETIME,
    LONGEST_PAUSE,
    Recovered,
    Recovery,
    RecoveryFault,
)
from gateway.services.sign_in.sign_in_guard import GuardSettings
from gateway.services.sign_in.turn_queue import QueuePlaces
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.store import a_number, a_space, move_space

SITE, SOURCE = "https://pli.example", "192.0.2.7"
IDENTIFIER, PASSWORD, NEW = "camille", "Sentier-Mousse-84", "Bougie-Torrent-Velours-3"
BY_IDENTIFIER = FindAgain(site=SITE, identifier="Camille")


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille and Louis have identifiers and passwords."""
    async with patient_site(ram) as opened:
        await opened.patients.set_password(opened.camille.vault, IDENTIFIER, PASSWORD)
        await opened.patients.set_password(opened.louis.vault, "louis", PASSWORD)
        yield opened


def recovery_of(site: PatientSite) -> Recovery:
    return site.services.recovery


async def _steps(site: PatientSite) -> list[Step]:
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    await site.at.store.write(lambda tx: [tx.outbox.done(step) for step in steps])
    return list(steps)


async def _told(site: PatientSite, asked: FindAgain) -> list[tuple[int, NoticeKind, dict[str, str]]]:
    """Do the step of what was asked for; give who is told what."""
    await recovery_of(site).find(Step(vault=OPERATOR, id=a_number(), payload=asked, due=site.at.clock.now()))
    return [
        (step.vault, step.payload.kind, step.payload.values)
        for step in await _steps(site)
        if isinstance(step.payload, TellHolder)
    ]


async def _link(site: PatientSite, asked: FindAgain = BY_IDENTIFIER) -> str:
    ((_, _, values),) = await _told(site, asked)
    return values["link"].partition("?lien=")[2]


async def _by_number(site: PatientSite) -> FindAgain:
    space = await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault))
    return FindAgain(site=SITE, number=space.identity.ins.value, born=str(space.identity.traits.birth_date))


# ---------------------------------------------------------------- asking


async def test_what_is_asked_for_is_a_step_whoever_asks(site: PatientSite) -> None:
    for identifier in ("camille", "nobody"):
        assert await recovery_of(site).ask(FindAgain(site=SITE, identifier=identifier), SOURCE)
    steps = await _steps(site)
    assert [(step.vault, type(step.payload)) for step in steps] == [(OPERATOR, FindAgain)] * 2


async def test_nothing_is_written_down_when_too_many_ask(ram: Path) -> None:
    crowded = GuardSettings(places=QueuePlaces(of_source=0), busy_pause=timedelta(0))
    async with patient_site(ram, guarded=crowded) as site:
        assert not await recovery_of(site).ask(BY_IDENTIFIER, SOURCE)
        assert await _steps(site) == []


async def test_holder_of_an_identifier_is_sent_a_link(site: PatientSite) -> None:
    ((vault, kind, values),) = await _told(site, BY_IDENTIFIER)
    assert (vault, kind) == (site.camille.vault, NoticeKind.NEW_PASSWORD_LINK)
    assert values["link"].startswith("https://pli.example/nouveau-mot-de-passe?lien=")
    assert [event.outcome for event in await site.trace("password.forgotten")] == ["sent"]


async def test_holder_of_a_number_is_sent_the_identifier_too(site: PatientSite) -> None:
    ((_, kind, values),) = await _told(site, await _by_number(site))
    assert (kind, values["identifier"]) == (NoticeKind.IDENTIFIER_FOUND, IDENTIFIER)


async def test_number_with_another_birth_date_is_nobodys(site: PatientSite) -> None:
    asked = await _by_number(site)
    wrong = FindAgain(site=SITE, number=asked.number, born="1901-02-03")
    assert await _told(site, wrong) == []
    assert await _told(site, FindAgain(site=SITE, number="x", born=asked.born)) == []


async def test_unknown_identifier_and_suspended_space_are_sent_nothing(site: PatientSite) -> None:
    assert await _told(site, FindAgain(site=SITE, identifier="nobody")) == []
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.SUSPENDED))
    assert await _told(site, BY_IDENTIFIER) == []


async def test_representative_is_not_the_child(site: PatientSite) -> None:
    asked = await _by_number(site)
    child = await a_space(site.at.store, SpaceState.ACTIVE)
    camille = await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault))
    identity = replace(child.identity, traits=camille.identity.traits)
    guarded = replace(child, guardians=(asked.number,), identity=identity)
    await site.at.store.write(lambda tx: tx.spaces.save(guarded))
    vaults = [vault for vault, _, _ in await _told(site, asked)]
    assert vaults == [site.camille.vault]


async def test_who_asks_again_and_again_gets_few_links(site: PatientSite) -> None:
    sent, minute = 0, timedelta(minutes=1)
    for _ in range(120):
        sent += len(await _told(site, BY_IDENTIFIER))
        site.at.clock.advance(minute)
    assert sent == 8  # after 0, 2, 6, 14, 30, 55, 80, 105 minutes
    site.at.clock.advance(timedelta(days=1))
    assert len(await _told(site, BY_IDENTIFIER)) == 1
    site.at.clock.advance(FIRST_PAUSE)
    assert len(await _told(site, BY_IDENTIFIER)) == 1


async def test_asking_in_somebody_s_name_leaves_them_a_link_that_is_good_whenever_they_look(site: PatientSite) -> None:
    token = ""
    for _ in range(60):
        for _, _, values in await _told(site, BY_IDENTIFIER):
            token = values["link"].rpartition("=")[2]
        assert await recovery_of(site).holder(token) is not None
        site.at.clock.advance(timedelta(minutes=1))
    assert LONGEST_PAUSE < LIFETIME
    assert isinstance(await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE), CodeIssued)


# ---------------------------------------------------------------- the link


async def test_new_password_replaces_the_old_one(site: PatientSite) -> None:
    assert isinstance(await recovery_of(site).change(await _link(site), NEW), Recovered)
    assert await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE) is SignInFault.WRONG_CREDENTIALS
    assert isinstance(await site.patients.sign_in(IDENTIFIER, NEW, SOURCE), CodeIssued)
    assert [event.outcome for event in await site.trace("password.changed")] == ["ok"]


async def test_new_password_ends_every_session_and_tells_the_holder(site: PatientSite) -> None:
    now = site.at.clock.now()
    session = Session(
        digest=bytes(32), vault=site.camille.vault, kind="web", created=now, used=now, expires=now + timedelta(days=1)
    )
    await site.at.store.write(lambda tx: tx.spaces.save_session(session))
    await recovery_of(site).change(await _link(site), NEW)
    assert await site.at.store.read(lambda tx: tx.spaces.sessions_of(site.camille.vault)) == []
    told = [step.payload.kind for step in await _steps(site) if isinstance(step.payload, TellHolder)]
    assert told == [NoticeKind.PASSWORD_CHANGED]


async def test_looking_at_a_link_does_not_use_it_up(site: PatientSite) -> None:
    link = await _link(site)
    for _ in range(2):
        found = await recovery_of(site).holder(link)
        assert found is not None
        assert found.identifier == IDENTIFIER
    assert isinstance(await recovery_of(site).change(link, NEW), Recovered)


async def test_link_is_good_once_also_in_two_tabs_at_once(site: PatientSite) -> None:
    link = await _link(site)
    site.at.clock.advance(FIRST_PAUSE)
    other = await _link(site)
    both = await asyncio.gather(recovery_of(site).change(link, NEW), recovery_of(site).change(other, NEW + "x"))
    assert sorted(type(one).__name__ for one in both) == ["Recovered", "RecoveryFault"]
    assert await recovery_of(site).change(link, NEW) is RecoveryFault.LINK_OVER


async def test_guessed_link_and_a_session_are_no_links(site: PatientSite) -> None:
    issued = await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE)
    assert isinstance(issued, CodeIssued)
    for guess in ("", "x", "é", issued.pending):
        assert await recovery_of(site).holder(guess) is None
        assert await recovery_of(site).change(guess, NEW) is RecoveryFault.LINK_OVER


@pytest.mark.parametrize(("age", "is_good"), [(LIFETIME - timedelta(seconds=1), True), (LIFETIME, False)])
async def test_link_is_good_for_half_an_hour(site: PatientSite, age: timedelta, *, is_good: bool) -> None:
    link = await _link(site)
    site.at.clock.advance(age)
    assert (await recovery_of(site).holder(link) is not None) == is_good


async def test_link_of_a_space_that_was_suspended_meanwhile_is_over(site: PatientSite) -> None:
    link = await _link(site)
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.SUSPENDED))
    assert await recovery_of(site).change(link, NEW) is RecoveryFault.LINK_OVER


@pytest.mark.parametrize(
    ("password", "fault"),
    [("court", PasswordFault.TOO_SHORT), ("Camille-Lefevre-Camille", PasswordFault.PERSONAL)],
)
async def test_weak_password_is_refused_and_the_link_stays(
    site: PatientSite, password: str, fault: PasswordFault
) -> None:
    link = await _link(site)
    assert await recovery_of(site).change(link, password) is fault
    assert isinstance(await recovery_of(site).change(link, NEW), Recovered)


# ---------------------------------------------------------------- who has no identifier yet


async def _without_identifier(site: PatientSite) -> str:
    space = await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault))
    await site.at.store.write(lambda tx: tx.spaces.drop_account(IDENTIFIER))
    await site.at.store.write(lambda tx: tx.spaces.save(replace(space, identifier="")))
    ((_, kind, values),) = await _told(site, await _by_number(site))
    assert kind is NoticeKind.NEW_PASSWORD_LINK
    return values["link"].partition("?lien=")[2]


async def test_who_has_no_identifier_chooses_one(site: PatientSite) -> None:
    link = await _without_identifier(site)
    assert isinstance(await recovery_of(site).change(link, NEW, "Bougainvillier"), Recovered)
    assert isinstance(await site.patients.sign_in("bougainvillier", NEW, SOURCE), CodeIssued)


async def test_identifier_of_somebody_else_is_refused(site: PatientSite) -> None:
    link = await _without_identifier(site)
    assert await recovery_of(site).change(link, NEW, "louis") is IdentifierFault.TAKEN
    assert isinstance(await site.patients.sign_in("louis", PASSWORD, SOURCE), CodeIssued)


@pytest.mark.parametrize(
    ("wanted", "fault"), [("", IdentifierFault.FORM), ("é" * 9, IdentifierFault.FORM), (None, IdentifierFault.NUMBER)]
)
async def test_first_identifier_follows_the_rules_of_all_identifiers(
    site: PatientSite, wanted: str | None, fault: IdentifierFault
) -> None:
    link, number = await _without_identifier(site), site.camille.identity.ins.value
    assert await recovery_of(site).change(link, NEW, wanted if wanted is not None else f"camille{number}") is fault
    assert isinstance(await recovery_of(site).change(link, NEW, "bougainvillier"), Recovered)


async def test_account_of_before_learns_its_identifier(site: PatientSite) -> None:
    space = await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault))
    await site.at.store.write(lambda tx: tx.spaces.save(replace(space, identifier="")))
    found = await recovery_of(site).holder(await _link(site))
    assert found is not None
    assert found.identifier == IDENTIFIER


# ---------------------------------------------------------------- passkeys


async def _passkey(site: PatientSite) -> None:
    passkey = Passkey(
        vault=site.camille.vault,
        credential=bytes(16),
        public_key=bytes(77),
        counter=0,
        name="Téléphone",
        added=site.at.clock.now(),
    )
    await site.at.store.write(lambda tx: tx.passkeys.save(passkey))


@pytest.mark.parametrize("removes", [False, True])
async def test_passkeys_stay_unless_they_are_to_go(site: PatientSite, *, removes: bool) -> None:
    await _passkey(site)
    link = await _link(site)
    assert await recovery_of(site).passkeys(link) == 1
    assert isinstance(await recovery_of(site).change(link, NEW, removes_passkeys=removes), Recovered)
    kept = await site.at.store.read(lambda tx: tx.passkeys.of(site.camille.vault))
    assert len(kept) == (0 if removes else 1)
    assert len(await site.trace("passkey.removed")) == (1 if removes else 0)
    assert await recovery_of(site).passkeys(link) == 0


async def test_whoever_has_a_passkey_only_gets_a_password_this_way(site: PatientSite) -> None:
    account = Account(IDENTIFIER, site.camille.vault, SecretKind.NONE, b"")
    await site.at.store.write(lambda tx: tx.spaces.save_account(account))
    await _passkey(site)
    assert isinstance(await recovery_of(site).change(await _link(site), NEW), Recovered)
    assert isinstance(await site.patients.sign_in(IDENTIFIER, NEW, SOURCE), CodeIssued)
