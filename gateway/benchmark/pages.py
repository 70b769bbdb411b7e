"""Times the pages of a large space as its holder's browser asks for them; what the server spends is read beside."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from gateway.benchmark.large_space import fill
from gateway.benchmark.mailbox import Figures
from gateway.benchmark.serving import Server
from gateway.benchmark.watch import percentiles, until_idle, usage_of
from gateway.core import core
from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import LABORATORIES, PATIENTS, PROFESSIONALS
from gateway.demonstration.mail import laboratory_message, letter, relay, submit
from gateway.demonstration.world import World, vault_of

PATIENT = PATIENTS[2]
_DEEP = 20
"""How far down the pages of lists are read before one is timed."""
_WARM = 3
_LONGEST_WORK = 120
"""Seconds after which pages are timed though the server works: a first look has it read words of documents."""


def send_models(world: World, ports: dict[str, int]) -> None:
    """Send the letter and the result that `large_space` takes as models; blocks."""
    now, writer, doctor = datetime.now(UTC), world.senders[str(LABORATORIES[0].address)], PROFESSIONALS[0]
    raw = laboratory_message(writer.address, PATIENT.address, PATIENT.identity, 7_000_001, now)
    relay(ports["relay"], world.authority, writer, [PATIENT.address], raw)
    text = letter(doctor, PATIENT.address, "Votre avis", "Bonjour,\n\nMerci de me dire comment vous allez.\n" * 5, now)
    password = world.passwords[str(doctor.address)]
    submit(ports["submission"], world.authority, str(doctor.address), password, [PATIENT.address], text)


async def fill_space(world: World, conversations: int, documents: int) -> None:
    """Fill the space while nothing serves."""
    async with core(world.settings) as it:
        await fill(it, await vault_of(it, PATIENT.address), conversations, documents)


async def measure_pages(world: World, server: Server, repeat: int) -> Figures:
    """Ask for each page again and again: wall time, and processor time of the server a page."""
    notices = world.settings.path(world.settings.paths.notices)
    async with Browser(f"https://localhost:{server.ports['web']}", str(world.authority)) as browser:
        await browser.sign_in(PATIENT.identifier, PATIENT.password, notices)
        messages, documents = await browser.get("/messages"), await browser.get("/documents")
        wanted = {
            "home": "/",
            "messages": "/messages",
            "messages_deep": await _deep(browser, "/messages"),
            "conversation": _first(messages, r'href="(/messages/[0-9a-f]+)"'),
            "documents": "/documents",
            "documents_deep": await _deep(browser, "/documents"),
            "document": _first(documents, r'href="(/documents/[0-9a-f]{8,})"'),
            "results": "/resultats",
            "examination": _first(await browser.get("/resultats"), r'href="(/resultats/[0-9a-f]{8,})'),
        }
        await asyncio.to_thread(until_idle, server.pid, _LONGEST_WORK)
        return {name: await _timed(partial(browser.get, path), server.pid, repeat) for name, path in wanted.items()}


async def _deep(browser: Browser, path: str) -> str:
    """Follow « Plus anciens » down a list."""
    for _ in range(_DEEP):
        found = re.search(r'href="([^"]+)">Plus anciens', await browser.get(path))
        if found is None:
            break
        path = found[1].replace("&amp;", "&")
    return path


def _first(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise LookupError("the page has no such link")
    return found[1]


async def _timed(ask: Callable[[], Awaitable[object]], server: int, repeat: int) -> Figures:
    for _ in range(_WARM):
        await ask()
    waits, before = [], usage_of(server)
    for _ in range(repeat):
        began = time.perf_counter()
        await ask()
        waits.append(time.perf_counter() - began)
    spent = usage_of(server).cpu_seconds - before.cpu_seconds
    return {**percentiles(waits), "cpu_ms_a_page": round(spent / repeat * 1000, 2)}
