"""The ports of the settings: whether they can be taken, and where a gateway that serves answers."""

import errno
import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from gateway.config import Settings
from gateway.domain.errors import ConfigurationError
from gateway.listening import bound


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port that will be listened on, and the setting or option that names it."""

    setting: str
    host: str
    port: int

    @property
    def host_setting(self) -> str:
        """Name the setting that gives the host."""
        return f"{self.setting.partition('.')[0]}.host"


def wanted_by(settings: Settings) -> list[Wanted]:
    """List the ports of the settings."""
    smtp, imap, web, deposit = settings.smtp, settings.imap, settings.web, settings.deposit
    deposits = [Wanted("deposit.port", deposit.host, deposit.port)] if deposit.enabled else []
    pro = settings.pro
    cards = [Wanted("pro.port", pro.host, pro.port)] if pro.certificates else []
    return [
        Wanted("smtp.relay_port", smtp.host, smtp.relay_port),
        Wanted("smtp.submission_port", smtp.host, smtp.submission_port),
        Wanted("smtp.starttls_port", smtp.host, smtp.starttls_port),
        Wanted("imap.port", imap.host, imap.port),
        Wanted("web.port", web.host, web.port),
        *deposits,
        *cards,
    ]


def addresses(settings: Settings, ports: Mapping[str, int | None]) -> list[str]:
    """Say for people where a serving gateway answers, a line for each listener."""
    smtp, web = settings.smtp.host, settings.web
    origin = web.origin or f"https://{settings.gateway.hostname}:{ports['web']}"
    lines = [
        ("web", f"{origin.rstrip('/')}/", web.host, ports["web"]),
        ("smtp relay", "STARTTLS, client certificate", smtp, ports["relay"]),
        ("submission", "TLS", smtp, ports["submission"]),
        ("submission", "STARTTLS", smtp, ports["starttls"]),
        ("imap", "TLS", settings.imap.host, ports["imap"]),
        ("deposit", "HTTPS, client certificate", settings.deposit.host, ports["deposit"]),
        ("console", "HTTPS, client certificate", settings.pro.host, ports["card"]),
    ]
    return [f"  {name:10}  {host}:{port}  {how}" for name, how, host, port in lines if port is not None]


def check_ports(ports: Iterable[Wanted]) -> None:
    """Take every port and leave it again. Raises `ConfigurationError` naming the setting of one that is not free."""
    with ExitStack() as stack:
        for wanted in ports:
            # Kept until all are taken, so that one port named twice is found, too.
            for taken in _taken(wanted):
                stack.enter_context(taken)


def _taken(wanted: Wanted) -> list[socket.socket]:
    try:
        return bound(wanted.host, wanted.port)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise _no_address(wanted) from error
        raise ConfigurationError(
            f"{wanted.setting}: port {wanted.port} on {wanted.host} cannot be taken ({error.strerror}): "
            "stop the program that has it, or set another port"
        ) from error


def _no_address(wanted: Wanted) -> ConfigurationError:
    return ConfigurationError(f'{wanted.host_setting}: "{wanted.host}" is no address of this machine; set another')
