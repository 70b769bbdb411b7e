"""Adapters that the contract suites run on: the same store on both databases."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.builders.store import StoreAt, ram_folder, store_at

STORES = ("sqlite", "postgres")


@pytest.fixture
def ram() -> Iterator[Path]:
    """An empty folder on the RAM disk."""
    with ram_folder() as folder:
        yield folder


@pytest.fixture(params=STORES)
async def at(request: pytest.FixtureRequest, ram: Path) -> AsyncIterator[StoreAt]:
    """An open, empty store of each kind, with its blobs and clock."""
    async with store_at(ram, server=_server(request)) as opened:
        yield opened


@pytest.fixture(params=STORES)
async def in_turn(request: pytest.FixtureRequest, ram: Path) -> AsyncIterator[StoreAt]:
    """As `at`, with one writer: what is written is written in the order in which it was asked for."""
    async with store_at(ram, server=_server(request), writers=1) as opened:
        yield opened


def _server(request: pytest.FixtureRequest) -> str:
    server: str = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    return server
