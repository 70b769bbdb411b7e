"""When the last backup of a gateway was made: one small file in its data folder, for ``pli doctor``."""

from datetime import UTC, datetime

from gateway.config import Settings
from gateway.directory.durable import replace_durably

_NAME = "last-backup"


def note_backup(settings: Settings, now: datetime) -> None:
    """Note that a backup was finished now."""
    replace_durably(settings.path(settings.paths.data) / _NAME, now.astimezone(UTC).isoformat().encode())


def last_backup(settings: Settings) -> datetime | None:
    """Say when the last backup was finished; None when none was, or when nobody knows."""
    try:
        text = (settings.path(settings.paths.data) / _NAME).read_text(encoding="ascii")
        return datetime.fromisoformat(text).astimezone(UTC)
    except (OSError, ValueError):
        return None
