"""``pli patients restore``: the archive of a space, taken back, also while serving."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, counted, put, say
from gateway.cli.patient_acts import patients_app
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.fingerprints import plain_fingerprint
from gateway.services.export.signing import fingerprint_of, signing_key
from gateway.services.restoring.restored_content import UNVERIFIED
from gateway.services.restoring.restoring import ArchiveRestoring, Restored

__all__ = ["patients_app"]


@patients_app.command("restore")
def patients_restore(
    archive: Annotated[
        Path, typer.Argument(metavar="ARCHIVE", help="As its owner downloaded it.", exists=True, dir_okay=False)
    ],
    into: Annotated[
        str | None,
        typer.Option("--into", metavar="PATIENT", help="Address of the space, or the person's number (INS)."),
    ] = None,
    erased_too: Annotated[
        bool, typer.Option("--erased-too", help="Also of who was erased, and asked to come back.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take the archive of a space back; killed midway, run it again: nothing is added twice.

    One signed by this gateway, or by an operator of spaces.trusted_archives, is put back as it was, into the space of
    its person. Any other goes into the space that --into names, marked as of no verified identity.
    """
    restored = asyncio.run(_restored(load_settings(config), archive, into, erased_too))
    signed = restored.signed
    _say_what_differs(restored)
    put(
        {
            "address": str(restored.space.address),
            "state": restored.space.state.value,
            "signed": signed.trust.value,
            "operator": signed.operator or None,
            "fingerprint": signed.fingerprint or None,
            **{f"{kind}_added": many for kind, many in sorted(restored.added.items())},
            "already_there": sum(restored.there.values()),
            "lacking": restored.lacking,
            "refused": restored.refused,
        },
        as_json=as_json,
    )


def _say_what_differs(restored: Restored) -> None:
    if restored.is_new:
        say("A space was made for this person, who activates it: tell them (docs/operations.md, « First start »).")
    if not restored.is_trusted:
        say(f"No operator vouches for this archive ({restored.signed.trust.value}): all of it is « {UNVERIFIED} ».")
    if restored.lacking:
        say(f"Not in it: {counted(restored.lacking, 'file', 'files')} that did not open when the archive was made.")
    if restored.refused:
        what = counted(restored.refused, "document or message that bears", "documents or messages that bear")
        say(f"Left out: {what} a program.")
    if not sum(restored.added.values()):
        say("All of it was there: nothing was added.")


async def _restored(settings: Settings, archive: Path, into: str | None, erased_too: bool) -> Restored:
    trusted = {plain_fingerprint(text) for text in settings.spaces.trusted_archives}
    async with core(settings) as it:
        trusted.add(plain_fingerprint(fingerprint_of(signing_key(it.store).public_key())))
        room = settings.spaces.max_added_bytes
        restoring = ArchiveRestoring(it.store, it.blobs, it.clock, it.provisioning, trusted, room)
        with archive.open("rb") as file:
            return await restoring.restore(file, into, erased_too=erased_too)
