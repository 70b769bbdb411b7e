"""``pli access explain``: what somebody may do in a space, and the rule that says so."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer

from gateway.cli.arguments import HexNumber, hex_number, mail_address
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.access import Action, Right, Role, SpacePart
from gateway.domain.address import MailAddress
from gateway.policy.access.verdict import AccessVerdict, Permit, Refuse
from gateway.services.explanation.access import OFFICES, AccessExplanation, explain_access_of

access_app = typer.Typer(help="The rules that say who may do what in a space.", no_args_is_help=True)
_ACTIONS, _PARTS = ", ".join(one.name for one in Action), ", ".join(one.value for one in SpacePart)


@dataclass(frozen=True, slots=True)
class NamedActor:
    """Whoever is asked about: by address, or by the role of those who have none."""

    who: MailAddress | Role


def _actor(text: str) -> NamedActor:
    if text in OFFICES:
        return NamedActor(OFFICES[text])
    if "@" not in text:
        raise typer.BadParameter(f"not an actor; write a mail address or one of {', '.join(OFFICES)}")
    return NamedActor(mail_address(text))


def _action(text: str) -> Action:
    try:
        return Action(text.lower())
    except ValueError as error:
        raise typer.BadParameter(f"not an action; write one of {_ACTIONS}") from error


def _part(text: str) -> SpacePart:
    try:
        return SpacePart(text.lower())
    except ValueError as error:
        raise typer.BadParameter(f"not a part of a space; write one of {_PARTS}") from error


@access_app.callback()
def _access() -> None:
    """Group the commands of access."""


@access_app.command("explain")
def access_explain(
    actor: Annotated[
        NamedActor,
        typer.Option("--actor", parser=_actor, metavar="ACTOR", help=f"Address, or one of {', '.join(OFFICES)}."),
    ],
    space: Annotated[
        MailAddress, typer.Option("--space", parser=mail_address, metavar="ADDRESS", help="Whose space or mailbox.")
    ],
    action: Annotated[Action, typer.Option("--action", parser=_action, metavar="ACTION", help=f"One of {_ACTIONS}.")],
    part: Annotated[
        SpacePart | None,
        typer.Option("--part", parser=_part, metavar="PART", help=f"On what: one of {_PARTS}; default: documents."),
    ] = None,
    document: Annotated[
        HexNumber | None,
        typer.Option("--document", parser=hex_number, metavar="NUMBER", help="One document of the space."),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say whether somebody may do something in a space, and every rule that had a say.

    The sign-in is taken to be right; whoever serves is taken to have given a reason.
    """
    right = Right(part or SpacePart.DOCUMENTS, action)
    found = asyncio.run(_explain(load_settings(config), actor.who, space, right, document))
    for outcome in found.outcomes:
        mark = "·" if outcome.objection is None else "✗"
        say(f"  {mark} {outcome.rule}  {outcome.title}")
    put({"role": found.actor.role.value, **_shown(found.verdict), "rules": len(found.outcomes)}, as_json=as_json)


def _shown(verdict: AccessVerdict) -> dict[str, object]:
    if isinstance(verdict, Permit):
        return {"verdict": "permit"}
    return {
        "verdict": "refuse" if isinstance(verdict, Refuse) else "not known",
        "rule": verdict.reason.rule,
        "status": verdict.reason.status,
        "sentence": verdict.reason.french,
        "detail": verdict.detail,
    }


async def _explain(
    settings: Settings, actor: MailAddress | Role, space: MailAddress, right: Right, document: int | None
) -> AccessExplanation:
    async with core(settings) as it:
        return await explain_access_of(it.store, it.trust, actor, space, right, document, it.clock.now())
