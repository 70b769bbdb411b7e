"""``pli audit verify``: recompute every trace and say whether one was touched."""

import asyncio

import typer

from gateway.cli.failures import Exit
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx

audit_app = typer.Typer(help="The traces of vaults.", no_args_is_help=True)


@audit_app.callback()
def _audit() -> None:
    """Group the commands of the trace."""


@audit_app.command("verify")
def audit_verify(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Recompute the hash chain of every vault; exit 1 when one was altered."""
    chains, events, broken = asyncio.run(_verify(load_settings(config)))
    for fault in broken:
        say(fault)
    put({"chains": chains, "events": events, "broken": len(broken)}, as_json=as_json)
    if broken:
        raise typer.Exit(Exit.REFUSED)


async def _verify(settings: Settings) -> tuple[int, int, list[str]]:
    chains = events = 0
    broken: list[str] = []
    async with core(settings) as it:
        vaults = await it.store.read(lambda tx: tx.audit.vaults())
        for vault in vaults:

            def check(tx: Tx, vault: VaultId = vault) -> int:
                return tx.audit.verify(vault)

            try:
                events += await it.store.read(check)
                chains += 1
            except SealBroken as error:
                broken.append(str(error))
    return chains, events, broken
