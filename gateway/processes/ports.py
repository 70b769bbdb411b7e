"""The ports of the settings: taken once, before anybody serves, and named by their setting when they cannot be."""

import errno
import socket
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from gateway.config import Settings
from gateway.domain.errors import ConfigurationError
from gateway.listening import bound


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port that will be listened on: its name, and the setting or option that gives it."""

    name: str
    setting: str
    host: str
    port: int

    @property
    def host_setting(self) -> str:
        """Name the setting that gives the host."""
        return f"{self.setting.partition('.')[0]}.host"


def wanted_by(settings: Settings) -> list[Wanted]:
    """List the ports of the settings."""
    smtp, imap, web, deposit, pro = settings.smtp, settings.imap, settings.web, settings.deposit, settings.pro
    found = [
        Wanted("relay", "smtp.relay_port", smtp.host, smtp.relay_port),
        Wanted("submission", "smtp.submission_port", smtp.host, smtp.submission_port),
        Wanted("starttls", "smtp.starttls_port", smtp.host, smtp.starttls_port),
        Wanted("imap", "imap.port", imap.host, imap.port),
        Wanted("web", "web.port", web.host, web.port),
    ]
    if deposit.enabled:
        found.append(Wanted("deposit", "deposit.port", deposit.host, deposit.port))
    if pro.certificates:
        found.append(Wanted("card", "pro.port", pro.host, pro.port))
    return found


def take_ports(wanted: Iterable[Wanted]) -> dict[str, list[socket.socket]]:
    """Listen on every port, and give the sockets by name.

    Raises:
        ConfigurationError: one is not free; it names the setting, and none stays taken.
    """
    with ExitStack() as stack:
        taken: dict[str, list[socket.socket]] = {}
        for one in wanted:
            taken[one.name] = _taken(one)
            for listening in taken[one.name]:
                stack.enter_context(listening)
        stack.pop_all()
    return taken


def check_ports(wanted: Iterable[Wanted]) -> None:
    """Take every port and leave it again; raises as `take_ports` does."""
    for sockets in take_ports(wanted).values():
        for listening in sockets:
            listening.close()


def _taken(wanted: Wanted) -> list[socket.socket]:
    try:
        return bound(wanted.host, wanted.port)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise ConfigurationError(
                f'{wanted.host_setting}: "{wanted.host}" is no address of this machine; set another'
            ) from error
        raise ConfigurationError(
            f"{wanted.setting}: port {wanted.port} on {wanted.host} cannot be taken ({error.strerror}): "
            "stop the program that has it, or set another port"
        ) from error
