"""CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE (RFC 3501 §6.3.3 to §6.3.7)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.imap.wire.cursor import CommandCursor
from gateway.imap.wire.mailbox_name import MailboxName
from gateway.imap.wire.syntax import SIGNED_IN, Command, Syntax


@dataclass(frozen=True, slots=True)
class Create(Command):
    """CREATE (RFC 3501 §6.3.3); a trailing delimiter is already gone."""

    mailbox: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delete(Command):
    """DELETE (RFC 3501 §6.3.4)."""

    mailbox: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rename(Command):
    """RENAME (RFC 3501 §6.3.5)."""

    mailbox: MailboxName = field(repr=False)
    new_name: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class Subscribe(Command):
    """SUBSCRIBE (RFC 3501 §6.3.6)."""

    mailbox: MailboxName = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unsubscribe(Command):
    """UNSUBSCRIBE (RFC 3501 §6.3.7)."""

    mailbox: MailboxName = field(repr=False)


def _with_mailbox(build: Callable[..., Command], *, to_create: bool = False) -> Callable[[CommandCursor], Command]:
    def read(cursor: CommandCursor) -> Command:
        cursor.space()
        return build(cursor.mailbox(to_create=to_create))
    return read


def _rename(cursor: CommandCursor) -> Command:
    cursor.space()
    mailbox = cursor.mailbox()
    cursor.space()
    return Rename(mailbox, cursor.mailbox(to_create=True))


SYNTAX = (
    Syntax(b"CREATE", Create, SIGNED_IN, _with_mailbox(Create, to_create=True)),
    Syntax(b"DELETE", Delete, SIGNED_IN, _with_mailbox(Delete)),
    Syntax(b"RENAME", Rename, SIGNED_IN, _rename),
    Syntax(b"SUBSCRIBE", Subscribe, SIGNED_IN, _with_mailbox(Subscribe)),
    Syntax(b"UNSUBSCRIBE", Unsubscribe, SIGNED_IN, _with_mailbox(Unsubscribe)),
)
