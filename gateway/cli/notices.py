"""``pli notices``: tell people that they have a space, and say when letters were posted."""

import asyncio
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from gateway.cli.arguments import calendar_day
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, counted, put, say
from gateway.cli.progress import progress
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.errors import ConfigurationError
from gateway.domain.local_days import local_day
from gateway.domain.notices import Channel
from gateway.services.space.campaigns import CampaignReport

_LACKING = {
    Channel.EMAIL: "no e-mail address",
    Channel.SMS: "no number that takes an SMS",
    Channel.LETTER: "no complete postal address",
    None: "no e-mail address, no number that takes an SMS and no complete postal address",
}
notices_app = typer.Typer(help="Notices to the holders of spaces.", no_args_is_help=True)


@notices_app.callback()
def _notices() -> None:
    """Group the commands of notices."""


@notices_app.command("send")
def notices_send(
    issuer: Annotated[str, typer.Option(help="In whose name: printed in every notice.")],
    channel: Annotated[
        Channel | None, typer.Option(help="By this way only; without it by e-mail, else SMS, else letter.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Tell everybody who was not told yet that they have a space, with a code; `pli serve` sends what this leaves.

    Begun again, also after a kill, it adds what is missing: nobody is told twice.
    """
    if not issuer.strip():
        raise ConfigurationError("--issuer must name who sends the notices: it is printed in each")
    report = asyncio.run(_send(load_settings(config), issuer.strip(), channel))
    if report.unreachable:
        way = channel.value if channel else "any"
        spaces = counted(report.unreachable, "space has", "spaces have")
        say(
            f"{spaces} {_LACKING[channel]}: nobody is told, they stay « created »; "
            f"pli patients list --state created --unreachable-by {way} names them"
        )
    put(asdict(report), as_json=as_json)


async def _send(settings: Settings, issuer: str, channel: Channel | None) -> CampaignReport:
    async with core(settings) as it:
        with progress("Leaving notices", await it.campaigns.count()) as advance:
            return await it.campaigns.begin(issuer, channel, advance)


@notices_app.command("posted")
def notices_posted(
    batch: Annotated[
        date, typer.Argument(parser=calendar_day, metavar="MAILING", help="Its day: the name of its folder of letters.")
    ],
    on: Annotated[
        date | None,
        typer.Option(parser=calendar_day, metavar="DATE", help="Day on which they were posted; without it today."),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say that the letters of a mailing were posted: the six weeks run from some days after (`notices.letter_days`)."""
    count = asyncio.run(_posted(load_settings(config), batch, on))
    if not count:
        say(f"no letter of a mailing of {batch} waits to be posted: was it said already, or is it of another day?")
    put({"told": count}, as_json=as_json)


async def _posted(settings: Settings, batch: date, on: date | None) -> int:
    async with core(settings) as it:
        today = local_day(it.clock.now())
        day = on or today
        if not batch <= day <= today:
            raise ConfigurationError("--on must be between the day of the mailing and today")
        with progress("Recording letters", await it.campaigns.count()) as advance:
            return await it.campaigns.posted(batch, day, advance)
