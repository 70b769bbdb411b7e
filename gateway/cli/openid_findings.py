"""What ``pli doctor`` says of the OpenID provider that people may sign in at, when one is set."""

import asyncio
from collections.abc import Iterator

from gateway.cli.failures import told
from gateway.cli.findings import Finding
from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.domain.errors import PliError, ProviderRefused, ProviderUnavailable
from gateway.openid_provider import openid_provider_of


def openid_findings(settings: Settings) -> Iterator[Finding]:
    """Ask the provider whether it is there."""
    what = f"{settings.openid.name} at {settings.openid.issuer}"
    try:
        provider = openid_provider_of(settings, SystemClock())
        if provider is None:
            return
        asyncio.run(provider.require_answer())
    except ProviderUnavailable as error:
        yield Finding(f"{what} does not answer ({error})", False, "people are asked for number and card meanwhile")
    except ProviderRefused as error:
        yield Finding(f"{what} says what cannot be used ({error})", True, "check openid.issuer, letter by letter")
    except PliError as error:
        yield Finding("[openid] cannot be used", True, told(error).text)
    else:
        yield Finding(f"{what} answers", False)
