"""Which OpenID providers the settings name, if any: one for patients, one for professionals."""

import time
from collections.abc import Callable
from pathlib import Path
from ssl import SSLContext
from urllib.parse import urlsplit

from certs import contexts
from gateway.config import Settings
from gateway.config_sign_in import OpenidSection, ProOpenidSection
from gateway.domain.errors import ConfigurationError
from gateway.openid.documents import is_https
from gateway.openid.provider import OpenidProvider, ProviderSettings
from gateway.ports.clock import Clock

_MOST_NAME = 40


def openid_provider_of(settings: Settings, clock: Clock) -> OpenidProvider | None:
    """Give the patients' provider; None when none is set. Raises `ConfigurationError` for what cannot be used."""
    return _provider_of(settings, settings.openid, "openid", clock, ("openid-configuration",))


def professionals_provider_of(settings: Settings, clock: Clock) -> OpenidProvider | None:
    """Give the professionals' provider; None when none is set. Raises `ConfigurationError` likewise."""
    both = ("openid-configuration", "wallet-openid-configuration")
    return _provider_of(settings, settings.pro_openid, "pro_openid", clock, both)


def _provider_of(
    settings: Settings, section: OpenidSection | ProOpenidSection, name: str, clock: Clock, discovery: tuple[str, ...]
) -> OpenidProvider | None:
    if not section.issuer:
        return None
    if not is_https(section.issuer) or urlsplit(section.issuer).query:
        raise ConfigurationError(f"{name}.issuer must be an address that begins with https://, without ? or #")
    if not section.client_id:
        raise ConfigurationError(f"{name}.client_id must be what the provider calls this gateway")
    if not section.name.strip() or len(section.name) > _MOST_NAME or not section.name.isprintable():
        raise ConfigurationError(f"{name}.name must have 1 to {_MOST_NAME} signs")
    if "openid" not in section.scopes:
        raise ConfigurationError(f'{name}.scopes must hold "openid"')
    authorities = settings.path(section.authorities) if section.authorities else None
    return OpenidProvider(
        ProviderSettings(
            issuer=section.issuer,
            client_id=section.client_id,
            client_secret=_secret(settings.path(section.client_secret), name),
            name=section.name,
            scopes=section.scopes,
            levels=section.acr,
            seconds=section.seconds,
            discovery=discovery,
        ),
        _context(authorities),
        clock,
    )


def _context(file: Path | None) -> Callable[[], SSLContext]:
    return contexts.Renewable(lambda: contexts.client(file), [file] if file else [], time.monotonic).current


def _secret(file: Path, name: str) -> str:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{name}.client_secret must name a readable file that holds the secret alone"
        ) from error
    if not secret:
        raise ConfigurationError(f"{name}.client_secret must name a file that is not empty")
    return secret
