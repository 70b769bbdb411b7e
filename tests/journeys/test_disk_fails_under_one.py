"""The disk fails under one of two processes: neither writes any more, nor does an heir, until all start again."""

import json
import os
import signal
import smtplib
from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway.benchmark.serving import process_with
from tests.builders.gateway_mail import PAUL, converse, letter, submission_connection
from tests.builders.gateway_site import ZELIE, GatewaySite, lives_of_a_gateway, until
from tests.builders.odd_processes import ODDITY, WHEN
from tests.builders.warm_program import PREPARED_BY

pytestmark = pytest.mark.timeout(60)


def _serving(site: GatewaySite) -> list[int]:
    """Give the processes that the gateway says are ready."""
    told = json.loads(site.log_file.with_name("ready").read_bytes())
    assert isinstance(told["processes"], list)
    return told["processes"]


def _answers(site: GatewaySite) -> list[str]:
    """Send a letter by each process: new connections go to whoever has fewer, mostly."""
    by: dict[int, smtplib.SMTP] = {}
    with ExitStack() as opened:
        while len(by) < 2:
            client = opened.enter_context(submission_connection(site, ZELIE))
            assert client.sock
            by.setdefault(process_with(_serving(site), client.sock), client)
        return [converse(client, ZELIE, [PAUL], letter(ZELIE, PAUL).raw).status for client in by.values()]


def test_no_process_writes_after_the_disk_failed_under_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = tmp_path / "now"
    for name, value in ((PREPARED_BY, "tests.builders.odd_processes"), (ODDITY, "disk_fails"), (WHEN, str(fails))):
        monkeypatch.setenv(name, value)
    with lives_of_a_gateway(processes=2) as life:
        with life() as site:
            assert _answers(site) == ["250 2.0.0"] * 2
            fails.touch()
            assert {answer[:3] for answer in _answers(site)} == {"451"}
            assert not fails.exists()
            first, second = _serving(site)
            os.kill(first, signal.SIGKILL)
            until(lambda: len(told := _serving(site)) == 2 and first not in told, "nobody takes its place")
            assert second in _serving(site)
            assert {answer[:3] for answer in _answers(site)} == {"451"}
            assert site.log().count("blobs.broken") == 1
        with life() as site:
            assert _answers(site) == ["250 2.0.0"] * 2
