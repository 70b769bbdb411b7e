"""``pli backup`` and ``pli restore``: everything of a gateway, copied while it serves, and put back in a new folder."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gateway.backup.last_made import note_backup
from gateway.backup.making import make_copy, require_own_folder, sealed
from gateway.backup.restoring import erased_since, finish, put_back, read_backup, renew
from gateway.cli.failures import Exit
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.cli.progress import progress
from gateway.cli.verify import verified
from gateway.clock import SystemClock
from gateway.config import load_settings
from gateway.core import store_paths
from gateway.store.blobs.segments import segment_files
from gateway.store.opening import require_made

Keys = Annotated[Path, typer.Option("--keys", metavar="FOLDER", help="Folder of the keys; keep it apart.")]


def backup(
    folder: Annotated[Path, typer.Argument(help="New folder for the data, best on another disk.")],
    keys: Keys,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Copy a gateway into two new folders, also while it serves; open all of the copy; exit 1 if something is damaged.

    The folder of the keys opens everything: keep it apart from the data, and destroy the keys of backups that you no
    longer keep, so that what was erased since stays erased.
    """
    settings = load_settings(config)
    require_own_folder(settings)
    require_made(store_paths(settings))
    files = segment_files(store_paths(settings).blobs)
    with progress("Copying messages and documents", sum(file.stat().st_size for file in files)) as advance:
        copy = make_copy(settings, folder, keys, advance)
    found = asyncio.run(verified(copy.as_settings()))
    number = sealed(copy, SystemClock().now())
    note_backup(settings, SystemClock().now())
    say(f"Made the backup {number}. Next: take {keys} to a safe place of its own, apart from {folder}.")
    put({"backup": number, "octets": copy.octets, "blobs": found.blobs, "damaged": found.damaged}, as_json=as_json)
    if found.damaged:
        raise typer.Exit(Exit.REFUSED)


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder that « pli backup » made.")],
    keys: Keys,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="New folder of the gateway.")],
    later_keys: Annotated[
        bool, typer.Option("--later-keys", help="The keys are of a later backup: who was erased since stays erased.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup back into a new folder, and open all of it; exit 1 if something is damaged.

    Mail programs fetch their folders again. Work that was under way when the backup was made is done, also where it was
    done since. What was erased since is back, but with the keys of a later backup: erase it again.
    """
    data, secret = read_backup(folder, keys, later_keys=later_keys)
    total = sum(file.octets for manifest in (data, secret) for file in manifest.files)
    with progress("Copying", total) as advance:
        settings = put_back(folder, keys, to, advance, later_keys=later_keys)
    erased = {*data.erased, *(erased_since(settings) if later_keys else ())}
    folders = asyncio.run(renew(settings, erased))
    found = asyncio.run(verified(settings))
    file = finish(to)
    say(f"Restored the backup of {data.made_at}. Next: pli doctor --config {file}, then pli serve --config {file}")
    counts = {"folders": folders, "blobs": found.blobs, "erased": len(erased), "damaged": found.damaged}
    put({"config": str(file), **counts}, as_json=as_json)
    if found.damaged:
        raise typer.Exit(Exit.REFUSED)
