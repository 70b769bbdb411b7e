"""``pli policy explain`` judges a patient as the web space does: the exchange and the space decide."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain.space import SpaceState
from gateway.domain.verdict import Accept, Reject, Verdict
from gateway.policy import reasons
from gateway.policy.settings import PolicySettings
from gateway.services.trust.explain import explain
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from tests.builders.store import move_space


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def explained(site: PatientSite) -> Verdict:
    sender = site.camille.address.mail
    return (await explain(site.at.store, site.trust, PolicySettings(), sender, CLAIRE.address)).verdict


async def test_patient_may_write_in_an_open_exchange_only(site: PatientSite) -> None:
    assert await explained(site) == Reject(reasons.EXCHANGE_NOT_STARTED, "no exchange")
    await site.receive(a_letter(CLAIRE))
    assert await explained(site) == Accept("POL-23")
    await site.receive(a_letter(CLAIRE, subject="[FIN]"))
    assert await explained(site) == Reject(reasons.EXCHANGE_ENDED, "exchange ended")


async def test_patient_writes_from_an_activated_space_only(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.CLOSED))
    assert await explained(site) == Reject(reasons.PATIENT_SENDER, "space closed")


async def test_patient_never_writes_to_a_patient(site: PatientSite) -> None:
    sender, recipient = site.camille.address.mail, site.louis.address.mail
    found = await explain(site.at.store, site.trust, PolicySettings(), sender, recipient)
    assert found.verdict == Reject(reasons.PATIENT_TO_PATIENT, "patient to patient")
