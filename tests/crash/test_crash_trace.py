"""Every 250 seen from outside: octets, file name and commit are on the disk before it leaves (promise 1)."""

import asyncio
import csv
import sys
from pathlib import Path

import pytest

from gateway.services.space.patients_file import COLUMNS
from tests.crash.campaign import a_ledger
from tests.crash.laboratory import Laboratory
from tests.crash.ledger import Sending
from tests.crash.site import REPOSITORY, SERVER, Site, a_site
from tests.crash.system_calls import (
    BLOB_SYNC,
    COMMIT,
    FOLDER_SYNC,
    Call,
    created_unsynchronised,
    is_frame,
    is_log,
    lacking,
    read_trace,
    strace,
)

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash"), pytest.mark.timeout(120)]

MESSAGES = 20
"""After each, the notice of its coming waits two seconds: what follows a message must be done before the next."""
_NEW_PATIENT = {
    "ins": "255069999999934", "ins_oid": "1.2.250.1.213.1.4.11", "birth_name": "ESSAI", "given_names": "Zoé",
    "sex": "F", "birth_date": "1955-06-01",
}  # fmt: skip


async def _trace(folder: Path, messages: int, program: tuple[str, ...] = SERVER) -> tuple[list[Call], Laboratory]:
    """Send one message at a time to a traced server, each when all that followed the one before is done."""
    output, ledger = folder / "trace", a_ledger(3)
    async with a_site(program=program, under=strace(output)) as site:
        await site.start()
        laboratory = Laboratory(site, ledger)
        for number in range(messages):
            await _send_alone(site, laboratory, ledger.letter() if number % 4 == 0 else ledger.result(), number)
        assert await site.stop() == 0
        return read_trace(output), laboratory


async def _send_alone(site: Site, laboratory: Laboratory, sending: Sending, number: int) -> None:
    # The ledger numbers what it keeps.
    laboratory.ledger.sendings.append(sending)
    assert await site.drained(30) == 0
    assert await laboratory.offer(sending), f"message {number} was not taken:\n{site.tail()}"


async def test_no_250_leaves_before_blob_folder_and_commit_are_synchronised(tmp_path: Path) -> None:
    calls, laboratory = await _trace(tmp_path, MESSAGES)
    assert len(laboratory.acknowledged) == MESSAGES
    assert [lacking(calls, sent) for sent in laboratory.acknowledged] == [[]] * MESSAGES


async def test_log_made_at_start_has_its_name_on_the_disk_before_the_first_250(tmp_path: Path) -> None:
    calls, laboratory = await _trace(tmp_path, 1)
    (sent,) = laboratory.acknowledged
    first_250 = next(call.began for call in calls if call.at >= sent.handed and f":{sent.port}]" in call.target)
    assert any(is_log(call.target) and is_frame(call) and call.began < first_250 for call in calls)
    assert created_unsynchronised(calls, first_250, is_log) == []


@pytest.mark.parametrize(
    ("fault", "lacks"),
    [
        ("blobs-not-synchronised", BLOB_SYNC),
        ("folders-not-synchronised", FOLDER_SYNC),
        ("log-not-synchronised", COMMIT),
        ("acknowledge-before-commit", COMMIT),
    ],
)
async def test_trace_reveals(fault: str, lacks: str, tmp_path: Path) -> None:
    calls, laboratory = await _trace(tmp_path, 3, ("-m", "tests.crash.sabotaged", fault))
    assert any(lacks in lacking(calls, sent) for sent in laboratory.acknowledged)


async def test_key_of_a_new_space_is_on_the_disk_before_anything_is_sealed_with_it(tmp_path: Path) -> None:
    patients, output = tmp_path / "patients.csv", tmp_path / "trace"
    with patients.open("w", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        rows.writerow(_NEW_PATIENT)
    async with a_site() as site:
        command = ("patients", "import", str(patients), "--config", str(site.root / "pli.toml"))
        process = await asyncio.create_subprocess_exec(
            *strace(output), sys.executable, *SERVER, *command, cwd=REPOSITORY
        )
        assert await process.wait() == 0
    calls = read_trace(output)
    first = next(call.began for call in calls if is_log(call.target) and is_frame(call))
    keys = [call for call in calls if call.target.endswith("/keys.sqlite-wal") and call.ended < first]
    written = max(call.ended for call in keys if is_frame(call))
    assert any(call.name == "fdatasync" and call.began > written for call in keys)
    assert created_unsynchronised(calls, first, lambda target: target.endswith("/keys.sqlite-wal")) == []
