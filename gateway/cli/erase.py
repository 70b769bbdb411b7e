"""``pli erase``: erase one person's space for good, also while serving."""

import asyncio
import sys
from typing import Annotated

import typer

from gateway.cli.arguments import Patient
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.cli.patient_acts import Reason
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.services.access.actors import operator_of
from gateway.services.space.operator_acts import OperatorActs


def erase(
    patient: Patient,
    reason: Reason,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Erase a space for good: its key is destroyed, and nothing in it can ever be read again; its holder is told."""
    if not yes and not sys.stdin.isatty():
        raise typer.BadParameter("nobody can be asked to confirm here: say --yes", param_hint="--yes")
    put(asyncio.run(_erase(load_settings(config), patient, reason, asks=not yes)), as_json=as_json)


async def _erase(settings: Settings, patient: str, reason: str, *, asks: bool) -> dict[str, object]:
    async with core(settings) as it:
        space = (await OperatorActs(it.store, it.clock).show(patient)).space
        if asks:
            say(f"{space.address}, {space.state.value}: all that is in it is destroyed. It cannot be taken back.")
            typer.confirm("Erase it?", abort=True, err=True)
        await it.erasure.erase(space.vault, reason, operator_of(space.vault))
        return {"address": str(space.address), "state": "erased"}
