"""A disk without room: everything is put off, nothing refused, nothing lost, and all goes on when there is room."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from tests.crash.site import REPOSITORY

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash"), pytest.mark.timeout(180)]

_SIZE = "64m"
_MOUNT = f'mount -t tmpfs -o size={_SIZE} pli "$1" && exec "$2" -m tests.crash.full_disk "$1"'


async def test_full_disk_puts_off_every_message_and_loses_none(tmp_path: Path) -> None:
    # A disk of its own in a mount namespace of its own; who is not root gets one in a user namespace.
    namespace = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    process = await asyncio.create_subprocess_exec(
        *namespace, "sh", "-c", _MOUNT, "sh", str(tmp_path), sys.executable, cwd=REPOSITORY, stdout=PIPE, stderr=STDOUT
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, f"needs the right to mount a small disk, or found a fault:\n{told.decode()}"
