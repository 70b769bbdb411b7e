"""What ``pli doctor`` says of the OpenID providers that people may sign in at, when they are set."""

import asyncio
from collections.abc import Callable, Iterator

from gateway.cli.failures import told
from gateway.cli.findings import Finding
from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.domain.errors import PliError, ProviderRefused, ProviderUnavailable
from gateway.openid.provider import OpenidProvider
from gateway.openid_provider import openid_provider_of, professionals_provider_of

_CLOCK = SystemClock()
_MEANWHILE = {
    "openid": "people are asked for number and card meanwhile",
    "pro_openid": "professionals come in by a certificate meanwhile",
}


def openid_findings(settings: Settings) -> Iterator[Finding]:
    """Ask the providers whether they are there."""
    patients, professionals = settings.openid, settings.pro_openid
    at = f"{patients.name} at {patients.issuer}"
    yield from _findings(at, "openid", lambda: openid_provider_of(settings, _CLOCK))
    at = f"{professionals.name} at {professionals.issuer}"
    yield from _findings(at, "pro_openid", lambda: professionals_provider_of(settings, _CLOCK))


def _findings(what: str, section: str, provider_of: Callable[[], OpenidProvider | None]) -> Iterator[Finding]:
    try:
        provider = provider_of()
        if provider is None:
            return
        asyncio.run(provider.require_answer())
    except ProviderUnavailable as error:
        yield Finding(f"{what} does not answer ({error})", False, _MEANWHILE[section])
    except ProviderRefused as error:
        yield Finding(f"{what} says what cannot be used ({error})", True, f"check {section}.issuer, letter by letter")
    except PliError as error:
        yield Finding(f"[{section}] cannot be used", True, told(error).text)
    else:
        yield Finding(f"{what} answers", False)
