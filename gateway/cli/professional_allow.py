"""``pli professional allow``: whoever was stopped goes on, by a suspension or for opening too many records."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer

from gateway.cli.arguments import instant
from gateway.cli.mailbox_commands import Address, Holders, Reason, change_state, holders_mailboxes, on_mailbox
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.config import Settings, load_settings
from gateway.core import Core
from gateway.domain.address import MailAddress
from gateway.domain.directory import LocalMailbox, MailboxState
from gateway.domain.errors import Conflict
from gateway.services.access.actors import reader_vault
from gateway.services.openings.reading_stops import ReadingStops
from gateway.services.space.local_mailboxes import restoring_command

Until = Annotated[
    datetime | None,
    typer.Option(
        "--until", parser=instant, metavar="WHEN",
        help="Lift a stop for too many opened records until then, 7 days ahead at most; asks for --reason.",
    ),
]  # fmt: skip


def add_allow_command(app: typer.Typer, who: Holders) -> None:
    """Give a group of commands the one that lets somebody go on."""

    @app.command(
        who.allowing,
        help=f"Take the mailbox of one suspended {who.one} into use again, which prints a new app password; "
        "with --until, let one go on who was stopped for opening too many records.",
    )
    def allow(
        address: Address,
        until: Until = None,
        reason: Reason = None,
        config: Config = DEFAULT_CONFIG,
        as_json: AsJson = False,
    ) -> None:
        settings = load_settings(config)
        if until is None:
            put(change_state(settings, who, address, reason, end=True), as_json=as_json)
        else:
            put(_lift_stop(settings, who, address, until, reason), as_json=as_json)


def _lift_stop(
    settings: Settings, who: Holders, address: MailAddress, until: datetime, reason: str | None
) -> dict[str, object]:
    if reason is None:
        raise typer.BadParameter("say why with --reason: the trace keeps it", param_hint="--reason")

    async def lift(it: Core, known: LocalMailbox) -> dict[str, object]:
        if known.state is MailboxState.SUSPENDED:
            raise Conflict(
                f"this mailbox is suspended, and nobody reads by it: « {restoring_command(known.entry)} » takes it "
                "into use again, then lift the stop"
            )
        home, mailboxes = await it.local_mailboxes.vault_of(address), holders_mailboxes(it, address)
        counted = await it.store.read(lambda tx: reader_vault(tx, mailboxes))
        was_stopped = await ReadingStops(it.store, it.clock).lift(counted or home, until, reason)
        if not was_stopped:
            say("Its readings were not stopped. None will be stopped before that instant.")
        return {"address": str(address), "until": until.isoformat(), "was_stopped": was_stopped}

    return asyncio.run(on_mailbox(settings, who.kinds, address, lift))
