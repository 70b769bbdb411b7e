"""The server is killed while an archive is made and while a payer tells of care: nothing is lost, doubled or left over.

One archive is asked for once, and the server is killed at each point of its making, one life after the other.
"""

import asyncio
import hashlib
import json
import os
import random
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path

import aiohttp
import pytest

from dossier_bridge.synthetic import pdf_page
from gateway.domain.notices import NoticeKind
from gateway.store.blobs.sweeper import sweep
from tests.builders.archives import files_of, manifest_of
from tests.builders.care_feeds import bundle, explanation
from tests.builders.depositor import PAYER, DepositAnswer, Depositor
from tests.builders.gateway_site import GatewaySite, Patient, lives_of_a_gateway, until
from tests.builders.patient_browser import signed_in
from tests.builders.warm_program import PREPARED_BY
from tests.crash.self_killed import POINT, POINTS

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]
DATA = [pdf_page([f"Attestation {number}"]) for number in range(2)]
ACTS = 8
ROUNDS = 3
"""Lives of `make test-long`, killed at points drawn by a seed, after the one of each point."""


@dataclass(frozen=True)
class Story:
    """What was seen after the last start: by its person, in the folder of notices, on the disk, and by the payer."""

    archive: dict[str, bytes]
    notices: int
    made: int
    blobs_nobody_holds: int
    acknowledged: list[DepositAnswer | None]
    again: list[DepositAnswer | None]
    history: str


def _payer(site: GatewaySite) -> Depositor:
    return Depositor.of(site.ports["deposit"], site.world.authority, site.world.senders[PAYER])


def _tell_of(site: GatewaySite, patient: Patient, act: int) -> DepositAnswer | None:
    """Tell of one act; None when the server was gone before it answered."""
    told = explanation(str(act), provider={"display": f"Dr Numéro {act}"})
    with suppress(OSError, HTTPException):
        path = f"/patients/{patient.address}/care-history"
        return _payer(site).ask("POST", path, bundle(patient.identity, told), {})
    return None


async def _ask(site: GatewaySite, patient: Patient) -> None:
    async with signed_in(site, patient) as browser:
        page = await browser.get("/mes-donnees")
        with suppress(aiohttp.ClientError, OSError, TimeoutError):  # it is being made, and the server is gone
            await browser.submit(page, "/mes-donnees", {})


async def _looked_at(site: GatewaySite, patient: Patient) -> tuple[bytes, str]:
    async with signed_in(site, patient) as browser:
        assert "Votre archive est prête" in await browser.get("/mes-donnees")
        _, archive = await browser.file("/mes-donnees/archive")
        return archive, await browser.get("/profil/historique-de-soins")


def _notices(site: GatewaySite, patient: Patient) -> int:
    folder = site.world.settings.path(site.world.settings.paths.notices)
    found = [json.loads(file.read_bytes()) for file in folder.glob("[!.]*.json")]
    return sum(one["to"] == patient.email and one["kind"] == NoticeKind.EXPORT_READY.value for one in found)


def _ended(site: GatewaySite) -> None:
    until(lambda: not Path(f"/proc/{site.pid}").exists(), "the server did not kill itself")


def _left_over(site: GatewaySite) -> int:
    """Sweep as if a day had gone by, and count what is on the disk without anybody who holds it."""
    it, soon = site.observer.core, datetime.now(UTC) + timedelta(minutes=1)
    swept = site.observer.run(sweep(it.store, it.blobs, it.clock, timedelta(0)))
    assert swept >= 3, "a piece of each archive that was not finished"
    there = list(it.blobs.older_than(soon))
    assert there
    return site.observer.read(lambda tx: sum(not tx.blobs.referenced(ref) for ref in there))


def _story(points: list[str], monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setenv(PREPARED_BY, "tests.crash.self_killed")
    with lives_of_a_gateway(processes=2) as life, ThreadPoolExecutor() as threads:
        feeds: list[Future[DepositAnswer | None]] = []
        for at, point in enumerate(points):
            monkeypatch.setenv(POINT, point)
            with life() as site:
                if not at:
                    patient = site.new_patient()
                    assert all(_payer(site).post(patient.address, data).status == 201 for data in DATA)
                    acknowledged = [_tell_of(site, patient, 0)]
                    feeds = [threads.submit(_tell_of, site, patient, act) for act in range(1, ACTS)]
                    asyncio.run(_ask(site, patient))
                _ended(site)
        monkeypatch.delenv(POINT)
        acknowledged += [feed.result() for feed in feeds]
        with life() as site:
            site.settle()
            again = [_tell_of(site, patient, act) for act in range(ACTS)]
            archive, history = asyncio.run(_looked_at(site, patient))
            vault = site.vault(patient.address)
            events = site.observer.read(lambda tx: [event.action for event in tx.audit.events(vault)])
            return Story(
                archive=files_of(archive), notices=_notices(site, patient), made=events.count("export.made"),
                blobs_nobody_holds=_left_over(site), acknowledged=acknowledged, again=again, history=history,
            )  # fmt: skip


@pytest.fixture(scope="module", params=["short", pytest.param("long", marks=pytest.mark.long)])
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    points, chance = list(POINTS), random.Random(int(os.environ.get("PLI_CRASH_SEED", "9")))
    with pytest.MonkeyPatch.context() as monkeypatch:
        early = chance.choices(points[:3], k=ROUNDS * 3) if request.param == "long" else []
        yield _story([*early, *points], monkeypatch)


def test_archive_whose_making_was_killed_is_whole(story: Story) -> None:
    kept: Mapping[str, Mapping[str, object]] = manifest_of(story.archive)["files"]
    assert {name: hashlib.sha256(story.archive[name]).hexdigest() for name in kept} == {
        name: said["sha256"] for name, said in kept.items()
    }
    assert set(DATA) <= set(story.archive.values())


def test_person_is_told_once_and_nothing_half_made_is_left(story: Story) -> None:
    assert story.notices == 1
    assert story.made == 1
    assert story.blobs_nobody_holds == 0


def test_feed_that_was_acknowledged_is_there_and_never_doubled(story: Story) -> None:
    for before, again in zip(story.acknowledged, story.again, strict=True):
        assert again is not None
        assert again.status == 200
        assert before is None or (before.json["new"], again.json["same"]) == (1, 1)
        assert again.json["new"] + again.json["same"] == 1
    assert story.acknowledged[0] is not None
    assert [story.history.count(f"Dr Numéro {act}") for act in range(ACTS)] == [1] * ACTS
