"""Processes that are forked draw no random octet of their parent's: no nonce comes twice under a key."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from gateway.domain.mailbox import VaultId
from gateway.randomness import RandomPool
from gateway.store.seal.keys import KeyStore
from gateway.store.seal.sealer import RecordKind, Sealer

VAULT, KEK = VaultId(1001), bytes(range(32))
CHILDREN, RECORDS, NONCE = 8, 500, slice(2, 14)


def test_no_nonce_comes_twice_in_eight_processes_that_are_forked(ram: Path) -> None:
    keys = KeyStore(ram / "keys" / "keys.sqlite", KEK)
    keys.create([VAULT])
    sealer = Sealer(keys)

    def nonces() -> list[bytes]:
        return [sealer.seal(VAULT, RecordKind.SUMMARY, number, b"x")[NONCE] for number in range(RECORDS)]

    drawn = nonces()  # the pool is not empty when they begin
    lines = [_in_a_child(lambda: b"".join(nonces())) for _ in range(CHILDREN)]
    octets = b"".join(_said(line) for line in lines) + b"".join(nonces())
    drawn += [octets[at : at + 12] for at in range(0, len(octets), 12)]
    assert len(drawn) == (CHILDREN + 2) * RECORDS
    assert len(set(drawn)) == len(drawn)
    keys.close()


def test_pool_that_another_thread_was_drawing_from_serves_a_child() -> None:
    pool = RandomPool()
    before = pool.octets(16)
    pool._lock.acquire()  # as if a thread, which no child has, were drawing just now
    line = _in_a_child(lambda: pool.octets(16))
    pool._lock.release()
    assert _said(line) not in (before, b"")


def _in_a_child(work: Callable[[], bytes]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(10)
        try:
            os.write(writing, work())
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def _said(line: tuple[int, int]) -> bytes:
    child, reading = line
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return said
