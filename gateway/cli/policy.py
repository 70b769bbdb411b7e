"""``pli policy explain``: what would happen to a message, and the rule that says so."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer

from gateway.cli.arguments import instant, mail_address
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.address import MailAddress
from gateway.domain.verdict import Accept, Verdict
from gateway.services.trust.explain import Explanation, explain

policy_app = typer.Typer(help="The rules that accept, refuse or put off messages.", no_args_is_help=True)


@policy_app.callback()
def _policy() -> None:
    """Group the commands of policy."""


@policy_app.command("explain")
def policy_explain(
    sender: Annotated[
        MailAddress, typer.Option("--from", parser=mail_address, metavar="ADDRESS", help="Sender's address.")
    ],
    recipient: Annotated[
        MailAddress, typer.Option("--to", parser=mail_address, metavar="ADDRESS", help="Recipient's address.")
    ],
    at: Annotated[
        datetime | None,
        typer.Option("--at", parser=instant, metavar="INSTANT", help="Judge the age of the lists then; default: now."),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say the verdict on a message from one address to another, and every rule that had a say.

    The certificate or the sign-in is taken to be right, and the content to be sound.
    """
    found = asyncio.run(_explain(load_settings(config), sender, recipient, at))
    for outcome in found.outcomes:
        mark = "·" if outcome.refusal is None else "✗"
        say(f"  {mark} {outcome.rule}  {outcome.title}")
    put({**_shown(found.verdict), "rules": len(found.outcomes)}, as_json=as_json)


def _shown(verdict: Verdict) -> dict[str, object]:
    if isinstance(verdict, Accept):
        return {"verdict": "accept", "rule": verdict.rule}
    reason = verdict.reason
    return {
        "verdict": type(verdict).__name__.lower(),
        "rule": reason.rule,
        "reply": f"{reason.smtp_code} {reason.enhanced}",
        "sentence": reason.french,
        "detail": verdict.detail,
    }


async def _explain(
    settings: Settings, sender: MailAddress, recipient: MailAddress, at: datetime | None
) -> Explanation:
    async with core(settings) as it:
        return await explain(it.store, it.trust, it.policy, sender, recipient, at)
