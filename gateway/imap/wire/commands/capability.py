"""Commands that need no mailbox: CAPABILITY, NOOP, LOGOUT, ID, STARTTLS, ENABLE, NAMESPACE."""

from dataclasses import dataclass, field

from gateway.imap.wire.cursor import CommandCursor
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.syntax import ANYWHERE, BEFORE_SIGN_IN, SIGNED_IN, Command, State, StateRule, Syntax


@dataclass(frozen=True, slots=True)
class Capability(Command):
    """CAPABILITY (RFC 3501 §6.1.1)."""


@dataclass(frozen=True, slots=True)
class Logout(Command):
    """LOGOUT (RFC 3501 §6.1.3)."""


@dataclass(frozen=True, slots=True)
class Id(Command):
    """ID (RFC 2971): what the client says it is; never relied on, never refused for its length."""

    fields: tuple[tuple[str, str | None], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class StartTls(Command):
    """STARTTLS (RFC 3501 §6.2.1)."""


@dataclass(frozen=True, slots=True)
class Enable(Command):
    """ENABLE (RFC 5161); names in capitals, unknown ones included: the server ignores those."""

    capabilities: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Namespace(Command):
    """NAMESPACE (RFC 2342)."""


def _id(cursor: CommandCursor) -> Command:
    cursor.space()
    if not cursor.at(b"("):
        if cursor.word() != b"NIL":
            raise CommandRefused("expected a list or NIL")
        return Id()

    def pair() -> tuple[str, str | None]:
        key = cursor.string().decode("utf-8", "replace")
        cursor.space()
        value = cursor.nstring()
        return key, None if value is None else value.decode("utf-8", "replace")

    return Id(tuple(cursor.listed(pair, minimum=0)))


def _enable(cursor: CommandCursor) -> Command:
    names = []
    while cursor.accept(b" "):
        names.append(cursor.word())
    if not names:
        raise CommandRefused("expected a capability")
    return Enable(tuple(names))


SYNTAX = (
    Syntax(b"CAPABILITY", Capability, ANYWHERE),
    Syntax(b"ID", Id, ANYWHERE, _id),
    Syntax(b"LOGOUT", Logout, StateRule(ANYWHERE.legal, after_ok=State.LOGOUT)),
    Syntax(b"STARTTLS", StartTls, BEFORE_SIGN_IN),
    Syntax(b"ENABLE", Enable, StateRule(frozenset((State.AUTHENTICATED,))), _enable),  # RFC 5161 §3.1
    Syntax(b"NAMESPACE", Namespace, SIGNED_IN),
)
