"""Mailboxes and groups: what an address field holds once it is read (RFC 5322 §3.4)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
DOT_ATOM = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[!-Z^-~]*\]")


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Mailbox:
    """One mailbox of a field.

    Attributes:
        name: the display name, decoded, on one line; what the *sender claims*.
        local: the local part, a quoted one unquoted; a replacement text where there is none.
        domain: the domain as written, or empty.
        valid: whether this is exactly an address of the grammar.
        raw_name: the display name as in the field, unquoted, encoded words kept (for IMAP).
        route: a source route as in the field, its colon left out (RFC 5322 §4.4, for IMAP); it changes no address.
    """

    name: str
    local: str
    domain: str
    valid: bool = True
    raw_name: bytes = b""
    route: str = field(default="", compare=False)

    @classmethod
    def of(cls, address: str, name: str = "") -> "Mailbox":
        """Give the mailbox of a plain ``local@domain``; raise `InvalidValue` when it is not one."""
        local, _, domain = address.rpartition("@")
        if not (DOT_ATOM.fullmatch(local) and DOMAIN.fullmatch(domain)):
            raise InvalidValue("not a mail address")
        return cls(name=name, local=local, domain=domain)

    @classmethod
    def at(cls, address: MailAddress, name: str = "") -> "Mailbox":
        """Give the mailbox of an address, with the name to show."""
        return cls(name=name, local=address.local, domain=address.domain)

    @property
    def mail(self) -> MailAddress | None:
        """Give it as an address that can be judged, or None when it is not one without doubt."""
        if not self.valid:
            return None
        try:
            return MailAddress.parse(self.address)
        except InvalidValue:
            return None

    @property
    def address(self) -> str:
        """Give ``local@domain``, the local part quoted where the grammar asks for it."""
        local = self.local
        if not DOT_ATOM.fullmatch(local):
            local = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{local}@{self.domain}"


@dataclass(frozen=True, slots=True, repr=False)
class GroupStart:
    """The name that opens a group."""

    raw_name: bytes


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """The semicolon that closes a group."""


Entry: TypeAlias = Mailbox | GroupStart | GroupEnd


def mailboxes_of(entries: tuple[Entry, ...]) -> tuple[Mailbox, ...]:
    """Keep the mailboxes of a parsed field, members of groups included."""
    return tuple(entry for entry in entries if isinstance(entry, Mailbox))


def addresses_of(mailboxes: Iterable[Mailbox]) -> list[MailAddress]:
    """Give, in order, the addresses that can be judged."""
    return [address for mailbox in mailboxes if (address := mailbox.mail) is not None]
