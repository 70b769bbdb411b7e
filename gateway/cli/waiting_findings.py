"""What ``pli doctor`` says of who is told: notices that nobody took, letters to be posted, and who answers for help."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.cli.findings import Finding
from gateway.cli.output import counted
from gateway.config import Settings

_LATE = timedelta(days=1)


def waiting_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Count what lies in the folders of notices and of letters, and say who is asked for help."""
    yield from _help(settings)
    yield from _notices(settings, now)
    if settings.notices.letters:
        yield from _letters(settings.path(settings.notices.letters))
        yield from _help_line(settings)


def _help(settings: Settings) -> Iterator[Finding]:
    asked = settings.support.address
    if asked:
        yield Finding(f"requests for help go to {asked}", False)
        return
    advice = 'set support.address = "name@domain.example": until then patients find no form on « Aide »'
    yield Finding("requests for help go nowhere", False, advice)


def _help_line(settings: Settings) -> Iterator[Finding]:
    if not (settings.support.telephone or settings.support.postal):
        advice = "set support.telephone or support.postal: who has no internet cannot see how to ask or refuse"
        yield Finding("letters name no telephone number and no postal address", False, advice)


def _notices(settings: Settings, now: datetime) -> Iterator[Finding]:
    count, oldest = _lying(settings.path(settings.paths.notices), ".json")
    if oldest is None:
        return
    advice = "your program takes no notices: start it, or set notices.relay" if now - oldest > _LATE else ""
    lying = counted(count, "notice lies", "notices lie")
    yield Finding(f"{lying} in paths.notices, the oldest since {oldest:%Y-%m-%d %H:%M} UTC", False, advice)


def _letters(folder: Path) -> Iterator[Finding]:
    for mailing in sorted(path for path in _entries(folder) if path.is_dir()):
        count, oldest = _lying(mailing, ".pdf")
        if oldest is None:
            continue
        advice = f"post them, run pli notices posted {mailing.name}, and remove the folder: it holds names and codes"
        lying = counted(count, "letter lies", "letters lie")
        yield Finding(f"{lying} in {mailing}, since {oldest:%Y-%m-%d}", False, advice)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []  # not made yet; a folder that cannot be read is told with the others


def _lying(folder: Path, suffix: str) -> tuple[int, datetime | None]:
    """Count the files of a folder, and give since when the oldest lies there."""
    count, oldest = 0, 0.0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(suffix) and not entry.name.startswith("."):
                    since = entry.stat().st_mtime
                    count, oldest = count + 1, min(oldest or since, since)
    except OSError:
        pass  # taken meanwhile, or told with the folders
    return count, datetime.fromtimestamp(oldest, UTC) if count else None
