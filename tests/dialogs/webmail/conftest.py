"""The world of the web space's dialogs, and a browser in which Camille has signed in."""

from collections.abc import AsyncIterator

import pytest

from tests.builders.web_client import Browser, browsing
from tests.builders.web_contents import demo_world
from tests.builders.web_world import WebWorld


@pytest.fixture
def world() -> WebWorld:
    return demo_world()


@pytest.fixture
async def browser(world: WebWorld) -> AsyncIterator[Browser]:
    async with browsing(world) as found:
        yield found
