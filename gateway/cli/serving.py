"""``pli serve``: a parent and the processes that serve, until SIGTERM or SIGINT; then they drain."""

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import structlog
import typer

from gateway.cli.failures import report
from gateway.cli.listeners import addresses
from gateway.cli.only_server import gateway_name, serving_database_of, serving_folder
from gateway.cli.open_files import make_room_for_connections
from gateway.cli.output import DEFAULT_CONFIG, Config, counted, say
from gateway.config import Settings, load_settings
from gateway.domain.errors import ConfigurationError
from gateway.logs import set_up_logs, tell_process
from gateway.processes.child import ParentLine, done_aside
from gateway.processes.commit_watch import waits_of
from gateway.processes.liveness import beating
from gateway.processes.parent import Parent
from gateway.processes.program_files import ProgramFiles
from gateway.processes.serving_place import ServingPlace, processes_wanted, take_place
from gateway.processor_cores import keep_to_a_core, leave_the_core
from gateway.shared_memory import Total

_log = structlog.get_logger("pli.serve")


def serve_command(
    config: Config = DEFAULT_CONFIG,
    ready_file: Annotated[
        Path | None,
        typer.Option(help="File to write, as JSON, when everything answers: process numbers and ports."),
    ] = None,
    figures_file: Annotated[
        Path | None, typer.Option(help="File to write, as JSON, at the end: how long processes waited to write.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what goes well, too.")] = False,
) -> None:
    """Serve SMTP, IMAP and the web space until SIGTERM or SIGINT, then finish what is under way."""
    set_up_logs(verbose=verbose)
    program, settings = ProgramFiles(), load_settings(config)
    make_room_for_connections(settings)
    with serving_folder(settings):
        name = gateway_name()
        _aside(lambda: _check(settings, name))
        # Last, so that a port that is taken hides no other mistake; still before anything is changed.
        place = take_place(settings, processes_wanted(settings))
        _aside(lambda: _upgrade(settings))
        telling = _Telling(settings, place, ready_file)
        telling.nobody_serves()
        load, serve = partial(_reported, partial(_load, program)), partial(_serve, settings, name)
        try:
            status = Parent(place, load, serve, telling).run()
        finally:
            telling.nobody_serves()
        if figures_file is not None:
            _write(figures_file, orjson.dumps({"commit_waits": waits_of(place.memory)}))
    raise typer.Exit(status)


def _aside(work: Callable[[], None]) -> None:
    """Do what opens keys or databases in a process of its own, which says itself what is wrong."""
    if status := done_aside(partial(_reported, work)):
        raise typer.Exit(status)


def _reported(work: Callable[[], None]) -> int:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - the last word of a process
        return report(error)
    return 0


def _check(settings: Settings, name: str) -> None:
    # Imported here, like whatever needs the store: the parent stays, and keeps what it has loaded.
    from gateway.cli.start_checks import require_servable

    with serving_database_of(settings, name):
        require_servable(settings)


def _upgrade(settings: Settings) -> None:
    from gateway.setup import upgrade_gateway

    upgrade_gateway(settings)


@dataclass(slots=True)
class _Telling:
    """What the parent says, for people and in a file for programs."""

    settings: Settings
    place: ServingPlace
    ready_file: Path | None
    is_told: bool = False

    def all_serve(self, processes: Sequence[int]) -> None:
        """Say so, at the first time; write the file at each.

        Raises:
            ConfigurationError: the file cannot be written the first time. Later that is logged: it must end nobody.
        """
        ports = self.place.ports
        if self.ready_file is not None:
            told = {"pid": os.getpid(), "ports": ports, "processes": list(processes)}
            try:
                _write(self.ready_file, orjson.dumps(told))
            except OSError as error:
                if not self.is_told:
                    raise ConfigurationError(
                        f"--ready-file: {self.ready_file} cannot be written ({error.strerror}): name another file"
                    ) from error
                _log.warning("serve.ready_file_not_written", errno=error.errno)
        if not self.is_told:
            self.is_told = True
            below = counted(len(processes), "process", "processes")
            _say_if_heard("\n".join(["Everything answers:", *addresses(self.settings, ports)]))
            _say_if_heard(f"Serving: process {os.getpid()} and {below} below it, until SIGTERM or SIGINT")

    def nobody_serves(self) -> None:
        """Take the file away: what it says is of another life. What is no file (`/dev/stdout`) stays."""
        with suppress(OSError):
            if self.ready_file is not None and self.ready_file.is_file():
                self.ready_file.unlink()

    def all_end(self) -> None:
        """Say so."""
        _say_if_heard("Stopping: finishing what is under way.")


def _say_if_heard(text: str) -> None:
    """Talk to whoever watches; they may have gone, and nobody is served worse for it."""
    with suppress(OSError):
        say(text)


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(file.name + ".part")
    part.write_bytes(content)
    part.rename(file)


# ---------------------------------------------------------------- a process that serves


def _load(program: ProgramFiles) -> None:
    """Load what serves, once for all processes: they share it. It takes a second, which commands need not wait for."""
    import uvloop  # noqa: F401

    import gateway.app  # noqa: F401

    program.require_unchanged()


def _serve(settings: Settings, name: str, place: ServingPlace, parent: ParentLine) -> int:
    """Serve in this process until told to end; gives its exit status."""
    tell_process(place.number)
    return _reported(lambda: _serve_here(settings, name, place, parent))


def _serve_here(settings: Settings, name: str, place: ServingPlace, parent: ParentLine) -> None:
    import uvloop

    with serving_database_of(settings, name):
        uvloop.run(_until_told(settings, place, parent))


def stop_event() -> asyncio.Event:
    """Give an event that SIGTERM and SIGINT set."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _until_told(settings: Settings, place: ServingPlace, parent: ParentLine) -> None:
    stop = stop_event()
    # The system ends us with our parent; this is for where it does not.
    asyncio.get_running_loop().add_reader(parent.fileno(), _heed, parent, stop)
    from gateway.app import serve

    if settings.work.own_core:
        keep_to_a_core(None if place.is_alone else place.number)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(None, "pli-aside", leave_the_core))
    async with serve(settings, place):
        _settle_memory()
        parent.ready()
        with beating(place.memory.total(Total.BEATS)):
            await stop.wait()


def _heed(parent: ParentLine, stop: asyncio.Event) -> None:
    if parent.has_ended():
        stop.set()


def _settle_memory() -> None:
    """Leave what was made at the start out of every later search for garbage, and search less often.

    Nearly all that a message makes goes by itself when it is done with; a search looks at everything that is left.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
