"""Refused sign-ins: told to the account that was tried, without a flood of lines and without telling who exists."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import StoreUnavailable
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.services.sign_in import sign_in_trace
from gateway.services.sign_in.app_passwords import AppPasswords, app_account
from gateway.services.sign_in.application_tokens import issue_token, program_of_token
from gateway.services.sign_in.patient_sign_in import SignInFault
from gateway.services.sign_in.sign_in_trace import INTERVAL, SignInTrace
from tests.builders.patient_site import PatientSite, patient_site

IDENTIFIER, PASSWORD, SOURCE = "camille", "Sentier-Mousse-84", "192.0.2.7"
DOCTOR, SECRET = "dr@medecin.mssante.fr", "k3vq8z"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille has an identifier and a password."""
    async with patient_site(ram) as opened:
        await opened.patients.set_password(opened.camille.vault, IDENTIFIER, PASSWORD)
        yield opened


async def lines(site: PatientSite, vault: VaultId | None = None) -> list[AuditEvent]:
    """Write what is due and give the refused sign-ins of a trace, oldest first."""
    await site.sign_ins.write_due()
    return [event for event in reversed(await site.trace("sign-in", vault)) if event.outcome == "refused"]


async def test_wrong_password_is_in_the_trace_of_the_space(site: PatientSite) -> None:
    await site.patients.sign_in(IDENTIFIER, "faux", SOURCE)
    (event,) = await lines(site)
    assert (event.actor, event.detail) == ("unknown", "web, tries 1, from 192.0.2.7")


async def test_unknown_identifier_is_the_operator_s_line_and_nobody_else_s(site: PatientSite) -> None:
    await site.patients.sign_in("personne", "faux", SOURCE)
    assert [event.detail for event in await lines(site, OPERATOR)] == ["web, tries 1, from 192.0.2.7"]
    assert await lines(site) == await lines(site, site.louis.vault) == []


async def test_app_password_tried_on_the_web_is_told_to_its_mailbox(site: PatientSite) -> None:
    account = app_account(site.at.store, site.louis.vault, DOCTOR, SECRET)
    await site.at.store.write(lambda tx: tx.spaces.save_account(account))
    await site.patients.sign_in(DOCTOR, SECRET, SOURCE)
    passwords = AppPasswords(site.at.store, site.sign_ins)
    assert await passwords.sign_in(DOCTOR, "faux", "smtp", SOURCE) is None
    assert [event.detail[:4] for event in await lines(site, site.louis.vault)] == ["web,", "smtp"]


async def test_token_that_is_over_is_told_to_its_space(site: PatientSite) -> None:
    token = await issue_token(site.at.store, site.at.clock, site.camille.vault, timedelta(hours=1))
    site.at.clock.advance(timedelta(hours=2))
    for given in (token, "x" * 43, "x" * 5000):
        assert await program_of_token(site.at.store, site.at.clock, site.sign_ins, given, SOURCE) is None
    assert [event.detail for event in await lines(site)] == ["fhir, tries 1, from 192.0.2.7"]
    assert [event.detail[:12] for event in await lines(site, OPERATOR)] == ["fhir, tries "]


async def test_code_that_is_over_is_told_to_its_space(site: PatientSite) -> None:
    issued = await site.patients.sign_in(IDENTIFIER, PASSWORD, SOURCE)
    assert not isinstance(issued, SignInFault)
    site.at.clock.advance(timedelta(minutes=11))
    for _ in range(100):
        assert await site.patients.verify(issued.pending, "123456", SOURCE) is SignInFault.CODE_EXPIRED
    (event,) = await lines(site)
    assert event.detail.startswith("web, code over, tries 100 since ")


async def test_flood_costs_one_line_an_interval_and_every_try_is_counted(site: PatientSite) -> None:
    for minute in range(60):
        for n in range(100):
            site.sign_ins.failed(site.camille.vault, "imap", f"192.0.2.{n}")
        if not minute:
            await site.sign_ins.write_due()
        await site.sign_ins.write_due()
        site.at.clock.advance(timedelta(minutes=1))
    site.at.clock.advance(INTERVAL)
    told = [event.detail for event in await lines(site)]
    assert len(told) <= 8
    assert sum(int(detail.split()[2].rstrip(",")) for detail in told) == 6_000
    assert told[-1].endswith("from 192.0.2.0 and 99 more")


async def test_flood_of_accounts_is_bounded_too(site: PatientSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_trace, "MAX_ACCOUNTS", 1)
    site.sign_ins.failed(site.camille.vault, "imap", SOURCE)
    site.sign_ins.failed(site.louis.vault, "imap", SOURCE)
    assert len(await lines(site)) == 1
    assert [event.detail for event in await lines(site, OPERATOR)] == ["any, tries 1, from 192.0.2.7"]


async def test_answer_waits_for_no_line_whether_the_account_exists_or_not(
    site: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(site.at.store, "write", refuse)
    passwords = AppPasswords(site.at.store, site.sign_ins)
    for identifier in (IDENTIFIER, "personne"):
        assert await site.patients.sign_in(identifier, "faux", SOURCE) is SignInFault.WRONG_CREDENTIALS
    for login in (DOCTOR, "inconnu@medecin.mssante.fr", "pas une adresse"):
        assert await passwords.sign_in(login, "faux", "imap", SOURCE) is None


async def test_count_that_could_not_be_written_is_written_later(
    site: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        site.sign_ins.failed(site.camille.vault, "web", "192.0.2.8")
        raise StoreUnavailable("disk full")

    site.sign_ins.failed(site.camille.vault, "web", SOURCE)
    write = site.at.store.write
    monkeypatch.setattr(site.at.store, "write", refuse)
    with pytest.raises(StoreUnavailable):
        await site.sign_ins.write_due()
    monkeypatch.setattr(site.at.store, "write", write)
    (event,) = await lines(site)
    assert event.detail == "web, tries 2 since 2026-03-02T12:00:00Z, from 192.0.2.7 and 1 more"


async def test_first_failure_is_written_at_once_and_the_rest_when_the_server_stops(site: PatientSite) -> None:
    running = asyncio.create_task(site.sign_ins.run())
    site.sign_ins.failed(site.camille.vault, "web", SOURCE)
    while not await site.trace("sign-in"):
        await asyncio.sleep(0)
    site.sign_ins.failed(site.camille.vault, "web", SOURCE)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [event.detail[:12] for event in await site.trace("sign-in")] == ["web, tries 1"] * 2


def test_memory_forgets_what_is_told(ram: Path) -> None:
    async def tell() -> None:
        async with patient_site(ram) as site:
            trace = SignInTrace(site.at.store, site.at.clock)
            trace.failed(site.camille.vault, "web", SOURCE)
            assert await trace.write_due() is None
            site.at.clock.advance(INTERVAL)
            assert await trace.write_due() is None
            assert not trace._failures

    asyncio.run(tell())
