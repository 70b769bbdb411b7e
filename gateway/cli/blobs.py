"""``pli blobs verify``: read every octet of messages and documents and say which are gone or damaged."""

import asyncio

import typer

from gateway.cli.failures import Exit
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.mailbox import BlobKey
from gateway.services.upkeep.blob_verification import every_blob

_FAULTS = {NotFound: "gone", StoreUnavailable: "unreadable on this disk"}
blobs_app = typer.Typer(help="The octets of messages and documents.", no_args_is_help=True)


@blobs_app.callback()
def _blobs() -> None:
    """Group the commands of octets."""


@blobs_app.command("verify")
def blobs_verify(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Open every message and document with its key; exit 1 when one is gone or damaged."""
    looked, octets, faults = asyncio.run(_verify(load_settings(config)))
    for fault in faults:
        say(fault)
    if faults:
        say("put them back from your backup (docs/operations.md, « Damaged octets »)")
    put({"blobs": looked, "octets": octets, "damaged": len(faults)}, as_json=as_json)
    if faults:
        raise typer.Exit(Exit.REFUSED)


async def _verify(settings: Settings) -> tuple[int, int, list[str]]:
    looked = octets = 0
    faults: list[str] = []
    async with core(settings) as it:
        async for found in every_blob(it.store, it.blobs, it.workers):
            looked += 1
            octets += found.size
            if found.fault is not None:
                what = _FAULTS.get(type(found.fault), "damaged")
                where = it.blobs.whereabouts(BlobKey(found.blob, b"", found.size))
                faults.append(f"{what}: {found.size} octets of vault {found.vault:x}, {where}")
    return looked, octets, faults
