"""``pli access explain`` judges by what the store and the directory hold."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain.access import Action, Audience, Right, Role, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.errors import NotFound
from gateway.domain.space import SpaceState
from gateway.policy.access import reasons
from gateway.policy.access.decision import ACCESS
from gateway.policy.access.verdict import AccessVerdict, Permit, Refuse
from gateway.services.explanation.access import explain_access_of
from tests.builders.patient_site import CLAIRE, LABORATORY, PatientSite, patient_site
from tests.builders.store import move_space

READ = Right(SpacePart.DOCUMENTS, Action.READ)


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def explained(
    site: PatientSite, who: MailAddress | Role, document: int | None = None, right: Right = READ
) -> AccessVerdict:
    """Ask about Camille's space; every rule is told."""
    now, space = site.at.clock.now(), site.camille.address.mail
    found = await explain_access_of(site.at.store, site.trust, who, space, right, document, now)
    assert len(found.outcomes) == len(ACCESS)
    return found.verdict


async def test_patient_may_in_their_own_space_and_nobody_else_in_it(site: PatientSite) -> None:
    document = (await site.file()).id
    assert isinstance(await explained(site, site.camille.address.mail, document), Permit)
    for who, reason in (
        (site.louis.address.mail, reasons.NOT_YOUR_SPACE),
        (CLAIRE.address, reasons.NO_CONSENT),
        (MailAddress.parse("personne@medecin.mssante.fr"), reasons.NOT_IN_FORCE),
        (Role.OPERATOR, reasons.NOT_YOUR_RIGHT),
    ):
        verdict = await explained(site, who, document)
        assert isinstance(verdict, Refuse)
        assert verdict.reason is reason


async def test_a_program_reads_what_is_shown_to_the_patient(site: PatientSite) -> None:
    shown, withheld = await site.file(), await site.file(hidden_from=Audience.PATIENT)
    assert isinstance(await explained(site, Role.APPLICATION, shown.id), Permit)
    verdict = await explained(site, Role.APPLICATION, withheld.id)
    assert isinstance(verdict, Refuse)
    assert verdict.reason is reasons.WITHHELD


async def test_an_author_without_consent_is_refused_like_anybody(site: PatientSite) -> None:
    document = await site.file(sender=str(LABORATORY.address))
    verdict = await explained(site, LABORATORY.address, document.id)
    assert isinstance(verdict, Refuse)
    assert verdict.reason is reasons.NO_CONSENT


async def test_whoever_serves_acts_on_the_space_whatever_its_state(site: PatientSite) -> None:
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.CLOSED))
    change = Right(SpacePart.SPACE, Action.CHANGE)
    assert isinstance(await explained(site, Role.AGENT, right=change), Permit)
    verdict = await explained(site, site.camille.address.mail)
    assert isinstance(verdict, Refuse)
    assert verdict.reason is reasons.SPACE_NOT_OPEN


async def test_a_document_or_a_space_that_there_is_not_is_said(site: PatientSite) -> None:
    with pytest.raises(NotFound):
        await explained(site, CLAIRE.address, 31)
    nobody = MailAddress.parse("personne@medecin.mssante.fr")
    with pytest.raises(NotFound, match="has this address"):
        await explain_access_of(site.at.store, site.trust, Role.AGENT, nobody, READ, None, site.at.clock.now())
