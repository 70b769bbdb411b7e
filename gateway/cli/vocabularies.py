"""``pli vocabulary import``: lists of illnesses and medicines that suggest what to type in the profile."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put
from gateway.clock import SystemClock
from gateway.config import load_settings
from gateway.domain.vocabulary import VocabularyKind, read_terms_of
from gateway.vocabulary.vocabulary_files import VocabularyFiles

vocabulary_app = typer.Typer(help="Lists of illnesses and medicines for suggestions.", no_args_is_help=True)


class Publisher(Enum):
    """Whose file it is."""

    CIM = "cim"
    BDPM = "bdpm"


_KINDS = {Publisher.CIM: VocabularyKind.ILLNESSES, Publisher.BDPM: VocabularyKind.MEDICINES}


@vocabulary_app.callback()
def _vocabulary() -> None:
    """Group the commands of lists."""


@vocabulary_app.command("import")
def vocabulary_import(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="The file to import.", exists=True, dir_okay=False)],
    kind: Annotated[Publisher, typer.Option(help="cim: CIM-10 or CIM-11 as CSV; bdpm: CIS_bdpm.txt as published.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the file and say what is in it; change nothing.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Put a list of terms in service, also while serving; it replaces the former one."""
    settings = load_settings(config)
    terms = read_terms_of(_KINDS[kind], source.read_bytes())
    if not dry_run:
        files = VocabularyFiles(settings.path(settings.paths.directory))
        files.put(_KINDS[kind], terms, source.name, SystemClock().now())
    put({"list": kind.value, "terms": len(terms), "first": terms[0].label, "kept": not dry_run}, as_json=as_json)
