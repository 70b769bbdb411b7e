"""Where the settings say that blobs are kept: a folder, or an S3 store with its credentials."""

import tomllib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gateway.config import Settings
from gateway.domain.errors import ConfigurationError
from gateway.store.blobs.file_blobs import FileBlobs
from gateway.store.disk_failure import DiskFailure

if TYPE_CHECKING:
    from gateway.store.blobs.s3_blobs import S3Blobs

_KEYS = {"access_key", "secret_key"}


def blobs_are_remote(settings: Settings) -> bool:
    """Say whether they are in an S3 store."""
    return settings.paths.blobs.startswith("s3://")


def open_blobs(settings: Settings, disk: DiskFailure) -> "FileBlobs | S3Blobs":
    """Open them; close what is given, or use it in a ``with``. Files ask `disk`. Raises `ConfigurationError`."""
    if blobs_are_remote(settings):
        return _s3_blobs(settings)
    return FileBlobs(settings.path(settings.paths.blobs), disk)


def require_blobs(settings: Settings) -> None:
    """Refuse an S3 store that does not know us. Raises `ConfigurationError`, `StoreUnavailable`."""
    if blobs_are_remote(settings):
        with _s3_blobs(settings) as blobs:
            blobs.require_usable()


def _s3_blobs(settings: Settings) -> "S3Blobs":
    # Imported here: its library takes memory that a gateway on files need not have.
    from gateway.store.blobs.s3_blobs import S3Blobs, S3Place

    where, section = urlsplit(settings.paths.blobs), settings.s3
    access_key, secret_key = _credentials(settings) if section.credentials else ("", "")
    place = S3Place(
        bucket=where.netloc,
        prefix=where.path.strip("/"),
        endpoint=section.endpoint,
        region=section.region,
        access_key=access_key,
        secret_key=secret_key,
        patience_seconds=section.patience_seconds,
    )
    return S3Blobs(place)


def _credentials(settings: Settings) -> tuple[str, str]:
    path = settings.path(settings.s3.credentials)
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"{path} can be read by others: run chmod 600 on it")
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read as credentials of [s3]: see docs/configuration.md") from error
    if found.keys() != _KEYS or not all(isinstance(value, str) for value in found.values()):
        raise ConfigurationError(f"{path} must give access_key and secret_key, and nothing else")
    return found["access_key"], found["secret_key"]
