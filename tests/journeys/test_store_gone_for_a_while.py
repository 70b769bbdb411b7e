"""A database that is gone for a minute: everybody is asked to come back, nothing is lost, and it goes on by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateway.core import store_paths
from tests.builders.gateway_inbox import inbox
from tests.builders.gateway_mail import LILAS, letter, relay
from tests.builders.gateway_site import ZELIE, GatewaySite, Patient
from tests.builders.patient_browser import signed_in
from tests.journeys.test_withheld_documents import status_of

pytestmark = pytest.mark.xdist_group("gateway")


@contextmanager
def gone(site: GatewaySite) -> Iterator[None]:
    """Take the data folder away, as a volume goes, and bring it back."""
    data = store_paths(site.world.settings).database.parent
    away = data.rename(data.with_name("away"))
    try:
        yield
    finally:
        away.rename(data)


async def test_mail_pages_and_mail_clients_are_asked_to_come_back(site: GatewaySite, patient: Patient) -> None:
    first, second = letter(LILAS, patient.address), letter(LILAS, patient.address)
    assert relay(site, LILAS, ZELIE, letter(LILAS, ZELIE).raw).status == "250 2.0.0"
    async with signed_in(site, patient) as browser:
        with inbox(site, ZELIE) as client:
            client.select("INBOX")
            with gone(site):
                assert relay(site, LILAS, patient.address, first.raw).status.startswith("451 ")
                assert await status_of(browser, "/documents") == 503
                status, told = client.store("1", "+FLAGS", r"\Flagged")
                assert status == "NO"
                assert b"[UNAVAILABLE]" in bytes(told[0] or b"")
            assert client.store("1", "+FLAGS", r"\Flagged")[0] == "OK"
            client.store("1", "-FLAGS", r"\Flagged")
        assert await status_of(browser, "/documents") == 200
    assert relay(site, LILAS, patient.address, second.raw).status == "250 2.0.0"
    site.settle()
    assert [card.message_id for card in site.messages(patient.address)] == [second.message_id]
