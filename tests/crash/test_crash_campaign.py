"""A campaign that is killed while it leaves notices, and while they are sent: everybody is told, and once."""

import csv
import os
import re
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import orjson
import pytest

from gateway.domain.identity import ins_key
from gateway.domain.outbox import Urgency
from tests.builders.command_line import NIR_OID, PLI, ROOT, Gateway, Serving, found_gateway
from tests.builders.process_tree import serving_below
from tests.builders.warm_program import StartedProgram

SEND = ("notices", "send", "--issuer", "Assurance de l'Essai", "--json")
PEOPLE = int(os.environ.get("PLI_CAMPAIGN_PEOPLE", "100000"))
"""How many are told in the long run; as many more are imported."""
COLUMNS = (
    "ins", "ins_oid", "birth_name", "given_names", "used_name", "sex", "birth_date", "email", "phone", "state",
)  # fmt: skip
WAITING = f"SELECT count(*) FROM outbox WHERE parked = 0 AND urgency = {int(Urgency.CAMPAIGN)}"
"""Answered by an index alone: counting must not slow down what is counted."""
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


def _killed_when(
    gateway: Gateway, process: "subprocess.Popen[str] | StartedProgram", is_time: Callable[[int], bool]
) -> None:
    """Kill a process once so many notices wait, unless it has ended by then."""
    while process.poll() is None and not is_time(_count(gateway, WAITING)):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.kill()
    process.wait()


def _all_sent_by(gateway: Gateway, serving: Serving) -> None:
    while _count(gateway, WAITING):
        with suppress(subprocess.TimeoutExpired):
            serving.process.wait(0.2)
        assert serving.process.poll() is None


def _done(gateway: Gateway, *words: str) -> tuple[str, int]:
    """Run a command to its end; give what it answers, and its greatest memory in MiB."""
    command = [*PLI, *words, "--config", str(gateway.config)]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        answer = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return answer, usage.ru_maxrss // 1024


def _greatest_memory(process: StartedProgram) -> int:
    """Give the greatest memory of a running process so far, in MiB."""
    serving = serving_below(process.pid)[0]
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{serving}/status").read_text(encoding="ascii"))
    return int(found[1]) // 1024 if found else 0


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
    _, memory = _done(gateway, "patients", "import", str(_people(gateway, told, told)))
    at: dict[str, tuple[float, int]] = {"imported": (time.perf_counter() - began, memory)}
    campaign = subprocess.Popen([*PLI, *SEND, "--config", str(gateway.config)], cwd=ROOT, text=True)
    _killed_when(gateway, campaign, lambda waiting: waiting >= told // 3)
    answer, memory = _done(gateway, *SEND)
    assert orjson.loads(answer)["unreachable"] == 0
    assert _count(gateway, WAITING) == told
    at["left"] = time.perf_counter() - began, memory
    with gateway.serving() as serving:
        _killed_when(gateway, serving.process, lambda waiting: waiting <= told - told // 3)
    with gateway.serving() as serving:
        _all_sent_by(gateway, serving)
        at["sent"] = time.perf_counter() - began, _greatest_memory(serving.process)
        assert serving.stop().code == 0
    print({name: (round(seconds, 1), f"{memory} MiB") for name, (seconds, memory) in at.items()})
    assert _count(gateway, TOLD) == before + told
    notices = [orjson.loads(path.read_bytes()) for path in (gateway.folder / "notices").glob("[!.]*.json")]
    everybody = (f"p{serial}@courriel.example" for serial in range(told))
    assert Counter(notice["to"] for notice in notices) == Counter(everybody)
    assert len({notice["code"] for notice in notices}) == told
    assert _count(gateway, "SELECT count(*) FROM outbox WHERE kind = 'opening'") == 0
