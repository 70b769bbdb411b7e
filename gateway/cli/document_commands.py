"""``pli documents doubts|settle|release``: what the operator decides of single documents, without reading any."""

import asyncio
from enum import Enum
from typing import Annotated

import typer

from gateway.cli.arguments import HexNumber, Patient, hex_number, plain_text
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, put_each
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.account import Space
from gateway.services.withholding.document_doubts import DoubtQueue, QueuedDoubt
from gateway.services.withholding.hold_keeper import HoldKeeper

documents_app = typer.Typer(
    help="Documents that their patient doubts, or that their author presents first.", no_args_is_help=True
)
Number = Annotated[
    HexNumber,
    typer.Argument(parser=hex_number, metavar="DOCUMENT", help="Its number in hexadecimal, as the trace says."),
]
Reason = Annotated[
    str, typer.Option("--reason", parser=plain_text, metavar="TEXT", help="Why, in French: the patient reads it.")
]
TraceReason = Annotated[
    str, typer.Option("--reason", parser=plain_text, metavar="TEXT", help="Why, for the trace that the person reads.")
]


class Decision(Enum):
    """What becomes of a doubted document."""

    GIVE_BACK = "give-back"
    KEEP_ASIDE = "keep-aside"


@documents_app.callback()
def _documents() -> None:
    """Group the commands of documents."""


@documents_app.command("doubts")
def documents_doubts(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List documents of which their patient says that they are not theirs, the longest first; never what is in them."""
    waiting = asyncio.run(_waiting(load_settings(config)))
    put_each([_told(one) for one in waiting], "nobody doubts a document", as_json=as_json)


async def _waiting(settings: Settings) -> list[QueuedDoubt]:
    async with core(settings) as it:
        return await DoubtQueue(it.store, it.clock).waiting()


def _told(one: QueuedDoubt) -> dict[str, object]:
    if one.space is None or one.doubt is None:
        return {"space": f"{one.vault:x}", "document": f"{one.document:x}", "damaged": True}
    return {
        "address": str(one.space.address),
        "document": f"{one.document:x}",
        "sender": one.sender,
        "received": one.doubt.received_at.isoformat(timespec="seconds"),
        "since": one.doubt.said_at.isoformat(timespec="seconds"),
        "times": one.doubt.times,
    }


@documents_app.command("settle")
def documents_settle(
    patient: Patient,
    document: Number,
    decision: Annotated[
        Decision, typer.Option(help="give-back: it is the patient's; keep-aside: it is not, and stays set aside.")
    ],
    reason: Reason,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Decide about a doubted document; its sender is told, and the patient reads the reason."""
    space = asyncio.run(_settled(load_settings(config), patient, document, decision, reason))
    put({"address": str(space.address), "document": f"{document:x}", "decision": decision.value}, as_json=as_json)


async def _settled(settings: Settings, patient: str, document: int, decision: Decision, reason: str) -> Space:
    async with core(settings) as it:
        queue = DoubtQueue(it.store, it.clock)
        return await queue.settle(patient, document, is_theirs=decision is Decision.GIVE_BACK, reason=reason)


@documents_app.command("release")
def documents_release(
    patient: Patient, document: Number, reason: TraceReason, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Show a document before the day on which it shows by itself, as its sender asked."""
    space = asyncio.run(_released(load_settings(config), patient, document, reason))
    put({"address": str(space.address), "document": f"{document:x}", "released": True}, as_json=as_json)


async def _released(settings: Settings, patient: str, document: int, reason: str) -> Space:
    async with core(settings) as it:
        return await HoldKeeper(it.store, it.clock).release(patient, document, reason)
