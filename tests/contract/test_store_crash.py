"""A process that is killed while it writes: what it acknowledged is there, once, and the store opens again."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.domain.mailbox import SpecialUse
from gateway.domain.measures import MeasureKind
from gateway.domain.profile import ProfileSection
from tests.builders.store import a_mailbox, a_space, store_at

WRITER = """
import asyncio, os, sys
from pathlib import Path
from gateway.domain.mailbox import VaultId
from tests.builders.store import a_content, shown, store_at

async def main():
    vault = VaultId(int(sys.argv[2]))
    async with store_at(Path(sys.argv[1])) as at:
        async def deliver(number):
            blob = await asyncio.to_thread(at.blobs.put, b"message %d" % number)
            content = a_content(mid=int(sys.argv[3]) + number, blob=blob.ref)
            await at.store.write(lambda tx: shown(tx, vault, content, blob=blob))
            os.write(1, b"%d\\n" % content.mid)

        for start in range(0, 1_000_000, 10):
            await asyncio.gather(*(deliver(start + number) for number in range(10)))

asyncio.run(main())
"""


def _killed_after(
    folder: Path, vault: int, first: int, acknowledgements: int, program: str = WRITER
) -> set[int]:
    arguments = [sys.executable, "-c", program, str(folder), str(vault), str(first)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(acknowledgements)]
        writer.kill()
        # What it wrote before it died counts too; a line cut short was not yet an acknowledgement.
        lines += [line for line in writer.stdout.readlines() if line.endswith(b"\n")]
    return {int(line) for line in lines}


@pytest.mark.crash
@pytest.mark.timeout(60)
async def test_what_a_killed_process_acknowledged_is_there_once(ram: Path) -> None:
    async with store_at(ram) as at:
        vault = await a_mailbox(at.store)
    acknowledged: set[int] = set()
    for cycle, acknowledgements in enumerate((1, 15, 64, 333), 1):
        acknowledged |= _killed_after(ram, vault, cycle * 1_000_000, acknowledgements)
    async with store_at(ram) as at:
        inbox = (await at.store.read(lambda tx: tx.mail.folder_by_use(vault, SpecialUse.INBOX))).id
        entries = await at.store.read(lambda tx: tx.mail.entries(vault, inbox, 1, 2**32 - 1))
        kept = [entry.mid for entry in entries]
        assert len(set(kept)) == len(kept)
        assert acknowledged <= set(kept)
        holds = await at.store.read(
            lambda tx: [tx.blobs.open(vault, tx.mail.content(vault, mid).blob) for mid in kept]
        )
        assert all(at.blobs.read(key).startswith(b"message ") for key in holds)


PROFILE_WRITER = """
import asyncio, os, sys
from pathlib import Path
from gateway.domain.mailbox import VaultId
from gateway.domain.measures import MeasureKind
from gateway.domain.profile import ProfileSection
from gateway.services.access.actors import holder_of
from gateway.services.profile.measure_writing import MeasureWriting
from gateway.services.profile.profile_writing import ProfileWriting
from tests.builders.store import store_at

async def main():
    async with store_at(Path(sys.argv[1])) as at:
        space = await at.store.read(lambda tx: tx.spaces.space(VaultId(int(sys.argv[2]))))
        writing, measuring = ProfileWriting(at.store, at.clock), MeasureWriting(at.store, at.clock)
        day = at.clock.now().date().isoformat()
        for number in range(int(sys.argv[3]), int(sys.argv[3]) + 10_000):
            typed = {"nom": "Allergie %d" % number}
            await writing.save(holder_of(space, "web"), ProfileSection.ALLERGIES, number, 0, typed)
            measured = {"valeur": "72", "jour": day}
            await measuring.save(holder_of(space, "web"), MeasureKind.WEIGHT, number, 0, measured)
            os.write(1, b"%d\\n" % number)

asyncio.run(main())
"""


@pytest.mark.crash
@pytest.mark.timeout(60)
async def test_entry_and_measure_that_a_killed_process_acknowledged_are_there(ram: Path) -> None:
    async with store_at(ram) as at:
        vault = (await a_space(at.store)).vault
    acknowledged = _killed_after(ram, vault, 1_000_000, 23, PROFILE_WRITER)
    async with store_at(ram) as at:
        entries = await at.store.read(lambda tx: tx.profile.newest(vault, ProfileSection.ALLERGIES))
        assert acknowledged <= {entry.id for entry in entries}
        weights = await at.store.read(lambda tx: tx.measures.newest(vault, MeasureKind.WEIGHT, 1_000))
        assert acknowledged <= {weight.id for weight in weights}
        assert await at.store.read(lambda tx: tx.integrity.faults(vault)) == []
