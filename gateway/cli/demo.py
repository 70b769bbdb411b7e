"""``pli demo``: an invented world on this machine, served until SIGTERM or SIGINT."""

import shutil
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from gateway.logs import set_up_logs
from gateway.processes.ports import Wanted, check_ports

_DEFAULT_PORTS = (2525, 4650, 5870, 9930, 8443, 8444)


def demo(
    folder: Annotated[
        Path | None, typer.Option("--dir", help="New or empty folder; default: a temporary one, removed at the end.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line when everything answers.")] = False,
    port_base: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_530,
            help="First of six ports; 0 takes free ones. Default: 2525, 4650, 5870, 9930, 8443, 8444.",
        ),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the web space.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Show the journey, then stop.")] = False,
) -> None:
    """Build a small invented world, serve it, and send a first result through it by real SMTP.

    Without --json it then shows the whole journey by itself: result, filing, receipt, reading, reply.
    """
    # Imported here: listeners, pages and protocols take a second that other commands need not wait for.
    from gateway.cli.showing import Manner, show

    set_up_logs()
    ports = _ports(port_base)
    wanted = "pli demo (--port-base 0 takes free ports)"
    check_ports(Wanted(str(port), wanted, "127.0.0.1", port) for port in ports)
    with ExitStack() as stack:
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="pli-demo-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        show(folder.resolve(), ports, Manner(as_json, not (no_browser or as_json or once), once))


def _ports(base: int | None) -> tuple[int, int, int, int, int, int]:
    if base is None:
        return _DEFAULT_PORTS
    if base == 0:
        return free_ports()
    return base, base + 1, base + 2, base + 3, base + 4, base + 5


def free_ports() -> tuple[int, int, int, int, int, int]:
    """Find six ports that nothing listens on now."""
    # The settings file names the ports, so they are chosen before the listeners take them.
    with ExitStack() as stack:
        found = []
        for _ in range(6):
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            found.append(int(probe.getsockname()[1]))
    return found[0], found[1], found[2], found[3], found[4], found[5]
