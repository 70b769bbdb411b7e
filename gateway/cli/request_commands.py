"""``pli requests list|show|answer``: what people ask for about health data, and by when it is due."""

import asyncio
from enum import Enum
from typing import Annotated

import typer

from gateway.cli.arguments import HexNumber, Patient, hex_number, plain_text
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, put_each
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.account import Space
from gateway.domain.rights_requests import RightsRequest
from gateway.services.requests.request_queue import QueuedRequest, RequestQueue

requests_app = typer.Typer(help="What people ask for about health data, and its last day.", no_args_is_help=True)
Number = Annotated[
    HexNumber,
    typer.Argument(parser=hex_number, metavar="REQUEST", help="Its number in hexadecimal, as the list says."),
]
Reason = Annotated[
    str, typer.Option("--reason", parser=plain_text, metavar="TEXT", help="Why, in French: whoever asked reads it.")
]


class RequestAnswer(Enum):
    """How a request ends."""

    GRANT = "grant"
    REFUSE = "refuse"


@requests_app.callback()
def _requests() -> None:
    """Group the commands of requests."""


@requests_app.command("list")
def requests_list(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List requests that wait for an answer, the longest first; never what is asked for."""
    waiting = asyncio.run(_waiting(load_settings(config)))
    put_each([_told(one) for one in waiting], "no request waits", as_json=as_json)


async def _waiting(settings: Settings) -> list[QueuedRequest]:
    async with core(settings) as it:
        return await RequestQueue(it.store, it.clock).waiting()


def _told(one: QueuedRequest) -> dict[str, object]:
    space, request = one.space, one.request
    if space is None or request is None:
        return {"space": f"{one.vault:x}", "request": f"{one.number:x}", "damaged": True}
    return {
        "address": str(space.address),
        "request": f"{one.number:x}",
        "kind": request.kind.value,
        "state": request.state.value,
        "to": request.to_address,
        "since": request.asked_at.isoformat(timespec="seconds"),
        "earliest": request.clocks.earliest.isoformat(timespec="seconds") if request.clocks else "",
        "latest": request.clocks.latest.isoformat(timespec="seconds") if request.clocks else "",
        "overdue": request.overdue,
        "undelivered": request.undelivered,
    }


@requests_app.command("show")
def requests_show(
    patient: Patient, request: Number, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Show one request of a space, ended or not, with its answer; its words where nobody but you can be asked."""
    found = asyncio.run(_shown(load_settings(config), patient, request))
    shown, request_shown = _told(found), found.request
    if request_shown is not None:
        shown["answer"] = request_shown.answer
        if not request_shown.to_address:
            shown |= {"about": request_shown.to, "words": request_shown.words} | _person_of(request_shown)
    put(shown, as_json=as_json)


def _person_of(request: RightsRequest) -> dict[str, object]:
    """Say whose data are asked for, and by what."""
    if request.about is None:
        return {}
    named = request.about.named
    return {
        "about": f"{named.first_name} {named.birth_name}, {named.born}",
        "number": request.about.number,
        "relation": request.relation.value,
        "asked_by": request.asked_by,
    }


async def _shown(settings: Settings, patient: str, request: int) -> QueuedRequest:
    async with core(settings) as it:
        return await RequestQueue(it.store, it.clock).show(patient, request)


@requests_app.command("answer")
def requests_answer(
    patient: Patient,
    request: Number,
    answer: Annotated[RequestAnswer, typer.Option("--answer", help="grant: it was answered; refuse: it was not.")],
    reason: Reason,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """End a request that whoever was asked answered by another way, or does not answer."""
    space = asyncio.run(_answered(load_settings(config), patient, request, answer, reason))
    put({"address": str(space.address), "request": f"{request:x}", "answer": answer.value}, as_json=as_json)


async def _answered(settings: Settings, patient: str, request: int, answer: RequestAnswer, reason: str) -> Space:
    async with core(settings) as it:
        queue = RequestQueue(it.store, it.clock)
        return await queue.answer(patient, request, is_granted=answer is RequestAnswer.GRANT, reason=reason)
