"""``pli patients represent|unrepresent``: measures of protection of adults, by a document, also while serving."""

import asyncio
from typing import Annotated

import typer

from gateway.cli.arguments import Patient, plain_text
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put
from gateway.cli.patient_acts import Reason
from gateway.cli.patient_archives import patients_app
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.account import Space
from gateway.domain.mandates import MandateKind
from gateway.services.representation.recorded_measures import MEASURES, RecordedMeasures

__all__ = ["patients_app"]
By = Annotated[
    str, typer.Option("--by", metavar="PERSON", help="Who represents them: address of their space, or number (INS).")
]


def _measure(text: str) -> MandateKind:
    known = {one.value: one for one in MEASURES}
    if text not in known:
        raise typer.BadParameter(f"write one of {', '.join(sorted(known))}")
    return known[text]


@patients_app.command("represent")
def patients_represent(
    patient: Patient,
    by: By,
    measure: Annotated[
        MandateKind,
        typer.Option("--measure", parser=_measure, metavar="MEASURE", help="tutelle, curatelle or sauvegarde."),
    ],
    document: Annotated[
        str, typer.Option("--document", parser=plain_text, metavar="TEXT", help="What shows it, such as a judgement.")
    ],
    reason: Reason,
    express: Annotated[
        bool, typer.Option("--express-mandate", help="The person also gave a mandate: curatelle, sauvegarde.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Record who represents an adult under protection, as a document says; both are told."""
    why = f"{document}; {reason}"
    space = asyncio.run(_recorded(load_settings(config), patient, by, measure, why, is_express=express))
    put({"address": str(space.address), "measure": measure.value, "by": by}, as_json=as_json)


async def _recorded(
    settings: Settings, patient: str, by: str, measure: MandateKind, why: str, *, is_express: bool
) -> Space:
    async with core(settings) as it:
        return await RecordedMeasures(it.store, it.clock).record(patient, by, measure, why, is_express=is_express)


@patients_app.command("unrepresent")
def patients_unrepresent(
    patient: Patient, by: By, reason: Reason, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """End what `represent` recorded: it counts at once, and both are told."""
    space = asyncio.run(_ended(load_settings(config), patient, by, reason))
    put({"address": str(space.address), "measure": None, "by": by}, as_json=as_json)


async def _ended(settings: Settings, patient: str, by: str, why: str) -> Space:
    async with core(settings) as it:
        return await RecordedMeasures(it.store, it.clock).end(patient, by, why)
