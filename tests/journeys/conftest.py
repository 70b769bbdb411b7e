"""One gateway for all journeys of a worker: real listeners, real store on the RAM disk, a process of its own."""

from collections.abc import Iterator

import pytest

from tests.builders.gateway_site import GatewaySite, Patient, serving


@pytest.fixture(scope="session")
def site() -> Iterator[GatewaySite]:
    """Give a gateway that serves the world of the demonstration."""
    with serving() as running:
        yield running


@pytest.fixture
def patient(site: GatewaySite) -> Patient:
    """Give an active patient to whom nobody has written yet."""
    return site.new_patient()
