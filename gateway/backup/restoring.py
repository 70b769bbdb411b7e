"""Put a backup back into a new folder: every sum compared, the settings last, so that half of it is no gateway.

What mail clients remember is of another time than what is put back: every folder gets a new UIDVALIDITY, and they
fetch it again (RFC 3501 §2.3.1.1). Vaults that were erased while the backup was made are erased here as well. Keys of a
later backup open the same data, but for what was erased in between: a renewal wraps the same keys anew.
"""

import tomllib
from collections.abc import Callable, Collection
from pathlib import Path

from gateway.backup.making import DATA, KEYS, NAMED, SETTINGS, vaults_without_key
from gateway.backup.manifest import Copier, Manifest, check_copied, file_of, read_manifest
from gateway.config import Settings, load_settings
from gateway.config_sections import PathsSection
from gateway.core import core, store_paths
from gateway.domain.errors import ConfigurationError, KeyUnavailable, StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Priority, Store, Tx
from gateway.setup import require_empty, upgrade_gateway

_PART = ".pli.toml.part"
_AT_ONCE = 50
_PLACES = ("data", "blobs", "keys", "directory", "notices")


def read_backup(folder: Path, keys: Path, *, later_keys: bool = False) -> tuple[Manifest, Manifest]:
    """Read what a backup and its keys say of themselves.

    Raises `ConfigurationError` when they are of two backups; with `later_keys`, when they are of two gateways, or the
    keys are the older.
    """
    data, secret = read_manifest(folder, DATA), read_manifest(keys, KEYS)
    if later_keys and (secret.hostname != data.hostname or secret.made_at < data.made_at):
        raise ConfigurationError(
            f"{keys} (of {secret.made_at}, {secret.hostname}) are no later keys of what {folder} holds (of "
            f"{data.made_at}, {data.hostname}): name the keys of the gateway's newest backup"
        )
    if data.id != secret.id and not later_keys:
        raise ConfigurationError(
            f"{folder} (of {data.made_at}) and {keys} (of {secret.made_at}) are of two backups: name the keys that "
            "were made with these data, or say --later-keys when these are newer"
        )
    return data, secret


def put_back(
    folder: Path, keys: Path, target: Path, advance: Callable[[int], None], *, later_keys: bool = False
) -> Settings:
    """Copy a backup into a new folder, whose settings are not in place yet; give them.

    Raises:
        ConfigurationError: a folder is none, not empty, or of another backup.
        MalformedContent: a file of the backup is not as it was written.
        StoreUnavailable: the disk does not take it.
    """
    data, secret = read_backup(folder, keys, later_keys=later_keys)
    require_empty(target)
    try:
        _copy_back(data, folder, Copier(target, []), _place_of_data, advance)
        _copy_back(secret, keys, Copier(target, []), _place_of_keys, advance)
        for name in ("notices", "blobs", "directory"):
            (target / name).mkdir(mode=0o700, exist_ok=True)
    except FileNotFoundError as error:
        raise ConfigurationError(f"{error.filename} is missing in the backup: take another one") from error
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written ({error.strerror}): empty it and try again") from error
    return _settled(target)


def _copy_back(
    manifest: Manifest, source: Path, copier: Copier, place: Callable[[str], str], advance: Callable[[int], None]
) -> None:
    for file in manifest.files:
        advance(copier.add(file_of(source, file), place(file.name)))
    check_copied(manifest, copier.files, place)


def _place_of_data(name: str) -> str:
    return _PART if name == SETTINGS else name


def _place_of_keys(name: str) -> str:
    if name.startswith(NAMED):
        return name.removeprefix(NAMED)
    return name if name.startswith("tls/") else f"keys/{name}"


def _settled(target: Path) -> Settings:
    """Have the settings find everything below the new folder, wherever it was before."""
    part = target / _PART
    text = part.read_text(encoding="utf-8")
    wanted, found = PathsSection(), load_settings(part).paths
    if found != wanted:
        places = tomllib.loads(text)["paths"]
        lines = [line for line in text.splitlines(keepends=True) if not _names_a_place(line, places)]
        part.write_text("".join(lines), encoding="utf-8")
        if load_settings(part).paths != wanted:
            raise ConfigurationError(
                f"[paths] of {part} names folders elsewhere: take its lines out, and rename it to {SETTINGS}"
            )
    return load_settings(part)


def _names_a_place(line: str, places: dict[str, object]) -> bool:
    key, equals, _ = line.partition("=")
    return bool(equals) and key.strip() in _PLACES and key.strip() in places


def erased_since(settings: Settings) -> set[str]:
    """Give the vaults whose keys were destroyed before the later keys were copied, in hexadecimal."""
    paths = store_paths(settings)
    return {f"{vault:x}" for vault in vaults_without_key(paths.database, paths.key_store)}


async def renew(settings: Settings, erased: Collection[str]) -> int:
    """Bring what was put back up to date: schema, erasures, UIDVALIDITY, log; say how many folders there are."""
    upgrade_gateway(settings)
    async with core(settings) as it:
        for vault in erased:
            await it.store.destroy_vault(VaultId(int(vault, 16)))
        await it.store.write(lambda tx: tx.head_log.renew(it.clock.now()))
        return await _renew_folders(it.store)


async def _renew_folders(store: Store) -> int:
    vaults, folders = await store.read(lambda tx: tx.audit.vaults()), 0
    for start in range(0, len(vaults), _AT_ONCE):
        some = vaults[start : start + _AT_ONCE]

        def renew_some(tx: Tx, some: list[VaultId] = some) -> int:
            return sum(_renewed(tx, vault) for vault in some)

        folders += await store.write(renew_some, priority=Priority.BULK)
    return folders


def _renewed(tx: Tx, vault: VaultId) -> int:
    try:
        return tx.mail.renew_validity(vault)
    except KeyUnavailable:
        return 0  # erased long ago: only its trace is left


def finish(target: Path) -> Path:
    """Put the settings in place: from now on it is a gateway."""
    return (target / _PART).rename(target / SETTINGS)
