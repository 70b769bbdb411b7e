"""Large pages are made beside the loop, accounts in turn; when the program ends, it does not wait for pages."""

import asyncio
import threading

import pytest

from webmail.large_pages import LargePages
from webmail.middlewares import end_pages

LARGE = 10_000


async def test_small_page_is_made_at_once_and_a_large_one_in_a_thread() -> None:
    pages, here = LargePages(), threading.get_ident()
    assert await pages.made("a", 1, threading.get_ident) == here
    assert await pages.made("a", LARGE, threading.get_ident) != here


async def test_large_pages_of_all_accounts_are_made_one_after_the_other() -> None:
    pages, under_way, most = LargePages(), 0, 0

    def make() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        sum(range(100_000))
        under_way -= 1

    await asyncio.gather(*(pages.made(account, LARGE, make) for account in "aabbcc"))
    assert most == 1


async def test_large_page_is_not_begun_when_the_program_ends() -> None:
    closing = asyncio.Event()
    pages = LargePages(closing)
    assert await pages.made("a", LARGE, lambda: "made") == "made"
    closing.set()
    with pytest.raises(TimeoutError):
        await pages.made("a", LARGE, lambda: "made")
    assert await pages.made("a", 1, lambda: "made") == "made"


async def test_pages_under_way_have_seconds_when_the_program_ends() -> None:
    now = asyncio.get_running_loop().time()
    async with asyncio.timeout(60) as long, asyncio.timeout(1) as short:
        end_pages({long, short})
        assert now < (long.when() or 0) < now + 10
        assert (short.when() or 0) < now + 2
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0) as spent:
            await asyncio.Event().wait()
    end_pages({spent})
