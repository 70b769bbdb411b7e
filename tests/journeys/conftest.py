"""One gateway for all journeys of a worker: real listeners, real store on the RAM disk, a process of its own."""

from collections.abc import Iterator

import pytest

from tests.builders.gateway_site import GatewaySite, Patient, serving

ANNOUNCEMENT_DAYS = 5
"""Not as many as without the setting, so that what obeys it is seen to (A27)."""


@pytest.fixture(scope="session")
def site() -> Iterator[GatewaySite]:
    """Give a gateway that serves the world of the demonstration; at the end its log must name no patient."""
    with serving(settings=lambda _: f"\n[spaces]\nannouncement_days = {ANNOUNCEMENT_DAYS}\n") as running:
        yield running
        log = running.log().lower()
        assert not any(secret.lower() in log for patient in running.patients for secret in _secrets_of(patient))


def _secrets_of(patient: Patient) -> tuple[str, ...]:
    traits = patient.identity.traits
    return patient.identity.ins.value[:13], traits.birth_name, traits.given_names[0], patient.email or patient.address


@pytest.fixture
def patient(site: GatewaySite) -> Patient:
    """Give an active patient to whom nobody has written yet."""
    return site.new_patient()
