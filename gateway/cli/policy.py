"""``pli policy explain``: what would happen to a message, and the rule that says so."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer

from gateway.app import core
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.config import Settings, load_settings
from gateway.domain.address import MailAddress
from gateway.domain.errors import ConfigurationError
from gateway.domain.verdict import Accept, Verdict
from gateway.services.explain import Explanation, explain

policy_app = typer.Typer(help="The rules that accept, refuse or put off messages.", no_args_is_help=True)


@policy_app.callback()
def _policy() -> None:
    """Group the commands of policy."""


@policy_app.command("explain")
def policy_explain(
    sender: Annotated[str, typer.Option("--from", help="Sender's address.")],
    recipient: Annotated[str, typer.Option("--to", help="Recipient's address.")],
    at: Annotated[str, typer.Option("--at", help="Judge as of this instant, ISO 8601; default: now.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say the verdict on a message from one address to another, and every rule that had a say.

    The certificate or the sign-in is taken to be right, and the content to be sound.
    """
    when = None
    if at:
        try:
            when = datetime.fromisoformat(at).astimezone()
        except ValueError as error:
            raise ConfigurationError(f"--at {at} is no ISO 8601 date; write 2026-11-23T06:00:00+01:00") from error
    found = asyncio.run(_explain(load_settings(config), sender, recipient, when))
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


async def _explain(settings: Settings, sender: str, recipient: str, at: datetime | None) -> Explanation:
    async with core(settings) as it:
        return await explain(it.store, it.trust, it.policy, MailAddress.parse(sender), MailAddress.parse(recipient), at)
