"""``pli doctor``: what is wrong, or will be soon, and what to do."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import typer

from certs.expiry import expiring
from gateway.app import Core, core
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.clock import SystemClock
from gateway.config import Settings, load_settings
from gateway.domain.errors import PliError

_SOON = timedelta(days=30)
_ENOUGH_DISK = 2 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `bad` findings make the command fail."""

    what: str
    bad: bool
    advice: str = ""


def doctor(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Check certificates, trust lists, keys, disk, the outbox and the quarantine; exit 1 when something is wrong."""
    settings = load_settings(config)
    findings = [*_certificates(settings), *_disk(settings), *_readable_keys(settings)]
    findings += asyncio.run(_inside(settings))
    for finding in findings:
        say(f"{'✗' if finding.bad else '✓'} {finding.what}{': ' + finding.advice if finding.advice else ''}")
    bad = [finding.what for finding in findings if finding.bad]
    put({"checked": len(findings), "wrong": bad}, as_json=as_json)
    if bad:
        raise typer.Exit(1)


def _certificates(settings: Settings) -> Iterator[Finding]:
    tls, now = settings.tls, SystemClock().now()
    paths = [settings.path(name) for name in (tls.certificate, tls.authorities, tls.client_certificate)]
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        yield Finding(f"{path.name} is missing", True, "put it back from your backup, or run pli init in a new folder")
    soon = expiring([path for path in paths if path not in missing], now, _SOON)
    for item in soon:
        yield Finding(f"{item.path.name} ends on {item.not_after:%Y-%m-%d}", item.expired(now), "renew it")
    if not (missing or soon):
        yield Finding("certificates", False)


def _disk(settings: Settings) -> Iterator[Finding]:
    for name in {settings.paths.data, settings.paths.blobs}:
        free = shutil.disk_usage(_existing(settings.path(name))).free
        advice = "" if free > _ENOUGH_DISK else "below 2 GiB: enlarge the volume; mail is put off when it is full"
        yield Finding(f"{free >> 20} MiB free for {name}", free <= _ENOUGH_DISK, advice)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _readable_keys(settings: Settings) -> Iterator[Finding]:
    folder = settings.path(settings.paths.keys)
    open_files = [file.name for file in folder.glob("*") if file.stat().st_mode & 0o077]
    advice = f"chmod 600 {folder}/*" if open_files else ""
    yield Finding("key files are the owner's alone", bool(open_files), advice)


async def _inside(settings: Settings) -> list[Finding]:
    try:
        async with core(settings) as it:
            return [*_trust(it), *await _work(it)]
    except PliError as error:
        return [Finding(f"the store opens [{error.code}]", True, str(error))]


def _trust(it: Core) -> Iterator[Finding]:
    now, ages = it.clock.now(), it.directory.ages()
    for name, made, limit in zip(
        ("whitelist", "directory"), (ages.whitelist, ages.directory), it.settings.trust_ages, strict=True
    ):
        yield _age(name, made, limit, now)
    for fault in it.directory.faults():
        yield Finding(fault, True)


def _age(name: str, made: datetime | None, limit: timedelta, now: datetime) -> Finding:
    if made is None:
        return Finding(f"no {name} is loaded", True, f"mail is put off until you run pli {name} import FILE")
    old = now - made > limit
    advice = f"mail is put off until you run pli {name} import FILE" if old else ""
    return Finding(f"{name} of {made:%Y-%m-%d %H:%M}", old, advice)


async def _work(it: Core) -> list[Finding]:
    counts, quarantined = await it.store.read(lambda tx: (tx.outbox.counts(), tx.quarantine.count()))
    parked = counts["parked"]
    advice = "look for « step.failed » in the log, mend the cause" if parked else ""
    return [
        Finding(f"{counts['waiting']} steps waiting in the outbox", False),
        Finding(f"{parked} steps parked", parked > 0, advice),
        Finding(f"{quarantined} messages in quarantine", False),
    ]
