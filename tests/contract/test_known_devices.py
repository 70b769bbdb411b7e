"""What a browser keeps after a sign-in: a place in the queue for a year, for the accounts that signed in there."""

from datetime import timedelta

import pytest

from gateway.domain.mailbox import VaultId
from gateway.services.sign_in.known_devices import KnownDevices
from tests.builders.store import StoreAt

CAMILLE, LOUIS = VaultId(7), VaultId(8)
FAMILY = [VaultId(number) for number in range(1, 8)]
DAY = timedelta(days=1)


@pytest.fixture
def devices(at: StoreAt) -> KnownDevices:
    """Devices known by the key of a store."""
    return KnownDevices(at.store.digest, at.clock)


async def test_device_is_known_for_the_account_that_signed_in_there(devices: KnownDevices) -> None:
    cookie = devices.with_account("", CAMILLE)
    assert cookie.startswith(devices.device_of(cookie, CAMILLE) + ".")
    assert devices.device_of(cookie, LOUIS) == ""


async def test_device_is_known_for_a_year(devices: KnownDevices, at: StoreAt) -> None:
    cookie = devices.with_account("", CAMILLE)
    at.clock.advance(364 * DAY)
    assert devices.device_of(cookie, CAMILLE)
    at.clock.advance(DAY)
    assert not devices.device_of(cookie, CAMILLE)
    assert devices.device_of(devices.with_account(cookie, CAMILLE), CAMILLE)


async def test_family_shares_a_device(devices: KnownDevices) -> None:
    cookie = ""
    for vault in FAMILY:
        cookie = devices.with_account(devices.with_account(cookie, vault), vault)
    name = cookie.partition(".")[0]
    assert [devices.device_of(cookie, vault) for vault in FAMILY] == ["", "", *[name] * 5]


async def test_two_devices_have_two_names(devices: KnownDevices) -> None:
    one, other = (devices.with_account("", CAMILLE) for _ in range(2))
    assert devices.device_of(one, CAMILLE) != devices.device_of(other, CAMILLE)


@pytest.mark.parametrize("end", ["x", ".", "é", ".1-", "." + "f" * 400])
async def test_anything_else_is_no_device(devices: KnownDevices, end: str) -> None:
    cookie = devices.with_account("", CAMILLE)
    assert devices.device_of(cookie + end, CAMILLE) == ""
    assert devices.device_of(end, CAMILLE) == ""


async def test_code_of_one_device_is_nothing_on_another(devices: KnownDevices) -> None:
    one, other = (devices.with_account("", CAMILLE) for _ in range(2))
    mixed = one.partition(".")[0] + "." + other.partition(".")[2]
    assert devices.device_of(mixed, CAMILLE) == ""
