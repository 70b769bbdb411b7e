"""``pli serve``: serve until SIGTERM or SIGINT, then drain."""

import asyncio
import gc
import os
import signal
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from gateway.cli.listeners import addresses
from gateway.cli.only_server import serving_alone
from gateway.cli.open_files import make_room_for_connections
from gateway.cli.output import DEFAULT_CONFIG, Config, say
from gateway.cli.start_checks import require_servable
from gateway.config import Settings, load_settings
from gateway.logs import set_up_logs
from gateway.processes.serving_place import ServingPlace, take_place
from gateway.setup import upgrade_gateway


def serve_command(
    config: Config = DEFAULT_CONFIG,
    ready_file: Annotated[
        Path | None, typer.Option(help="File to write, as JSON, when everything answers: process number and ports.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what goes well, too.")] = False,
) -> None:
    """Serve SMTP, IMAP and the web space until SIGTERM or SIGINT, then finish what is under way."""
    set_up_logs(verbose=verbose)
    settings = load_settings(config)
    make_room_for_connections(settings)
    with serving_alone(settings):
        require_servable(settings)
        # Last, so that a port that is taken hides no other mistake; still before anything is changed.
        place = take_place(settings)
        upgrade_gateway(settings)
        uvloop.run(_serve(settings, place, ready_file))


def stop_event() -> asyncio.Event:
    """Give an event that SIGTERM and SIGINT set."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _serve(settings: Settings, place: ServingPlace, ready_file: Path | None) -> None:
    stop = stop_event()
    # Imported here: listeners, pages and protocols take a second that other commands need not wait for.
    from gateway.app import serve

    async with serve(settings, place) as running:
        _settle_memory()
        if ready_file is not None:
            await asyncio.to_thread(_tell_ready, ready_file, running.as_json())
        say("\n".join(["Everything answers:", *addresses(settings, running.ports)]))
        say(f"Serving: process {os.getpid()}, until SIGTERM or SIGINT")
        await stop.wait()
        say("Stopping: finishing what is under way.")


def _settle_memory() -> None:
    """Leave what was made at the start out of every later search for garbage, and search less often.

    Nearly all that a message makes goes by itself when it is done with; a search looks at everything that is left.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _tell_ready(file: Path, content: bytes) -> None:
    part = file.with_name(file.name + ".part")
    part.write_bytes(content)
    part.rename(file)
