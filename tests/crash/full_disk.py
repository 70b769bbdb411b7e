"""``python -m tests.crash.full_disk FOLDER``: fills the small disk mounted at FOLDER under a loaded server.

Runs as a process of its own because the disk exists only in its namespace. Exits with 0 when every message that
met the full disk was put off, and all of them are there once after there was room again.
"""

import asyncio
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.campaign import a_ledger, settled, told
from tests.crash.laboratory import Load
from tests.crash.ledger import Ledger
from tests.crash.site import a_site

MESSAGES = int(os.environ.get("PLI_CRASH_FULL", "200"))
_BEFORE = 20
_CHUNKS = (1 << 20, 1 << 16, 1 << 12)


@contextmanager
def _no_room(disk: Path) -> Iterator[None]:
    """Leave not one page of the disk free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in _CHUNKS:
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    yield
    filler.unlink()


async def _more(ledger: Ledger, wanted: Callable[[], int], count: int) -> None:
    """Wait until `wanted` has grown by `count`, looking at each final dot."""
    goal = wanted() + count
    while wanted() < goal:
        ledger.offering.clear()
        await ledger.offering.wait()


async def scenario(disk: Path) -> None:
    """Under load, fill the disk, make room again, and inspect."""
    ledger = a_ledger(6)
    async with a_site(disk=disk) as site:
        await site.start()
        load = Load(site, ledger)
        async with load.running():
            await _more(ledger, lambda: len(load.acknowledged), _BEFORE)
            # What the outbox has in hand meets the full disk, too.
            with _no_room(disk):
                full = time.time()
                await _more(ledger, lambda: len(ledger.deferrals), MESSAGES)
                room = time.time()
            await _more(ledger, lambda: len(load.acknowledged), _BEFORE)
        taken = [sent for sent in load.acknowledged if sent.handed > full and sent.answered < room]
        assert not taken, f"{len(taken)} messages were taken for which there was no room"
        faults = await settled(site, ledger)
    assert not faults, told(faults)


if __name__ == "__main__":
    asyncio.run(scenario(Path(sys.argv[1])))
