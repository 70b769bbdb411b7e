"""What commands print: data on stdout as text or JSON, talk on stderr; and the options they share."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import orjson
import typer

Config = Annotated[Path, typer.Option("--config", help="The gateway's pli.toml.", envvar="PLI_CONFIG")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
DEFAULT_CONFIG = Path("pli.toml")


def say(text: str) -> None:
    """Talk to whoever watches."""
    sys.stderr.write(text + "\n")


def counted(number: int, one: str, many: str) -> str:
    """Say a number with what it counts: `one` follows 1, and `many` any other number, 0 too."""
    return f"{number} {one if number == 1 else many}"


def put(data: Mapping[str, object], *, as_json: bool) -> None:
    """Print a result: one JSON object, or one ``name: value`` line each."""
    if as_json:
        print_json(data)
    else:
        sys.stdout.writelines(f"{name}: {'none' if value is None else value}\n" for name, value in data.items())
    sys.stdout.flush()


def put_each(data: Sequence[Mapping[str, object]], none: str, *, as_json: bool) -> None:
    """Print several results, or say on stderr that there is none."""
    for one in data:
        put(one, as_json=as_json)
    if not data:
        say(none)


def print_json(data: Mapping[str, object]) -> None:
    """Print one JSON object on one line, and have it gone before anything else happens."""
    sys.stdout.write(orjson.dumps(data).decode() + "\n")
    sys.stdout.flush()
