"""Adapters that the contract suites run on. Another store is one more name in `STORES` and one more branch."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.builders.store import StoreAt, ram_folder, store_at

STORES = ("sqlite",)


@pytest.fixture
def ram() -> Iterator[Path]:
    """An empty folder on the RAM disk."""
    with ram_folder() as folder:
        yield folder


@pytest.fixture(params=STORES)
async def at(request: pytest.FixtureRequest, ram: Path) -> AsyncIterator[StoreAt]:
    """An open, empty store of each kind, with its blobs and clock."""
    assert request.param == "sqlite"
    async with store_at(ram) as opened:
        yield opened
