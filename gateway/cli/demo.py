"""``pli demo``: an invented world on this machine, served until SIGTERM or SIGINT."""

import asyncio
import shutil
import socket
import tempfile
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import orjson
import typer
import uvloop

from gateway.app import Running, core, serve
from gateway.cli.listeners import Wanted, check_ports
from gateway.cli.output import say
from gateway.cli.serving import stop_event
from gateway.clock import SystemClock
from gateway.demonstration.journey import walk
from gateway.demonstration.opening import Post, open_exchanges, send_result, wait_until_filed
from gateway.demonstration.world import Line, World, described, found_world, populate
from gateway.logs import set_up_logs

_DEFAULT_PORTS = (2525, 4650, 5870, 9930, 8443)


def demo(
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Folder to make; default: a temporary one, removed at the end.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line when everything answers.")] = False,
    port_base: Annotated[
        int | None, typer.Option(help="First of five ports; 0 takes free ones. Default: 2525, 4650, 5870, 9930, 8443.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the web space.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Show the journey, then stop.")] = False,
) -> None:
    """Build a small invented world, serve it, and send a first result through it by real SMTP.

    Without --json it then shows the whole journey by itself: result, filing, receipt, reading, reply.
    """
    set_up_logs()
    ports = _ports(port_base)
    check_ports(Wanted("pli demo (--port-base 0 takes free ports)", "127.0.0.1", port) for port in ports)
    with ExitStack() as stack:
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="pli-demo-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        world = found_world(folder.resolve(), ports, SystemClock().now())
        uvloop.run(_run(world, as_json=as_json, browser=not (no_browser or as_json or once), once=once))


def _ports(base: int | None) -> tuple[int, int, int, int, int]:
    if base is None:
        return _DEFAULT_PORTS
    if base == 0:
        return _free_ports()
    return base, base + 1, base + 2, base + 3, base + 4


def _free_ports() -> tuple[int, int, int, int, int]:
    # The settings file names the ports, so they are chosen before the listeners take them.
    with ExitStack() as stack:
        found = []
        for _ in range(5):
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            found.append(int(probe.getsockname()[1]))
    return found[0], found[1], found[2], found[3], found[4]


async def _run(world: World, *, as_json: bool, browser: bool, once: bool) -> None:
    stop = stop_event()
    async with core(world.settings) as it:
        await populate(world, it)
    async with serve(world.settings) as running:
        line = await _begin(world, running)
        if as_json:
            await asyncio.to_thread(_print, orjson.dumps(line))
        else:
            await walk(line, say)
        if browser:
            await asyncio.to_thread(webbrowser.open, line["web"])
        if not once:
            await stop.wait()


async def _begin(world: World, running: Running) -> Line:
    post = Post(running.relay_port or 0, running.submission_port or 0)
    exchanges = await open_exchanges(world, post)
    await send_result(world, post)
    await wait_until_filed(running.core)
    return described(world, running.ports, exchanges)


def _print(line: bytes) -> None:
    typer.echo(line.decode())
