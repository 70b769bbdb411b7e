"""``pli serve``: starts, says so, ends when told; refuses ports that are taken before it touches anything."""

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.builders.command_line import NOTIFIED, Gateway, patient_line, pli


def test_it_serves_until_told_to_stop_and_ends_well(gateway: Gateway) -> None:
    with gateway.serving() as serving:
        context = ssl.create_default_context(cafile=str(gateway.folder / "tls" / "ca.pem"))
        plain = socket.create_connection(("localhost", serving.ports["submission"]), timeout=10)
        with context.wrap_socket(plain, server_hostname="localhost") as client:
            assert client.recv(4) == b"220 "
        ended = serving.stop()
    assert ended.code == 0
    assert ended.out == ""
    assert "Stopping: finishing what is under way." in ended.talk
    assert "Traceback" not in ended.talk


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("after", [0.0, 0.2, 0.5, 0.9, 1.4, 2.2])
def test_told_to_stop_while_it_starts_it_ends_without_a_word_of_failure(
    gateway: Gateway, number: signal.Signals, after: float
) -> None:
    with gateway.starting() as process:
        # Any moment will do: the slower the machine, the earlier in the start.
        with suppress(subprocess.TimeoutExpired):
            process.wait(after)
        # To the readers, too, as a terminal does.
        os.killpg(process.pid, number)
        out, talk = process.communicate(timeout=18)
    assert process.returncode == 0, talk
    assert out == ""
    assert not re.search("Traceback|PLI-|Aborted|error", talk), talk


def test_a_port_that_is_taken_is_named_with_its_setting(gateway: Gateway) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        gateway.set("relay_port = 0", f"relay_port = {port}")
        refused = gateway.run("serve")
    assert refused.code == 3
    last = refused.talk.splitlines()[-1]
    assert last.startswith(f"pli: [PLI-501] smtp.relay_port: port {port} on 127.0.0.1 cannot be taken")
    assert "or set another port" in last
    assert "Traceback" not in refused.talk


def test_a_port_that_is_taken_hides_no_other_mistake(gateway: Gateway) -> None:
    kek = gateway.folder / "keys" / "kek"
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        gateway.set("relay_port = 0", f"relay_port = {other.getsockname()[1]}")
        kek.rename(kek.with_name("elsewhere"))
        without_key = gateway.run("serve")
        kek.with_name("elsewhere").rename(kek)
        (gateway.folder / "tls" / "operator.key").unlink()
        without_certificate = gateway.run("serve")
    assert "holds no key-encryption key" in without_key.talk
    assert "operator.key cannot be used" in without_certificate.talk


def test_it_says_where_everything_answers(gateway: Gateway) -> None:
    with gateway.serving() as serving:
        talk = serving.said
    assert f"  web         127.0.0.1:{serving.ports['web']}  https://localhost:{serving.ports['web']}/" in talk
    for name, port in (("smtp relay", "relay"), ("submission", "submission"), ("imap", "imap")):
        assert f"  {name:10}  127.0.0.1:{serving.ports[port]}  " in talk


def test_threads_of_the_interpreter_keep_to_one_core_and_readers_use_all(gateway: Gateway) -> None:
    with gateway.serving() as serving:
        below = [process for pid in _descendants(serving.process.pid) if (process := Path(f"/proc/{pid}")).exists()]
        readers = [process for process in below if b"worker_main" in (process / "cmdline").read_bytes()]
        others = [process for process in below if process not in readers]
        kept = [sum(len(cores) == 1 for cores in map(_cores, process.glob("task/*"))) for process in others]
    # The loop, the one that writes, and two that read.
    assert max(kept) >= 4
    assert {cores for process in readers for cores in map(_cores, process.glob("task/*"))} == {
        frozenset(os.sched_getaffinity(0))
    }


def _descendants(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(one for child in children for one in _descendants(int(child)))]


def _cores(task: Path) -> frozenset[int]:
    return frozenset(os.sched_getaffinity(int(task.name)))


def test_one_port_named_for_two_listeners_is_found(gateway: Gateway) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
    gateway.set("relay_port = 0", f"relay_port = {port}")
    gateway.set("submission_port = 0", f"submission_port = {port}")
    assert "smtp.submission_port" in gateway.run("serve").talk


def test_a_host_that_is_not_this_machine_s_is_named_with_its_setting(gateway: Gateway) -> None:
    gateway.set("[smtp]", '[smtp]\nhost = "192.0.2.1"')
    refused = gateway.run("serve")
    assert refused.code == 3
    assert '[PLI-501] smtp.host: "192.0.2.1" is no address of this machine' in refused.talk


def test_the_demonstration_takes_only_ports_that_are() -> None:
    refused = pli("demo", "--json", "--port-base", "70000")
    assert refused.code == 2
    assert "--port-base" in refused.talk
    assert "Traceback" not in refused.talk


def test_the_demonstration_is_not_made_in_a_folder_that_holds_anything(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    refused = pli("demo", "--json", "--port-base", "0", "--dir", tmp_path)
    assert refused.code == 3
    assert "is not empty" in refused.talk


def test_the_demonstration_says_how_to_get_other_ports() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        refused = pli("demo", "--json", "--port-base", str(other.getsockname()[1] - 2))
    assert refused.code == 3
    assert "--port-base 0" in refused.talk


def test_a_missing_certificate_stops_it_with_the_file_named(gateway: Gateway) -> None:
    (gateway.folder / "tls" / "server.key").unlink()
    refused = gateway.run("serve")
    assert refused.code == 3
    assert "server.key" in refused.talk
    assert "Traceback" not in refused.talk


def test_warnings_of_a_server_are_one_json_object_a_line(gateway: Gateway) -> None:
    (gateway.folder / "directory" / "directory.snapshot").unlink()
    with gateway.serving() as serving:
        first = serving.said.splitlines()[0]
    assert json.loads(first)["event"] == "directory.unusable"


def test_a_second_server_of_one_folder_says_which_process_has_it(gateway: Gateway) -> None:
    with gateway.serving() as serving:
        refused = gateway.run("serve")
        beside = gateway.run("patients", "import", gateway.patients(patient_line(NOTIFIED)))
    assert refused.code == 3
    assert "Traceback" not in refused.talk
    last = refused.talk.splitlines()[-1]
    assert last.startswith(f"pli: [PLI-501] {gateway.folder / 'data'} is being served by process {serving.process.pid}")
    assert "UTC: stop that process first" in last
    assert beside.code == 0


def test_a_server_that_was_killed_holds_nothing(gateway: Gateway) -> None:
    with gateway.serving() as serving:
        serving.process.kill()
    with gateway.serving() as serving:
        assert serving.stop().code == 0


def test_a_second_server_is_refused_while_the_first_has_said_nothing_yet(gateway: Gateway) -> None:
    with (gateway.folder / "data" / "serving.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = gateway.run("serve")
    assert refused.code == 3
    assert "is being served by another process" in refused.talk


def test_a_data_folder_that_is_missing_is_named(gateway: Gateway) -> None:
    shutil.rmtree(gateway.folder / "data")
    refused = gateway.run("serve")
    assert refused.code == 3
    assert f"{gateway.folder / 'data'} cannot be written to" in refused.talk
    assert "Traceback" not in refused.talk
