"""Start ``pli`` from a process that has loaded it already, for tests that run many commands and servers.

Each is a process of its own all the same: its words, its streams, its memory, its end. Only the seconds that the
interpreter takes to load the program are spent once. Tests of the start itself and of terminals start it in full.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LONGEST = 60
"""Seconds of one command."""
PREPARED_BY = "PLI_TESTS_PREPARED_BY"
"""In the environment of a command, the module that is loaded before it, in its process alone."""
_GLANCE = 0.005


@dataclass(slots=True)
class StartedProgram:
    """A command that was left to run, used as `subprocess.Popen` is.

    Attributes:
        pid: of the command itself.
        status: the file that has its exit code once it has ended.
    """

    pid: int
    status: Path
    returncode: int | None = None

    def poll(self) -> int | None:
        """Give its exit code once it has ended."""
        if self.returncode is None and self.status.exists():
            self.returncode = int(self.status.read_text())
            self.status.unlink()
        return self.returncode

    def wait(self, seconds: float = _LONGEST) -> int:
        """Wait for its end; `subprocess.TimeoutExpired` when it takes longer."""
        until = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), seconds)
            time.sleep(_GLANCE)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Signal it unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has ended, and whoever waits for it has not written so yet
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it, wherever it stands."""
        self.send_signal(signal.SIGKILL)


class WarmProgram:
    """The process that has loaded the program; one command at a time, and servers beside them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=_ROOT,
            env={**os.environ, "PYTHONWARNINGS": "error"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, words: list[str], environment: Mapping[str, str], at: Path = _ROOT) -> tuple[int, str, str]:
        """Run one command to its end in the folder `at`; give its exit code, stdout and stderr."""
        with tempfile.TemporaryDirectory() as folder:
            out, talk = Path(folder) / "out", Path(folder) / "talk"
            code = self._ask(words, environment, at, out, talk)
            return code, out.read_text(), talk.read_text()

    def start(
        self, words: list[str], environment: Mapping[str, str], at: Path, out: Path, talk: Path
    ) -> StartedProgram:
        """Leave a command running; what it says is added to the files `out` and `talk`."""
        status = Path(tempfile.mkdtemp(prefix="pli-status-")) / "code"
        return StartedProgram(self._ask(words, environment, at, out, talk, str(status)), status)

    def _ask(
        self, words: list[str], environment: Mapping[str, str], at: Path, out: Path, talk: Path, status: str = ""
    ) -> int:
        """Give the exit code of a command, or the process of one that is left running."""
        given, taken = self._process.stdin, self._process.stdout
        assert given is not None
        assert taken is not None
        asked = {
            "words": words, "at": str(at), "out": str(out), "talk": str(talk), "environment": {**environment},
            "status": status,
        }  # fmt: skip
        with self._lock:
            try:
                given.write(json.dumps(asked) + "\n")
                given.flush()
                return int(taken.readline())
            except BaseException:
                # A test that ran out of its time: its answer must not be taken for that of the next command.
                self._process.kill()
                warm_program.cache_clear()
                raise

    def close(self) -> None:
        """Have it end."""
        self._process.communicate()


@cache
def warm_program() -> WarmProgram:
    """Give the one of this process, which ends with it."""
    made = WarmProgram()
    atexit.register(made.close)
    return made


def _told() -> dict[str, object]:
    """Answer each line by a process that runs its command; only that process comes back from here, with the line."""
    for line in sys.stdin:
        found = json.loads(line)
        assert isinstance(found, dict)
        if found["status"]:
            if _is_left_running(found["status"]):
                return found
            continue
        child = os.fork()
        if child == 0:
            signal.alarm(_LONGEST)
            return found
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    sys.exit()


def _is_left_running(status: str) -> bool:
    """Fork a command that is not waited for; only it gets True. Whoever waits for it writes down how it ended."""
    reading, writing = os.pipe()
    between = os.fork()
    if between:
        os.close(writing)
        print(int(os.read(reading, 20)), flush=True)
        os.close(reading)
        os.waitpid(between, 0)
        return False
    os.close(reading)
    if os.fork():
        os._exit(0)  # the one who waits is nobody's child, so nobody waits for it
    child = os.fork()
    if child == 0:
        os.close(writing)
        return True
    os.write(writing, str(child).encode())
    os.close(writing)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    Path(status + ".part").write_text(str(code))
    Path(status + ".part").rename(status)
    os._exit(0)


def _become(told: dict[str, object]) -> None:
    """Take on the words and streams of a command."""
    for number, name in ((1, "out"), (2, "talk")):
        handle = os.open(str(told[name]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, number)
        os.close(handle)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.chdir(str(told["at"]))
    words, environment = told["words"], told["environment"]
    assert isinstance(words, list)
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [str(_ROOT / "gateway" / "cli" / "__main__.py"), *words]
    sys.modules["__main__"].__package__ = "gateway.cli"  # of which usage lines speak


def _serve() -> None:
    import gateway.app  # noqa: F401 - loaded for all commands
    from gateway.cli.__main__ import run
    from gateway.cli.app import tree

    tree()
    gc.freeze()
    _become(_told())
    if preparing := os.environ.get(PREPARED_BY):
        import_module(preparing)
    run()


if __name__ == "__main__":
    _serve()
