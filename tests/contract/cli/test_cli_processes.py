"""``pli serve`` by several processes: one that ends takes nobody with it, and all end together."""

import json
import os
import resource
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.builders.command_line import CLAIRE, Gateway, Serving
from tests.builders.gateway_site import until
from tests.builders.odd_processes import ODDITY, WHEN
from tests.builders.process_tree import is_running, serving_below
from tests.builders.warm_program import PREPARED_BY

CONNECTIONS = 6


@pytest.fixture
def several(gateway: Gateway) -> Gateway:
    """A gateway that serves by two processes."""
    gateway.set("processes = 1", "processes = 2")
    return gateway


def _odd(gateway: Gateway, environment: pytest.MonkeyPatch, oddity: str) -> Path:
    """Have a server do something odd from the moment on that the file which is given is there."""
    when = gateway.folder / "now"
    named = {PREPARED_BY: "tests.builders.odd_processes", ODDITY: oddity, WHEN: str(when)}
    for name, value in named.items():
        environment.setenv(name, value)
    return when


def _processes(gateway: Gateway) -> list[int]:
    told = json.loads((gateway.folder / "ready.json").read_bytes())
    assert isinstance(told["processes"], list)
    return told["processes"]


@contextmanager
def _clients(serving: Serving, count: int) -> Iterator[list[socket.socket]]:
    """Open connections that have read their greeting."""
    clients = [socket.create_connection(("localhost", serving.ports["starttls"]), 10) for _ in range(count)]
    try:
        for client in clients:
            assert client.recv(4) == b"220 "
        yield clients
    finally:
        for client in clients:
            client.close()


def _fail_to_sign_in(gateway: Gateway, serving: Serving) -> None:
    trust = ssl.create_default_context(cafile=str(gateway.folder / "tls" / "ca.pem"))
    client = smtplib.SMTP_SSL("localhost", serving.ports["submission"], context=trust, timeout=10)
    with pytest.raises(smtplib.SMTPException):  # refused, or cut with the process
        client.login(CLAIRE, "mot-de-passe-faux")
    client.close()


def _still_served(clients: Sequence[socket.socket]) -> list[socket.socket]:
    served = []
    for client in clients:
        try:
            client.sendall(b"NOOP\r\n")
            answer = b""
            while b"250 2.0.0" not in answer and (octets := client.recv(4096)):
                answer += octets
            served += [client] if b"250 2.0.0" in answer else []
        except OSError:
            continue
    return served


def test_process_that_is_killed_takes_only_its_connections_and_comes_again(several: Gateway) -> None:
    with several.serving() as serving, _clients(serving, CONNECTIONS) as clients:
        first, second = _processes(several)
        assert serving_below(serving.process.pid) == [first, second]
        os.kill(second, signal.SIGKILL)
        until(lambda: second not in _processes(several), "no other was begun")
        # Each had its share, half of them unless the machine was busy elsewhere.
        assert 0 < len(_still_served(clients)) < CONNECTIONS
        assert _processes(several)[0] == first
        with _clients(serving, CONNECTIONS) as others:
            assert len(_still_served(others)) == CONNECTIONS
        ended = serving.stop()
    assert ended.code == 0
    lines = [json.loads(line) for line in ended.talk.splitlines() if line.startswith("{")]
    assert [(line["event"], line["process"], line["status"]) for line in lines] == [("serve.process_ended", 1, -9)]


def test_processes_end_with_their_parent_and_leave_ports_and_folder(several: Gateway) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
    several.set("relay_port = 0", f"relay_port = {port}")
    with several.serving() as serving:
        both = _processes(several)
        refused = several.run("serve")
        os.kill(both[1], signal.SIGSTOP)  # it hears nobody any more, and the system ends it all the same
        serving.process.kill()
        until(lambda: not any(map(is_running, both)), "they outlive their parent")
    assert refused.code == 3
    with several.serving() as serving:
        assert serving.ports["relay"] == port
        assert serving.stop().code == 0


def test_process_that_halts_with_the_lock_of_commits_is_ended_and_the_others_go_on(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    when = _odd(several, monkeypatch, "halts_with_the_lock")
    with several.serving() as serving:
        before = set(_processes(several))
        when.touch()
        _fail_to_sign_in(several, serving)  # which is counted in the database
        until(lambda: not set(_processes(several)) >= before, "it was left to hold the lock")
        with _clients(serving, 2) as clients:
            assert len(_still_served(clients)) == 2
        assert several.run("patients", "list").code == 0
        assert serving.stop().code == 0
    assert '"event": "serve.lock_held"' in serving.talk.read_text()


def test_process_that_never_serves_ends_all_with_what_to_do(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    when = _odd(several, monkeypatch, "never_serves")
    with several.serving() as serving:
        when.touch()
        os.kill(_processes(several)[1], signal.SIGKILL)
        code = serving.process.wait(15)
    assert code == 1
    assert "[PLI-503] process 1 of this gateway ended 2 times in a row" in serving.talk.read_text()


def test_second_that_is_begun_again_ends_with_its_parent_too(several: Gateway) -> None:
    with several.serving() as serving:
        killed = _processes(several)[1]
        os.kill(killed, signal.SIGKILL)
        until(lambda: killed not in _processes(several), "no other was begun")
        both = _processes(several)
        assert serving_below(serving.process.pid) == both  # and no process that bore them
        for one in both:
            os.kill(one, signal.SIGSTOP)
        serving.process.kill()
        until(lambda: not any(map(is_running, both)), "they outlive their parent")


def test_interrupted_at_a_terminal_while_one_is_being_born_all_end_in_order(several: Gateway) -> None:
    with several.serving() as serving:
        parent, killed = serving.process.pid, _processes(several)[1]
        os.kill(killed, signal.SIGKILL)
        until(lambda: killed not in serving_below(parent), "it was not waited for")
        until(lambda: len(serving_below(parent)) > 1, "nothing was begun")
        below = serving_below(parent)
        for one in (parent, *below):
            os.kill(one, signal.SIGINT)  # as a terminal does
        assert serving.process.wait(15) == 0
        assert not any(map(is_running, below))


def test_file_that_cannot_be_written_again_ends_nobody(several: Gateway) -> None:
    with several.serving() as serving:
        first, second = _processes(several)
        (several.folder / "ready.json.part").mkdir()  # as a full disk, or a folder that was tidied away
        os.kill(second, signal.SIGKILL)
        until(lambda: "serve.ready_file_not_written" in serving.talk.read_text(), "it was not tried")
        assert serving_below(serving.process.pid)[0] == first
        with _clients(serving, 2) as clients:
            assert len(_still_served(clients)) == 2
        assert serving.stop().code == 0


def test_whoever_watched_and_has_gone_keeps_nobody_from_ending_in_order(several: Gateway) -> None:
    ready = several.folder / "ready.json"
    program = Path(sys.executable).with_name("pli")
    words: list[str | Path] = [program, "serve", "--config", several.config, "--ready-file", ready]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as serving, ExitStack() as stack:
        stack.callback(serving.kill)  # when it was not there in time
        until(ready.exists, "it does not serve")
        assert serving.stderr is not None
        serving.stderr.close()
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(15) == 0


def test_program_that_loads_no_more_ends_none_of_those_that_serve(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    when = _odd(several, monkeypatch, "loads_no_more")
    with several.serving() as serving:
        first, second = _processes(several)
        when.touch()
        os.kill(second, signal.SIGKILL)
        until(lambda: '"event": "serve.not_begun"' in serving.talk.read_text(), "nobody was told")
        with _clients(serving, 2) as clients:
            assert len(_still_served(clients)) == 2
        when.unlink()
        until(lambda: second not in _processes(several), "no other was begun")
        assert _processes(several)[0] == first
        assert serving.stop().code == 0


def test_nobody_is_begun_from_another_version_and_the_last_that_ends_ends_the_gateway(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _odd(several, monkeypatch, "has_other_files")
    (files / "gateway").mkdir(parents=True)
    (files / "gateway" / "a.py").write_text("VERSION = 1")
    with several.serving() as serving:
        first, second = _processes(several)
        (files / "gateway" / "a.py").write_text("VERSION = 11")
        os.kill(second, signal.SIGKILL)
        until(lambda: '"event": "serve.not_begun"' in serving.talk.read_text(), "nobody was told")
        with _clients(serving, 2) as clients:
            assert len(_still_served(clients)) == 2
        os.kill(first, signal.SIGKILL)
        assert serving.process.wait(20) == 1
    talk = serving.talk.read_text()
    assert "[PLI-503] the files of the program were changed since this gateway began" in talk
    assert "[PLI-503] process 0 of this gateway ended 2 times in a row" in talk


def test_process_that_somebody_halts_is_ended_and_begun_again(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    _odd(several, monkeypatch, "is_halted")
    with several.serving() as serving:
        first, second = _processes(several)
        os.kill(first, signal.SIGSTOP)
        os.kill(first, signal.SIGCONT)  # who goes on is left alone
        os.kill(second, signal.SIGSTOP)
        until(lambda: second not in _processes(several), "it was left to keep its clients waiting")
        assert _processes(several)[0] == first
        assert serving.stop().code == 0
    assert '"event": "serve.process_halted"' in serving.talk.read_text()


def test_process_that_hangs_before_it_serves_is_ended_and_begun_again(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    when = _odd(several, monkeypatch, "hangs_at_its_start")
    with several.serving() as serving:
        first, second = _processes(several)
        when.touch()
        os.kill(second, signal.SIGKILL)
        until(lambda: '"event": "serve.process_hung"' in serving.talk.read_text(), "it was waited for")
        when.unlink()
        until(lambda: second not in _processes(several), "no other was begun")
        assert _processes(several)[0] == first
        assert serving.stop().code == 0


def test_process_whose_loop_turns_no_more_is_ended_and_begun_again(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    when = _odd(several, monkeypatch, "loops_for_ever")
    with several.serving() as serving:
        first, second = _processes(several)
        when.touch()
        until(lambda: second not in _processes(several), "it was left to keep its clients waiting")
        assert _processes(several)[0] == first
        with _clients(serving, 2) as clients:
            assert len(_still_served(clients)) == 2
        assert serving.stop().code == 0
    talk = serving.talk.read_text()
    assert "Timeout" in talk
    assert "odd_processes.py" in talk  # where it stood
    lines = [json.loads(line) for line in talk.splitlines() if line.startswith("{")]
    told = [(line["event"], line["process"]) for line in lines]
    # On a busy machine its successor may be found as still after so few looks, too.
    assert told[:2] == [("serve.process_hung", 1), ("serve.process_ended", 1)] == sorted(set(told), reverse=True)


def test_told_to_end_before_one_has_said_that_it_was_born_it_ends_too(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    when = _odd(several, monkeypatch, "is_born_late")
    with several.serving() as serving:
        parent, (first, second) = serving.process.pid, _processes(several)
        when.touch()
        os.kill(second, signal.SIGKILL)
        until(lambda: second not in serving_below(parent), "it was not waited for")
        until(lambda: len(below := serving_below(parent)) == 2 and any(serving_below(below[1])), "nobody was born")
        (late,) = serving_below(serving_below(parent)[1])
        serving.process.terminate()
        until(lambda: not is_running(first), "it was not told")
        when.unlink()
        assert serving.process.wait(15) == 0
        assert not is_running(late)


def test_process_that_cannot_be_begun_ends_nobody_and_is_tried_again(
    several: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    when = _odd(several, monkeypatch, "loses_a_nursery")
    with several.serving() as serving:
        parent, (first, second) = serving.process.pid, _processes(several)
        before = resource.prlimit(parent, resource.RLIMIT_NOFILE)
        resource.prlimit(parent, resource.RLIMIT_NOFILE, (3, before[1]))
        os.kill(second, signal.SIGKILL)
        until(lambda: '"errno": 24' in serving.talk.read_text(), "there was a file to be had")
        when.touch()
        resource.prlimit(parent, resource.RLIMIT_NOFILE, before)
        until(lambda: second not in _processes(several), "no other was begun")
        assert '"errno": 32' in serving.talk.read_text()
        assert _processes(several)[0] == first
        assert serving.stop().code == 0
