"""Make a backup, also while the gateway serves: one instant of the database, and all that it tells of.

The order matters. Octets are written before the row that refers to them and taken out after it; keys are made before
anything they seal. So: nothing is taken out any more; the database; the segments; the keys; then all goes on.
"""

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from gateway.backup.manifest import Copier, Manifest, write_manifest
from gateway.blob_places import blobs_are_remote
from gateway.config import Settings
from gateway.config_sections import PathsSection
from gateway.core import store_paths
from gateway.domain.errors import ConfigurationError, StoreUnavailable
from gateway.store.blobs.deletion_pause import deletions_paused
from gateway.store.blobs.segments import segment_files
from gateway.store.seal.key_rotation import next_kek

DATA, KEYS = "data", "keys"
NAMED = "named/"
"""Below it, among the keys, are files that the settings name, by their places in the gateway's folder."""
SETTINGS, DATABASE = "pli.toml", "data/pli.sqlite"
_DEEPEST = 3
"""Parts of the place of such a file: what `gateway.backup.manifest` believes, below `NAMED`."""
_ALL_VAULTS, _ALL_KEYS = "SELECT vault FROM vault", "SELECT DISTINCT vault FROM vault_key"


@dataclass(frozen=True, slots=True)
class GatewayCopy:
    """A copy that has no manifest yet: nobody takes it for a backup."""

    settings: Settings
    data: Copier
    secret: Copier
    erased: tuple[str, ...]

    @property
    def octets(self) -> int:
        """Give how many octets were copied."""
        return sum(file.octets for file in (*self.data.files, *self.secret.files))

    def as_settings(self) -> Settings:
        """Give the settings by which the copy is opened where it is."""
        return replace(self.settings, root=self.data.target, paths=PathsSection(keys=str(self.secret.target.resolve())))


def require_own_folder(settings: Settings) -> None:
    """Refuse a gateway whose database or octets are on servers, which have backups of their own."""
    if settings.paths.database:
        raise ConfigurationError(
            "the database is on a server: take its backup with pg_dump, as docs/operations.md says under « Backup »"
        )
    if blobs_are_remote(settings):
        raise ConfigurationError(
            "the octets are in an S3 store: copy its bucket, as docs/operations.md says under « Backup »"
        )


def make_copy(settings: Settings, folder: Path, keys: Path, advance: Callable[[int], None]) -> GatewayCopy:
    """Copy everything into two new folders; `advance` is told the octets of segments as they are copied.

    Raises:
        ConfigurationError: a folder is not empty, or both are one, or the gateway is on servers.
        StoreUnavailable: the disk does not take it.
    """
    require_own_folder(settings)
    _require_apart(folder, keys, settings.root)
    try:
        for target in (folder, keys):
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _copied(settings, folder, keys, advance)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "the database cannot be copied now"
        raise StoreUnavailable(
            f"the backup was not made ({reason}): nothing was changed; empty both folders and try again"
        ) from error


def _copied(settings: Settings, folder: Path, keys: Path, advance: Callable[[int], None]) -> GatewayCopy:
    paths, data, secret = store_paths(settings), Copier(folder, []), Copier(keys, [])
    if next_kek(paths.kek).exists():
        raise ConfigurationError("the key-encryption key is being renewed: finish « pli keys rotate » first")
    with deletions_paused(paths.blobs):
        _copy_database(paths.database, folder / DATABASE)
        for file in segment_files(paths.blobs):
            try:
                advance(data.add(file, f"blobs/{file.name}"))
            except FileNotFoundError:
                continue  # emptied before the pause, and gone since
        _copy_database(paths.key_store, keys / "keys.sqlite")
    secret.add(paths.kek, "kek")
    data.add(settings.root / SETTINGS, SETTINGS)
    _copy_folder(settings.path(settings.paths.directory), data, "directory")
    _copy_certificates(settings, data, secret)
    _copy_named_files(settings, data, secret)
    _copy_terms(settings, data)
    (folder / "notices").mkdir(mode=0o700)
    erased = _erased_meanwhile(folder / DATABASE, keys / "keys.sqlite", paths.database)
    return GatewayCopy(settings, data, secret, erased)


def sealed(copy: GatewayCopy, made_at: datetime) -> str:
    """Make a copy a backup, by its manifests; give its id. The sums of databases are taken now: they were opened."""
    number, hostname = secrets.token_hex(16), copy.settings.gateway.hostname
    copy.secret.seen("keys.sqlite")
    copy.data.seen(DATABASE)
    for copier, part in ((copy.secret, KEYS), (copy.data, DATA)):
        manifest = Manifest(
            id=number,
            part=part,
            made_at=made_at.isoformat(),
            hostname=hostname,
            files=tuple(copier.files),
            erased=copy.erased if part == DATA else (),
        )
        write_manifest(copier.target, manifest)
    return number


def _require_apart(folder: Path, keys: Path, root: Path) -> None:
    if folder.resolve() == keys.resolve():
        raise ConfigurationError("data and keys need a folder each: who has both reads everything")
    for target in (folder, keys):
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise ConfigurationError(f"{target} is not empty: name a new folder for each backup")
        if target.resolve().is_relative_to(root.resolve()):
            raise ConfigurationError(f"{target} is inside the gateway's own folder: name one on another disk")


def _copy_database(source: Path, target: Path) -> None:
    """Copy one instant of a database, its log included."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600, exist_ok=False)
    here = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    there = sqlite3.connect(target)
    try:
        here.backup(there)
    finally:
        there.close()
        here.close()


def _copy_folder(source: Path, copier: Copier, name: str) -> None:
    for file in sorted(source.iterdir()) if source.is_dir() else ():
        if file.is_file() and not file.name.startswith("."):
            copier.add(file, f"{name}/{file.name}")


def _copy_certificates(settings: Settings, data: Copier, secret: Copier) -> None:
    """Copy what is in the folder `tls`: certificates with the data, private keys with the keys."""
    folder = settings.root / "tls"
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.is_file() and not file.name.startswith("."):
            is_public = file.suffix in {".pem", ".crl"} and b"PRIVATE KEY" not in file.read_bytes()
            (data if is_public else secret).add(file, f"tls/{file.name}")


def _copy_named_files(settings: Settings, data: Copier, secret: Copier) -> None:
    """Copy the files that settings name inside the gateway's own folder, but those of `tls`."""
    notices, openid, root = settings.notices, settings.openid, settings.root.resolve()
    pro, pro_openid = settings.pro, settings.pro_openid
    secrets_named = (
        notices.dkim_key, notices.relay_password, notices.sms_token, notices.sms_signature_key,
        openid.client_secret, pro_openid.client_secret, settings.log.token,
    )  # fmt: skip
    public_named = (
        notices.authorities, openid.authorities, pro.authorities, pro.crl, pro_openid.authorities,
        settings.log.authorities,
    )  # fmt: skip
    public = dict.fromkeys(public_named, (data, ""))
    places = public | dict.fromkeys(secrets_named, (secret, NAMED))
    for name, (copier, below) in places.items():
        file = settings.path(name).resolve()
        if not (name and file.is_file() and file.is_relative_to(root)) or file.is_relative_to(root / "tls"):
            continue
        place = file.relative_to(root)
        copied = f"{below}{place.as_posix()}"
        if len(place.parts) <= _DEEPEST and copied not in {other.name for other in copier.files}:
            copier.add(file, copied)


def _copy_terms(settings: Settings, data: Copier) -> None:
    """Copy the operator's own terms of use, when they lie inside the gateway's own folder."""
    root = settings.root.resolve()
    for file in sorted(settings.terms_folder.resolve().glob("*.txt")) if settings.terms_folder else ():
        if file.is_file() and file.is_relative_to(root) and len(file.relative_to(root).parts) <= _DEEPEST:
            data.add(file, file.relative_to(root).as_posix())


def vaults_without_key(database: Path, key_store: Path) -> set[int]:
    """Give the vaults that a database has, and a key store has no key of."""
    return _numbers(database, _ALL_VAULTS) - _numbers(key_store, _ALL_KEYS)


def _erased_meanwhile(database: Path, key_store: Path, live: Path) -> tuple[str, ...]:
    """Give the vaults that the copy of the database has, and neither the keys nor the gateway have any more."""
    gone = vaults_without_key(database, key_store)
    gone = gone - _numbers(live, _ALL_VAULTS) if gone else gone
    return tuple(sorted(f"{vault:x}" for vault in gone))


def _numbers(database: Path, query: str) -> set[int]:
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return {vault for (vault,) in connection.execute(query)}
    finally:
        connection.close()
