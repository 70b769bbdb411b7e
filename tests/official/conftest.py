"""The national agency's own examples: a suite of its own, because they may not be passed on (``make test-official``).

Their folder comes from `PLI_CDA_SAMPLES` alone. Where it is not set, or has none, nothing runs and a sentence says so.
"""

from collections.abc import Iterator

import pytest

from tests.builders.gateway_site import GatewaySite, serving
from tests.builders.official import SamplesMissing, official_samples


def pytest_configure() -> None:
    """Refuse to run without the examples: a suite that is green because it is empty shows nothing."""
    try:
        official_samples()
    except SamplesMissing as error:
        raise pytest.UsageError(str(error)) from None


@pytest.fixture(scope="session")
def site() -> Iterator[GatewaySite]:
    """Give a gateway that serves the world of the demonstration."""
    with serving() as running:
        yield running
