"""``pli bench``: how fast, at what cost, on this machine."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from gateway.cli.output import AsJson, say


def bench(
    messages: Annotated[int, typer.Option(help="Laboratory results to send.")] = 2_000,
    connections: Annotated[int, typer.Option(help="Connections at once.")] = 10,
    per_connection: Annotated[int, typer.Option(help="Messages a connection.")] = 50,
    size: Annotated[int, typer.Option(help="Octets of a result message, about.")] = 100 * 1024,
    processes: Annotated[int, typer.Option(help="Client processes that send.")] = 1,
    list_messages: Annotated[int, typer.Option(help="Letters in the mailbox that is listed and searched.")] = 1_000,
    pushes: Annotated[int, typer.Option(help="Letters timed from 250 to IDLE.")] = 50,
    folder: Annotated[Path | None, typer.Option("--dir", help="Folder on the disk to measure.")] = None,
    as_json: AsJson = False,
) -> None:
    """Send results through the real operator listener until they are filed; list, search and wait by IMAP."""
    # Imported here: the invented world takes a second to load that other commands need not wait for.
    from gateway.benchmark.run import Plan, run

    plan = Plan(messages, connections, per_connection, size, processes, list_messages, pushes)
    figures = run(plan, folder, say)
    typer.echo(orjson.dumps(figures, option=0 if as_json else orjson.OPT_INDENT_2).decode())
