"""Which places the settings name for checkpoints of the log of heads."""

from certs import contexts
from gateway.checkpoints.places import FolderAndUrl
from gateway.config import Settings
from gateway.domain.errors import ConfigurationError


def places_of(settings: Settings) -> FolderAndUrl:
    """Give them. Raises `ConfigurationError` for what the settings name and cannot be used."""
    section = settings.log
    if section.url and not section.url.startswith("https://"):
        raise ConfigurationError("log.url must begin with https://")
    token = ""
    if section.token:
        try:
            token = settings.path(section.token).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise ConfigurationError("log.token: the file cannot be read") from error
    file = settings.path(section.authorities) if section.authorities else None
    return FolderAndUrl(settings.path(section.checkpoints), section.url, token, lambda: contexts.client(file))
