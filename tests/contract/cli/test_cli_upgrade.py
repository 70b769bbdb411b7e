"""A gateway of the version before spaces had a life of their own: upgraded, whole, and its people as they were.

`tests/contract/frozen/gateway-pli1.tar.xz` is the invented world of `pli demo`, as that version left it: schema `pli1`,
sealed records of its forms, one result filed and answered. Its certificates are not in it.
"""

import asyncio
import json
import tarfile
from pathlib import Path

import pytest

from gateway.backup.making import make_copy, sealed
from gateway.clock import SystemClock
from gateway.config import load_settings
from gateway.core import core
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceEvent
from gateway.services.sign_in.patient_sign_in import CodeIssued
from gateway.services.space.space_keeper import SpaceKeeper
from gateway.setup import make_certificates
from tests.builders.command_line import Gateway, pli
from tests.builders.repository import ROOT

OLD = ROOT / "tests" / "contract" / "frozen" / "gateway-pli1.tar.xz"
CAMILLE, PASSWORD, NUMBER = "camille", "Sentier-Mousse-84", "284037511604282"


@pytest.fixture
def old(tmp_path: Path) -> Gateway:
    """The gateway as the earlier version left it, with new certificates."""
    folder = tmp_path / "gateway"
    with tarfile.open(OLD) as archive:
        archive.extractall(folder, filter="data")
    make_certificates(folder / "tls", "localhost", SystemClock().now())
    for file in (folder / "keys").iterdir():
        file.chmod(0o600)
    return Gateway(folder)


async def _nobody_is_erased(_vault: VaultId, _event: SpaceEvent) -> None:
    raise AssertionError("an upgrade erases nobody")


async def _signs_in_and_is_found(gateway: Gateway) -> bool:
    async with core(load_settings(gateway.config)) as it:
        # What a server does when it begins: spaces of before are found by their numbers after it.
        await SpaceKeeper(it.store, it.clock, _nobody_is_erased).keep()
        found = await it.store.read(lambda tx: tx.spaces.with_number(NUMBER))
        assert [str(space.address.mail.local) for space in found] == [NUMBER]
        return isinstance(await it.patients.sign_in(CAMILLE, PASSWORD, "127.0.0.1"), CodeIssued)


def test_older_store_is_upgraded_when_it_is_served_and_nothing_of_it_is_lost(old: Gateway) -> None:
    refused = old.run("verify")
    assert refused.code == 3
    assert "pli serve" in refused.talk
    with old.serving():
        pass
    verified = old.run("verify", "--json").data
    assert (verified["damaged"], verified["findings"]) == (0, [])
    assert (verified["blobs"] > 0, verified["events"] > 0) == (True, True)
    listed = [json.loads(line) for line in old.run("patients", "list", "--json").out.splitlines()]
    assert sorted(found["state"] for found in listed) == [
        "active", "active", "active", "closed", "notified", "open", "opposed",
    ]  # fmt: skip
    assert asyncio.run(_signs_in_and_is_found(old))


def test_backup_of_an_older_version_is_upgraded_when_it_is_put_back(old: Gateway, tmp_path: Path) -> None:
    settings, backup, keys = load_settings(old.config), tmp_path / "backup", tmp_path / "keys"
    sealed(make_copy(settings, backup, keys, lambda _: None), SystemClock().now())
    restored = pli("restore", backup, "--keys", keys, "--to", tmp_path / "new", "--json")
    assert (restored.code, restored.data["damaged"], restored.data["blobs"] > 0) == (0, 0, True), restored.talk
