"""Readers that misbehave, for tests of the processes that must survive them; each is a worker's entry."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

from dossier_bridge.faults import FaultReason
from dossier_bridge.reading import read_attachments
from dossier_bridge.request import ReadFailure, ReadOutcome, ReadRequest
from dossier_bridge.sandbox.octets import LENGTHS


def obey(request: ReadRequest) -> ReadOutcome:
    """Do what the first attachment's name says; read it honestly for any other name."""
    act = _ACTS.get(request.attachments[0].filename) if request.attachments else None
    return act() if act else read_attachments(request)


def _die() -> ReadOutcome:
    os.kill(os.getpid(), signal.SIGKILL)
    return ReadOutcome()


def _eat_memory() -> ReadOutcome:
    held = [bytearray(32 * 1024 * 1024) for _ in range(1_000)]
    return ReadOutcome(companions=(str(len(held)),))


def _eat_cpu() -> ReadOutcome:
    while True:
        pass


def _sleep() -> ReadOutcome:
    time.sleep(3_600)
    return ReadOutcome()


def _recurse() -> ReadOutcome:
    return _recurse()


def _leave() -> ReadOutcome:
    sys.exit(3)


def _raise() -> ReadOutcome:
    raise RuntimeError("unforeseen")


def _lie() -> ReadOutcome:
    # A frame whose head is « no »: nothing the program itself would write, as a reader taken over might.
    os.write(0, LENGTHS.pack(2, 0) + b"no")
    return ReadOutcome()


def _flood() -> ReadOutcome:
    os.write(0, b"\xff" * 12)
    return ReadOutcome()


def _reach_out() -> ReadOutcome:
    """Say what a confined process can still do; nothing, if all is well."""
    could = []
    for name, attempt in (
        ("read", lambda: Path("/etc/hostname").read_bytes()),
        ("write", lambda: Path("/tmp/pli-reader-escape").write_bytes(b"x")),
        ("socket", lambda: socket.socket().close()),
        ("environment", lambda: os.environ["PLI_SECRET"]),
    ):
        try:
            attempt()
        except (OSError, KeyError):
            continue
        could.append(name)
    return ReadOutcome((), tuple(ReadFailure(name, "", FaultReason.TOO_LARGE) for name in could))


def _say_niceness() -> ReadOutcome:
    return ReadOutcome((), (ReadFailure(str(os.nice(0)), "", FaultReason.TOO_LARGE),))


_ACTS = {
    "nice": _say_niceness,
    "die": _die,
    "memory": _eat_memory,
    "cpu": _eat_cpu,
    "sleep": _sleep,
    "recurse": _recurse,
    "leave": _leave,
    "raise": _raise,
    "lie": _lie,
    "flood": _flood,
    "reach-out": _reach_out,
}
