"""The copy of segments for a backup: it adds, it never takes away, and it does not believe a damaged octet."""

import subprocess
import sys
from pathlib import Path

from tests.builders.repository import ROOT

NAME = "0123456789ab"


def _copied(ram: Path, *states: bytes) -> tuple[bytes, int]:
    source, target, status = ram / "blobs", ram / "copy", 0
    (source / "lost+found").mkdir(parents=True)
    for state in states:
        (source / NAME).write_bytes(state)
        command = [sys.executable, str(ROOT / "scripts" / "copy_blobs.py"), str(source), str(target)]
        status = subprocess.run(command, check=False, capture_output=True).returncode
    return (target / NAME).read_bytes(), status


def test_second_copy_adds_what_came_and_keeps_what_was_taken_out(ram: Path) -> None:
    assert _copied(ram, b"AA\0\0BB", b"\0\0CC\0\0DD") == (b"AACCBBDD", 0)


def test_octet_that_differs_is_kept_and_told(ram: Path) -> None:
    assert _copied(ram, b"AABB", b"AXBBCC") == (b"AABBCC", 1)
