"""Which OpenID provider the settings name, if any."""

import time
from collections.abc import Callable
from ssl import SSLContext
from urllib.parse import urlsplit

from certs import contexts
from gateway.config import Settings
from gateway.domain.errors import ConfigurationError
from gateway.openid.documents import is_https
from gateway.openid.provider import OpenidProvider, ProviderSettings
from gateway.ports.clock import Clock

_MOST_NAME = 40


def openid_provider_of(settings: Settings, clock: Clock) -> OpenidProvider | None:
    """Give the provider; None when none is set. Raises `ConfigurationError` for what cannot be used."""
    section = settings.openid
    if not section.issuer:
        return None
    if not is_https(section.issuer) or urlsplit(section.issuer).query:
        raise ConfigurationError("openid.issuer must be an address that begins with https://, without ? or #")
    if not section.client_id:
        raise ConfigurationError("openid.client_id must be what the provider calls this gateway")
    if not section.name.strip() or len(section.name) > _MOST_NAME or not section.name.isprintable():
        raise ConfigurationError(f"openid.name must have 1 to {_MOST_NAME} signs")
    if "openid" not in section.scopes:
        raise ConfigurationError('openid.scopes must hold "openid"')
    return OpenidProvider(
        ProviderSettings(
            issuer=section.issuer,
            client_id=section.client_id,
            client_secret=_secret(settings),
            name=section.name,
            scopes=section.scopes,
            levels=section.acr,
            seconds=section.seconds,
        ),
        _context(settings),
        clock,
    )


def _context(settings: Settings) -> Callable[[], SSLContext]:
    file = settings.path(settings.openid.authorities) if settings.openid.authorities else None
    return contexts.Renewable(lambda: contexts.client(file), [file] if file else [], time.monotonic).current


def _secret(settings: Settings) -> str:
    try:
        secret = settings.path(settings.openid.client_secret).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "openid.client_secret must name a readable file that holds the secret alone"
        ) from error
    if not secret:
        raise ConfigurationError("openid.client_secret must name a file that is not empty")
    return secret
