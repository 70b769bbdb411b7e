"""A campaign that is killed while it leaves notices, and while they are sent: everybody is told, and once."""

import csv
import os
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import orjson
import pytest

from gateway.domain.identity import ins_key
from tests.builders.command_line import NIR_OID, PLI, ROOT, Gateway, Serving, found_gateway

SEND = ("notices", "send", "--issuer", "Assurance de l'Essai", "--json")
PEOPLE = int(os.environ.get("PLI_CAMPAIGN_PEOPLE", "100000"))
"""How many are told in the long run; as many more are imported."""
COLUMNS = (
    "ins", "ins_oid", "birth_name", "given_names", "used_name", "sex", "birth_date", "email", "phone", "state",
)  # fmt: skip
STEPS = "SELECT count(*) FROM outbox WHERE kind = 'opening'"
TOLD = "SELECT count(*) FROM space WHERE state = 'notified'"


def _people(gateway: Gateway, told: int, others: int) -> Path:
    """Write a file of people of whom nobody was told, and of others whose space is open."""
    path = gateway.folder.with_name("people.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for serial in range(told + others):
            number = f"280{1 + serial // 100_000:02}63{serial % 100_000:06}"
            ins = f"{number}{ins_key(number):02}"
            state, mail = "created" if serial < told else "open", f"p{serial}@courriel.example"
            rows.writerow([ins, NIR_OID, "ESSAI", "Jeanne", "", "F", "1980-01-15", mail, "", state])
    return path


def _count(gateway: Gateway, query: str) -> int:
    with closing(sqlite3.connect(gateway.database)) as database:
        return int(database.execute(query).fetchone()[0])


def _killed_when(gateway: Gateway, process: "subprocess.Popen[str]", query: str, count: int) -> None:
    """Kill a process once the database says so many, unless it has ended by then."""
    while process.poll() is None and _count(gateway, query) < count:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.kill()
    process.wait()


def _sent_by(gateway: Gateway, serving: Serving, told: int) -> None:
    while _count(gateway, TOLD) < told:
        with suppress(subprocess.TimeoutExpired):
            serving.process.wait(0.2)
        assert serving.process.poll() is None


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(150, marks=[pytest.mark.slow, pytest.mark.timeout(180)], id="short"),
        pytest.param(PEOPLE, marks=[pytest.mark.long, pytest.mark.timeout(7_200)], id="long"),
    ],
)
def test_campaign_that_is_killed_twice_tells_everybody_once(tmp_path: Path, told: int) -> None:
    gateway = found_gateway(tmp_path / "gateway")
    before, began = _count(gateway, TOLD), time.perf_counter()
    file = _people(gateway, told, told)
    imported = subprocess.run(
        [*PLI, "patients", "import", str(file), "--config", str(gateway.config)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert imported.returncode == 0, imported.stderr
    at = {"imported": time.perf_counter() - began}
    campaign = subprocess.Popen([*PLI, *SEND, "--config", str(gateway.config)], cwd=ROOT, text=True)
    _killed_when(gateway, campaign, STEPS, told // 3)
    again = subprocess.run(
        [*PLI, *SEND, "--config", str(gateway.config)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert orjson.loads(again.stdout)["unreachable"] == 0
    assert _count(gateway, STEPS) == told
    at["left"] = time.perf_counter() - began
    with gateway.serving() as serving:
        _killed_when(gateway, serving.process, TOLD, before + told // 3)
    with gateway.serving() as serving:
        _sent_by(gateway, serving, before + told)
        assert serving.stop().code == 0
    at["sent"] = time.perf_counter() - began
    print({name: round(seconds, 1) for name, seconds in at.items()})
    notices = [orjson.loads(path.read_bytes()) for path in (gateway.folder / "notices").glob("[!.]*.json")]
    everybody = (f"p{serial}@courriel.example" for serial in range(told))
    assert Counter(notice["to"] for notice in notices) == Counter(everybody)
    assert len({notice["code"] for notice in notices}) == told
    assert _count(gateway, STEPS) == 0
