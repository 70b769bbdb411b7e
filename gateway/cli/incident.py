"""``pli incident``: whose records a stolen account read, which data, letters and the entry of the register (E86)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.arguments import instant, mail_address
from gateway.cli.mailbox_commands import holders_mailboxes
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, print_json, say
from gateway.config import load_settings
from gateway.core import Core, core
from gateway.domain.address import MailAddress
from gateway.domain.errors import ConfigurationError
from gateway.papers.typst_papers import TypstPapers
from gateway.services.openings.incident_papers import letter_to, register_entry
from gateway.services.openings.incidents import Incidents, ReachedPerson
from gateway.services.random_numbers import random_number
from gateway.store.renamed_files import put_in_place


def incident(
    account: Annotated[
        MailAddress, typer.Argument(parser=mail_address, metavar="ACCOUNT", help="Address of a professional's mailbox.")
    ],
    first: Annotated[datetime, typer.Argument(parser=instant, metavar="FROM", help="First instant (ISO 8601).")],
    until: Annotated[datetime, typer.Argument(parser=instant, metavar="TO", help="First instant after (ISO 8601).")],
    letters: Annotated[
        Path | None, typer.Option("--letters", help="Folder for a letter to each and the register entry, as PDF.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List whose records an account read, and which data, as the traces of these people say."""
    reached = asyncio.run(_reached(config, account, first, until, letters))
    if as_json:
        print_json({"account": str(account), "persons": [_shown(one) for one in reached]})
    else:
        for one in reached:
            shown = _shown(one)
            typer.echo(f"{shown['space']}\t{shown['first']}\t{shown['last']}\t{' '.join(one.data) or '-'}")
    say(f"{len(reached)} persons")


async def _reached(
    config: Path, account: MailAddress, first: datetime, until: datetime, letters: Path | None
) -> Sequence[ReachedPerson]:
    async with core(load_settings(config)) as it:
        reached = await Incidents(it.store, it.clock).reached(account, first, until, holders_mailboxes(it, account))
        if letters is not None:
            await asyncio.to_thread(_write, it, letters, str(account), first, until, reached)
        return reached


def _write(
    it: Core, folder: Path, account: str, first: datetime, until: datetime, reached: Sequence[ReachedPerson]
) -> None:
    papers, now = TypstPapers(), it.clock.now()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for one in reached:
            number = f"{one.vault:x}"
            put_in_place(folder / f"lettre-{number}.pdf", papers.pdf_of("proof", letter_to(one, number, now)))
        entry = register_entry(account, first, until, reached, f"{random_number():x}", now)
        put_in_place(folder / "registre.pdf", papers.pdf_of("proof", entry))
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written to ({error.strerror}): name another folder") from error


def _shown(one: ReachedPerson) -> dict[str, object]:
    return {
        "space": f"{one.vault:x}",
        "address": str(one.space.address) if one.space else None,
        "first": one.lines[0].at.isoformat(),
        "last": one.lines[-1].at.isoformat(),
        "lines": len(one.lines),
        "data": list(one.data),
    }
