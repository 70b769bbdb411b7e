"""What ``pli doctor`` says of where and how a gateway runs: serving or not, hosted where, backed up when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gateway.backup.last_made import last_backup
from gateway.blob_places import blobs_are_remote
from gateway.cli.findings import Finding
from gateway.cli.only_server import who_serves
from gateway.config import Settings
from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue

if TYPE_CHECKING:
    import dns.resolver

_OLD = timedelta(days=2)
_HOME = "FR"


def place_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Say whether Pli serves, where its data are declared to be, when they were copied, and what the DNS says."""
    holder = who_serves(settings)
    advice = "" if holder else "patients and senders reach nobody: start pli serve"
    yield Finding(f"Pli serves, {holder}" if holder else "Pli does not serve from this folder", False, advice)
    yield from _hosting(settings)
    yield from _backups(settings, now)
    yield from notice_findings(settings)


def _hosting(settings: Settings) -> Iterator[Finding]:
    declared, blobs = settings.hosting, settings.paths.blobs
    yield _declared("database and keys", "place", declared.place)
    where = f"messages and documents ({blobs})" if blobs_are_remote(settings) else "messages and documents"
    yield _declared(where, "blobs", declared.blobs or ("" if blobs_are_remote(settings) else declared.place))
    yield _declared("backups", "backups", declared.backups)
    yield _declared("relay of e-mail and SMS", "relays", declared.relays)


def _declared(what: str, key: str, place: str) -> Finding:
    """Tell of one declared place; health data are to be hosted in France (F87)."""
    if not place:
        return Finding(f"hosting of {what} is not declared", False, f'set hosting.{key} = "FR, town, host"')
    abroad = place.replace(",", " ").split()[:1] != [_HOME]
    return Finding(f"hosting of {what}: {place}", abroad, "health data must be hosted in France" if abroad else "")


def _backups(settings: Settings, now: datetime) -> Iterator[Finding]:
    if settings.paths.database or blobs_are_remote(settings):
        yield Finding("backups are made by your servers' own means", False)
        return
    made = last_backup(settings)
    if made is None:
        yield Finding("no backup was made yet", False, "run pli backup every day, and keep its keys apart")
    else:
        advice = "run pli backup every day" if now - made > _OLD else ""
        yield Finding(f"last backup: {made:%Y-%m-%d %H:%M} UTC", False, advice)


def notice_findings(settings: Settings, resolver: "dns.resolver.Resolver | None" = None) -> Iterator[Finding]:
    """Say how notices leave and what the DNS says of their domain; `resolver` stands in for the machine's own."""
    notices = settings.notices
    if not notices.relay:
        yield Finding("e-mail notices are files in paths.notices", False, "your own program must send them")
        return
    yield Finding(f"e-mail notices go by {notices.relay}", False)
    # Imported here: other commands do without it.
    import dns.exception
    import dns.resolver

    from gateway.cli.mail_domain_findings import mail_domain_findings

    try:
        domain = MailAddress.parse(notices.sender).domain
        asked = resolver or dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError, InvalidValue):
        return  # without a resolver nothing is known; a wrong sender is told by `pli serve`
    yield from mail_domain_findings(domain, notices.dkim_selector if notices.dkim_key else "", asked)
