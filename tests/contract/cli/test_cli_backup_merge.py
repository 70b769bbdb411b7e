"""What mail does to segments while the backup of `docs/operations.md` runs: what its database tells of stays whole."""

import os
import re
import subprocess
from pathlib import Path

from gateway.store.blobs.holes import take_out
from gateway.store.blobs.segments import PAGE
from tests.builders.command_line import ROOT, Gateway
from tests.builders.repository import section, text

FIRST, SECOND, THIRD = b"a" * PAGE, b"b" * PAGE, b"c" * PAGE


def _run(script: str, gateway: Gateway, backup: Path) -> None:
    environment = {**os.environ, "GATEWAY": str(gateway.folder), "BACKUP": str(backup)}
    subprocess.run(["sh", "-eu", "-c", script], cwd=ROOT, env=environment, check=True, timeout=18, capture_output=True)


def _parts() -> tuple[str, str]:
    """Give the documented commands to the copy of the database, and those that come after it with what they need."""
    found = re.search(r"```sh\n(.+?)```", section(text("docs/operations.md"), "Backup"), re.DOTALL)
    assert found is not None
    lines = found[1].splitlines()
    third = next(number for number, line in enumerate(lines) if "# 3." in line)
    setting_up = [line for line in lines if "() {" in line]
    return "\n".join(lines[:third]), "\n".join([*setting_up, *lines[third:]])


def test_octets_that_go_or_come_after_the_database_was_copied_are_in_the_backup(
    gateway: Gateway, tmp_path: Path
) -> None:
    segment, gone = gateway.folder / "blobs" / "0123456789ab", gateway.folder / "blobs" / "ba9876543210"
    # Room for the second record is lent and not written yet: records are not written in the order of their pages.
    segment.write_bytes(FIRST + bytes(PAGE) + THIRD)
    gone.write_bytes(FIRST)
    before, after = _parts()
    _run(before, gateway, tmp_path / "backup")
    with segment.open("r+b") as file:
        take_out(file.fileno(), 0, PAGE)
        os.pwrite(file.fileno(), SECOND + THIRD + THIRD, PAGE)
    gone.unlink()
    _run(after, gateway, tmp_path / "backup")
    saved = tmp_path / "backup" / "blobs"
    assert (saved / segment.name).read_bytes() == FIRST + SECOND + THIRD + THIRD
    assert (saved / gone.name).read_bytes() == FIRST
    assert (saved / segment.name).stat().st_mode & 0o077 == 0
