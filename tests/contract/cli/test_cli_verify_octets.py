"""``pli verify``: octets that are gone or damaged are found, and put back as the documentation says."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.config import load_settings
from gateway.core import core
from gateway.domain.mailbox import OPERATOR
from gateway.store.blobs.segments import segment_files
from tests.builders.command_line import Gateway

SIZES = (0, 5, 70_000, 200_000)
FOUND = re.compile(r"(gone|damaged): (\d+) octets of vault \w+, segment (\w{12}), page (\d+), (\d+) pages")


@pytest.fixture
def filled(gateway: Gateway) -> Gateway:
    """Keep some octets in the operator's vault."""

    async def put() -> None:
        async with core(load_settings(gateway.folder / "pli.toml")) as it:
            for size in SIZES:
                key = it.blobs.put(os.urandom(size))
                await it.store.write(lambda tx, key=key: tx.blobs.attach(OPERATOR, key))  # type: ignore[misc]

    asyncio.run(put())
    return gateway


def the_segment(gateway: Gateway) -> Path:
    (segment,) = segment_files(gateway.folder / "blobs")
    return segment


def spoil(gateway: Gateway, at: int, octets: bytes) -> None:
    with the_segment(gateway).open("r+b") as file:
        file.seek(at)
        file.write(octets)


def faults(gateway: Gateway) -> list[tuple[str, ...]]:
    done = gateway.run("verify", "--json")
    found = [match.groups() for match in FOUND.finditer(done.talk)]
    assert (done.code, done.data["damaged"]) == (int(bool(found)), len(found))
    assert done.data["blobs"] == len(SIZES)
    return found


def test_octets_that_are_whole_are_counted(filled: Gateway) -> None:
    done = filled.run("verify", "--json")
    assert (done.code, done.data["damaged"], done.data["findings"]) == (0, 0, [])
    assert (done.data["blobs"], done.data["octets"]) == (len(SIZES), sum(SIZES))


def test_an_empty_gateway_has_nothing_to_verify(gateway: Gateway) -> None:
    found = gateway.run("verify", "--json").data
    assert (found["blobs"], found["octets"], found["damaged"]) == (0, 0, 0)


def test_one_octet_that_changed_is_found_and_put_back_from_a_backup(filled: Gateway, tmp_path: Path) -> None:
    segment = the_segment(filled)
    kept = tmp_path / segment.name
    shutil.copy(segment, kept)
    size = segment.stat().st_size
    spoil(filled, size - 5_000, bytes([segment.read_bytes()[size - 5_000] ^ 1]))
    ((what, octets, name, page, pages),) = faults(filled)
    assert (what, octets, name) == ("damaged", "200000", segment.name)
    command = ["dd", f"if={kept}", f"of={segment}", "bs=4096", f"skip={page}", f"seek={page}", f"count={pages}"]
    subprocess.run([*command, "conv=notrunc"], check=True, capture_output=True)
    assert faults(filled) == []
    assert segment.read_bytes() == kept.read_bytes()


def test_a_record_that_is_gone_is_found(filled: Gateway) -> None:
    spoil(filled, 4096, bytes(4096))
    assert [fault[:2] for fault in faults(filled)] == [("gone", "5")]


def test_a_segment_that_is_gone_is_found(filled: Gateway) -> None:
    the_segment(filled).unlink()
    gone = [int(fault[1]) for fault in faults(filled) if fault[0] == "gone"]
    assert sorted(gone) == [5, 70_000, 200_000]  # an empty file has nothing to lose


def test_people_are_told_what_to_do(filled: Gateway) -> None:
    spoil(filled, 4096, bytes(4096))
    told = filled.run("verify").talk
    assert "put them back from your backup (docs/operations.md, « Damaged octets »)" in told
