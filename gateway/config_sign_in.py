"""The tables of the settings file that say how people come in: limits, a provider, the console of professionals.

Every key is explained in `docs/configuration.md`. Reading and checking the file is `gateway.config`'s.
"""

from gateway.config_sections import Many, Port, SettingsSection
from gateway.domain.errors import ConfigurationError


class SignInSection(SettingsSection, frozen=True):
    """Limits of patients' sign-in (features A1, F19)."""

    code_minutes: Many = 10
    code_tries: Many = 5
    codes_a_day: Many = 10
    failures: Many = 10
    failure_minutes: Many = 15


class OpenidSection(SettingsSection, frozen=True):
    """An OpenID provider, such as FranceConnect, that may stand for number and card at activation (E28).

    Attributes:
        issuer: ``https://…``, exactly as it says of itself; empty for none: nothing of it is shown.
        client_id: who we are there.
        client_secret: file that holds our secret alone.
        name: what the button calls it.
        scopes: what it is asked for.
        acr: levels that are enough, such as ``eidas2``; empty for whatever it gives.
        authorities: who may sign its certificates; empty for those the system knows.
        seconds: how long it may take for one answer.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    name: str = "FranceConnect"
    scopes: tuple[str, ...] = (
        "openid", "given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry",
    )  # fmt: skip
    acr: tuple[str, ...] = ()
    authorities: str = ""
    seconds: Many = 8


class ProOpenidSection(SettingsSection, frozen=True):
    """The provider at which professionals sign in to the console: Pro Santé Connect; keys as in `OpenidSection`."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    name: str = "Pro Santé Connect"
    scopes: tuple[str, ...] = ("openid", "scope_all")
    acr: tuple[str, ...] = ("eidas1",)
    authorities: str = ""
    seconds: Many = 8


class ProSection(SettingsSection, frozen=True):
    """The console of professionals, below ``/pro/`` of the web space.

    Attributes:
        certificates: open the port at which browsers show a card (CPS) or another certificate.
        authorities: who may sign those; there is no such port without. Whoever signs for other operators' servers and
            for laboratories (`tls.authorities`) signs a card only when named here too.
        crl: revocation lists of these authorities; none where it is empty.
    """

    certificates: bool = False
    host: str = "127.0.0.1"
    port: Port = 8445
    authorities: str = ""
    crl: str = ""
    max_connections: Many = 500
    max_connections_per_address: Many = 50


def require_pro(section: ProSection) -> None:
    """Raise `ConfigurationError` for a port of certificates without a word on whose certificates count."""
    if section.certificates and not section.authorities:
        raise ConfigurationError(
            "pro.authorities is missing: with pro.certificates, say who signs the certificates that professionals and "
            'agents show, such as "tls/ca.pem" for those that pli issues, or a PEM file with the authority of the cards'
        )
