"""Look whether the ports of the settings can be taken, before anything is opened or made."""

import errno
import socket
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from gateway.config import Settings
from gateway.domain.errors import ConfigurationError


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
    smtp, imap, web = settings.smtp, settings.imap, settings.web
    return [
        Wanted("smtp.relay_port", smtp.host, smtp.relay_port),
        Wanted("smtp.submission_port", smtp.host, smtp.submission_port),
        Wanted("smtp.starttls_port", smtp.host, smtp.starttls_port),
        Wanted("imap.port", imap.host, imap.port),
        Wanted("web.port", web.host, web.port),
    ]


def check_ports(ports: Iterable[Wanted]) -> None:
    """Take every port and leave it again. Raises `ConfigurationError` naming the setting of one that is not free."""
    with ExitStack() as stack:
        for wanted in ports:
            for family, address in _addresses(wanted):
                # Kept until all are taken, so that one port named twice is found, too.
                stack.enter_context(_taken(wanted, family, address))


def _addresses(wanted: Wanted) -> set[tuple[int, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(wanted.host, wanted.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _no_address(wanted) from error
    return {(family, (str(address[0]), wanted.port)) for family, _, _, _, address in found}


def _taken(wanted: Wanted, family: int, address: tuple[str, int]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(1)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise _no_address(wanted) from error
        raise ConfigurationError(
            f"{wanted.setting}: port {wanted.port} on {wanted.host} cannot be taken ({error.strerror}): "
            "stop the program that has it, or set another port"
        ) from error
    return listener


def _no_address(wanted: Wanted) -> ConfigurationError:
    return ConfigurationError(f'{wanted.host_setting}: "{wanted.host}" is no address of this machine; set another')
