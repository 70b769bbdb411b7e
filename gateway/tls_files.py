"""Which certificates, keys and authorities the settings name."""

from certs.contexts import KeyPair, Trust
from gateway.config import Settings


def trust_of(settings: Settings) -> Trust:
    """Give who may sign the certificates of other operators and of laboratories, and what was revoked."""
    crl = settings.tls.crl
    return Trust(settings.path(settings.tls.authorities), settings.path(crl) if crl else None)


def card_trust_of(settings: Settings) -> Trust:
    """Give who may sign the certificates that browsers show at the console: nobody else's count there."""
    section = settings.pro
    return Trust(settings.path(section.authorities), settings.path(section.crl) if section.crl else None)


def server_pair(settings: Settings) -> KeyPair:
    """Give what every listener shows."""
    return KeyPair(settings.path(settings.tls.certificate), settings.path(settings.tls.key))


def operator_pair(settings: Settings) -> KeyPair:
    """Give what this gateway shows to other operators' servers."""
    return KeyPair(settings.path(settings.tls.client_certificate), settings.path(settings.tls.client_key))
