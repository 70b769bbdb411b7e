"""``pli bench``: how fast, at what cost, on this machine."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from gateway.cli.output import AsJson, put, say

_Folder: TypeAlias = Annotated[
    Path | None,
    typer.Option("--dir", help="Folder on the disk to measure.", exists=True, file_okay=False, writable=True),
]


def bench(
    messages: Annotated[int, typer.Option(min=1, help="Laboratory results to send.")] = 2_000,
    connections: Annotated[int, typer.Option(min=1, help="Connections at once.")] = 10,
    per_connection: Annotated[int, typer.Option(min=1, help="Messages a connection.")] = 50,
    size: Annotated[int, typer.Option(min=1, help="Octets of a result message, about.")] = 100 * 1024,
    processes: Annotated[int, typer.Option(min=1, help="Client processes that send.")] = 1,
    serving: Annotated[int, typer.Option(min=0, max=8, help="Processes that serve; 0: one a core.")] = 0,
    list_messages: Annotated[int, typer.Option(min=1, help="Letters in the mailbox to list and search.")] = 1_000,
    pushes: Annotated[int, typer.Option(min=0, help="Letters timed from 250 to IDLE and open pages.")] = 50,
    conversations: Annotated[int, typer.Option(min=0, help="Conversations of the space to page; 0: none.")] = 0,
    documents: Annotated[int, typer.Option(min=0, help="Documents of that space, of 20 results each.")] = 1_000,
    patients: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Invented patients who get them; 0: those of the demonstration.")
    ] = 0,
    folder: _Folder = None,
    database: Annotated[
        str, typer.Option(help="Empty PostgreSQL database to measure, as postgresql://…; else SQLite.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Send results through the operator listener until they are filed; list, search, wait by IMAP; read pages."""
    # Imported here: the invented world takes a second to load that other commands need not wait for.
    from gateway.benchmark.plan import BenchmarkPlan
    from gateway.benchmark.run import run

    plan = BenchmarkPlan(
        messages=messages,
        connections=connections,
        per_connection=per_connection,
        size=size,
        processes=processes,
        serving=serving,
        list_messages=list_messages,
        pushes=pushes,
        conversations=conversations,
        documents=documents,
        patients=patients,
    )
    figures = run(plan, folder, say, database)
    put(figures if as_json else dict(flattened(figures)), as_json=as_json)


def flattened(figures: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Give every figure with its whole name, such as ``intake.seconds``."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{above}{name}.")
        else:
            yield above + name, value
