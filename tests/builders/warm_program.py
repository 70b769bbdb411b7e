"""Start ``pli`` from a process that has loaded it already, for tests that run many commands.

Each command is a process of its own all the same: its words, its streams, its memory, its end. Only the second that
the interpreter takes to load the program is spent once. Tests of the start itself, of terminals and of servers start it
in full.
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
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LONGEST = 60
"""Seconds of one command."""


class WarmProgram:
    """The process that has loaded the program; one command at a time."""

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
        given, taken = self._process.stdin, self._process.stdout
        assert given is not None
        assert taken is not None
        with tempfile.TemporaryDirectory() as folder, self._lock:
            out, talk = Path(folder) / "out", Path(folder) / "talk"
            asked = {"words": words, "at": str(at), "out": str(out), "talk": str(talk), "environment": {**environment}}
            try:
                given.write(json.dumps(asked) + "\n")
                given.flush()
                code = int(taken.readline())
            except BaseException:
                # A test that ran out of its time: its answer must not be taken for that of the next command.
                self._process.kill()
                warm_program.cache_clear()
                raise
            return code, out.read_text(), talk.read_text()

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
        child = os.fork()
        if child == 0:
            found = json.loads(line)
            assert isinstance(found, dict)
            return found
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    sys.exit()


def _become(told: dict[str, object]) -> None:
    """Take on the words and streams of a command; one that hangs is ended by its alarm."""
    signal.alarm(_LONGEST)
    for number, name in ((1, "out"), (2, "talk")):
        handle = os.open(str(told[name]), os.O_WRONLY | os.O_CREAT)
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
    import gateway.cli.app  # noqa: F401 - loaded for all commands
    from gateway.cli.__main__ import run

    gc.freeze()
    _become(_told())
    run()


if __name__ == "__main__":
    _serve()
