"""``pli growth import``: tables by which children's growth is drawn, in the place of those of the WHO."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put
from gateway.clock import SystemClock
from gateway.config import load_settings
from gateway.domain.growth import GrowthStandard
from gateway.domain.growth_reading import read_growth_tables
from gateway.growth.growth_files import GrowthFiles

growth_app = typer.Typer(help="Tables of children's growth.", no_args_is_help=True)


@growth_app.callback()
def _growth() -> None:
    """Group the commands of growth tables."""


@growth_app.command("import")
def growth_import(
    table: Annotated[Path, typer.Argument(metavar="FILE", help="The tables as CSV.", exists=True, dir_okay=False)],
    name: Annotated[str, typer.Option(help="Whose tables they are, as pages say it.")],
    publication: Annotated[str, typer.Option(help="Where they were published: an address or a reference.")],
    dated: Annotated[str, typer.Option(help="The year or date of the publication.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the file and say what is in it; change nothing.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Put growth tables in service, also while serving; they replace those imported before.

    Kinds that the file lacks are drawn by the tables of the World Health Organization.
    """
    settings = load_settings(config)
    standard = GrowthStandard(name=name, source=publication, dated=dated)
    data = table.read_bytes()
    tables = read_growth_tables(data, standard)
    if not dry_run:
        GrowthFiles(settings.path(settings.paths.directory)).put(data, standard, SystemClock().now())
    found, ages = [f"{one.kind.value} {one.sex.value}" for one in tables], sum(len(one.ages) for one in tables)
    put({"name": name, "tables": found, "ages": ages, "kept": not dry_run}, as_json=as_json)
