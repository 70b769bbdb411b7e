"""``pli verify``: open everything that is kept, and say what is damaged, whose it is, and what to do.

``pli audit verify`` is the part of it that recomputes traces.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import typer

from gateway.cli.failures import Exit
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.cli.progress import progress
from gateway.config import Settings, load_settings
from gateway.core import Core, core, damage_file
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.mailbox import BlobKey
from gateway.ports.inspection import Damage
from gateway.services.upkeep.blob_verification import every_blob
from gateway.services.upkeep.verification import TRACES, Verification, remedy_of

_FAULTS = {NotFound: "gone", StoreUnavailable: "unreadable on this disk"}
_LISTED = 1_000
"""Findings that one JSON object lists at most; all are counted, and all are told on stderr."""
_OCTETS_REMEDY = "put them back from your backup (docs/operations.md, « Damaged octets »)"
audit_app = typer.Typer(help="The traces of vaults.", no_args_is_help=True)


@dataclass(slots=True)
class Found:
    """What a run has found so far."""

    looked: dict[str, int] = field(default_factory=dict)
    blobs: int = 0
    octets: int = 0
    damaged: int = 0
    listed: list[dict[str, object]] = field(default_factory=list)

    def add(self, text: str, remedy: str, **finding: object) -> None:
        """Tell a finding, and keep it for the object that is printed."""
        self.damaged += 1
        say(f"{text}; {remedy}")
        if len(self.listed) < _LISTED:
            self.listed.append({**finding, "remedy": remedy})


def verify(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Open every record, key, message and document, recompute every trace; exit 1 when something is damaged."""
    found = asyncio.run(verified(load_settings(config)))
    records = sum(count for part, count in found.looked.items() if part not in {TRACES, "keys", "structure"})
    told: dict[str, object] = {
        "records": records,
        "keys": found.looked["keys"],
        "events": found.looked[TRACES],
        "blobs": found.blobs,
        "octets": found.octets,
        "damaged": found.damaged,
    }
    put({**told, "findings": found.listed} if as_json else told, as_json=as_json)
    if found.damaged:
        raise typer.Exit(Exit.REFUSED)


@audit_app.callback()
def _audit() -> None:
    """Group the commands of the trace."""


@audit_app.command("verify")
def audit_verify(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Recompute the hash chain of every vault; exit 1 when one was altered or taken out."""
    chains, found = asyncio.run(_verify_traces(load_settings(config)))
    put({"chains": chains, "events": found.looked[TRACES], "broken": found.damaged}, as_json=as_json)
    if found.damaged:
        raise typer.Exit(Exit.REFUSED)


async def verified(settings: Settings) -> Found:
    """Open everything of a gateway, and tell what is damaged as it is found."""
    found = Found()
    async with core(settings) as it:
        verification = Verification(it.store, time.perf_counter)
        parts = await verification.parts()
        with progress("Opening records, keys and traces", len(parts)) as advance:
            await _look(verification, parts, found, lambda: advance(1))
        await _octets(it, found)
    found.looked = verification.looked
    if not found.damaged:
        # What was met before is mended.
        damage_file(settings).unlink(missing_ok=True)
    return found


async def _verify_traces(settings: Settings) -> tuple[int, Found]:
    found = Found()
    async with core(settings) as it:
        verification = Verification(it.store, time.perf_counter)
        await _look(verification, [TRACES], found, lambda: None)
        chains = len(await it.store.read(lambda tx: tx.audit.vaults()))
    found.looked = verification.looked
    return chains - found.damaged, found


async def _look(verification: Verification, parts: Iterable[str], found: Found, done: Callable[[], None]) -> None:
    for part in parts:
        async for damage in verification.damages([part]):
            owner = None if damage.vault is None else f"{damage.vault:x}"
            number = None if damage.number is None else f"{damage.number:x}"
            found.add(
                _told(damage), remedy_of(damage), vault=owner, what=damage.what, number=number, fault=damage.fault
            )
        done()


def _told(damage: Damage) -> str:
    number = "" if damage.number is None else f" {damage.number:x}"
    whose = "" if damage.vault is None else f" of vault {damage.vault:x}"
    return f"{damage.what}{number}{whose}: {damage.fault}"


async def _octets(it: Core, found: Found) -> None:
    total = await it.store.read(lambda tx: tx.blobs.octets())
    with progress("Opening messages and documents", total) as advance:
        async for looked in every_blob(it.store, it.blobs):
            found.blobs += 1
            found.octets += looked.size
            advance(looked.size)
            if looked.fault is not None:
                fault = _FAULTS.get(type(looked.fault), "damaged")
                where = it.blobs.whereabouts(BlobKey(looked.blob, b"", looked.size))
                text = f"{fault}: {looked.size} octets of vault {looked.vault:x}, {where}"
                found.add(text, _OCTETS_REMEDY, vault=f"{looked.vault:x}", what="octets", number=None, fault=fault)
