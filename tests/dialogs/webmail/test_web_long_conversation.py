"""A conversation of many messages is shown a page at a time, and every page leads to the next."""

import re
from dataclasses import replace

import pytest

from tests.builders.web_client import Browser
from tests.builders.web_world import WebWorld
from webmail.identifiers import MessageRef

MANY = 45


@pytest.fixture
def world(world: WebWorld) -> WebWorld:
    known = world.conversations_by_id["c-vasseur"]
    letters = [replace(known.messages[0], id=MessageRef(f"lettre-{number}")) for number in range(MANY)]
    world.add_conversation(replace(known, messages=tuple(letters)))
    return world


def letters_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="m-lettre-(\d+)"', page)]


async def test_pages_together_show_every_message_once(browser: Browser) -> None:
    pages = [(await browser.get(f"/messages/c-vasseur?page={number}")).text for number in (1, 2, 3)]
    assert [letters_on(page) for page in pages] == [[*range(25, 45)], [*range(5, 25)], [*range(5)]]
    assert letters_on((await browser.get("/messages/c-vasseur")).text) == [*range(25, 45)]


async def test_each_page_leads_to_older_and_newer_messages(browser: Browser) -> None:
    links = []
    for number in (1, 2, 3):
        page = (await browser.get(f"/messages/c-vasseur?page={number}")).text
        links.append(re.findall(r'href="/messages/c-vasseur\?page=(\d+)"', page))
    # Whoever has read an older page to its end goes on from there.
    assert links == [["2"], ["1", "3", "1", "3"], ["2", "2"]]


async def test_page_that_is_not_there_is_not_found(browser: Browser) -> None:
    assert (await browser.get("/messages/c-vasseur?page=4")).status == 404


async def test_short_conversation_has_no_pages(browser: Browser, world: WebWorld) -> None:
    known = world.conversations_by_id["c-vasseur"]
    world.add_conversation(replace(known, messages=known.messages[:3]))
    assert "?page=" not in (await browser.get("/messages/c-vasseur")).text
