"""Gateways for the tests of commands: one to look at, or a copy of it to change."""

import shutil
from pathlib import Path

import pytest

from tests.builders.command_line import Gateway, found_gateway


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    """A gateway that no test changes."""
    return found_gateway(tmp_path_factory.mktemp("settled") / "gateway")


@pytest.fixture
def gateway(settled: Gateway, tmp_path: Path) -> Gateway:
    """A gateway of the test's own."""
    shutil.copytree(settled.folder, tmp_path / "gateway")
    return Gateway(tmp_path / "gateway")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give these tests a limit of their own: each runs the program several times, a second of start-up each."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(90))
