"""Runs the demonstration: builds the world, serves it, sends the first mail, then shows it or prints its line."""

import asyncio
import webbrowser
from dataclasses import dataclass
from pathlib import Path

import orjson
import typer
import uvloop

from gateway.app import serve
from gateway.cli.only_server import serving_alone
from gateway.cli.output import say
from gateway.cli.serving import stop_event
from gateway.clock import SystemClock
from gateway.core import core
from gateway.demonstration.care_history import tell_of_care
from gateway.demonstration.codes import NewCodes
from gateway.demonstration.journey import walk
from gateway.demonstration.lives.living import lead_lives
from gateway.demonstration.opening import DemonstrationPorts, open_exchanges, send_result, send_scan, wait_until_filed
from gateway.demonstration.people_around import add_people_around, write_around
from gateway.demonstration.world import Line, World, found_world, populate
from gateway.demonstration.world_line import described
from gateway.domain.local_days import local_day
from gateway.processes.serving_place import take_place
from gateway.running import Running

Ports = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is shown: as one JSON line or as a story, with a browser opened, and whether it stops by itself."""

    as_json: bool
    browser: bool
    once: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where rows and blobs are when not in the folder: address, place, and further settings."""

    database: str = ""
    blobs: str = ""
    extra: str = ""


def show(folder: Path, ports: Ports, manner: Manner, elsewhere: Elsewhere = Elsewhere()) -> None:
    """Build the world in `folder` and serve it until SIGTERM or SIGINT."""
    world = found_world(
        folder, ports, SystemClock().now(),
        database=elsewhere.database, blobs=elsewhere.blobs, extra=elsewhere.extra,
    )
    with serving_alone(world.settings):
        uvloop.run(_run(world, manner))


async def _run(world: World, manner: Manner) -> None:
    stop = stop_event()
    async with core(world.settings) as it:
        await populate(world, it)
        around = await add_people_around(world, it)
    async with serve(world.settings, take_place(world.settings)) as running:
        line = await _begin(world, running)
        codes = None
        if manner.as_json:
            await asyncio.to_thread(_print, orjson.dumps(line))
        else:
            await walk(line, say, around, stays=not manner.once)
            codes = await asyncio.to_thread(NewCodes, line)
        if manner.browser:
            await asyncio.to_thread(webbrowser.open, line["web"])
        if not manner.once:
            await (codes.tell(say, stop) if codes else stop.wait())


async def _begin(world: World, running: Running) -> Line:
    post = DemonstrationPorts(running.relay_port or 0, running.submission_port or 0)
    await lead_lives(world, running.core, running.deposit_port or 0, post.submission)
    exchanges = await open_exchanges(world, post)
    await write_around(world, post.submission)
    await send_result(world, post)
    await asyncio.to_thread(tell_of_care, world, running.deposit_port or 0, local_day(SystemClock().now()))
    await send_scan(world, post)
    await wait_until_filed(running.core)
    return described(world, running.ports, exchanges)


def _print(line: bytes) -> None:
    typer.echo(line.decode())
