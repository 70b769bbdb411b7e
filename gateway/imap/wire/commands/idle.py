"""NOOP and IDLE: news of the selected mailbox."""

from dataclasses import dataclass

from gateway.imap.wire.syntax import ANYWHERE, SIGNED_IN, Command, Syntax


@dataclass(frozen=True, slots=True)
class Noop(Command):
    """NOOP (RFC 3501 §6.1.2)."""


@dataclass(frozen=True, slots=True)
class Idle(Command):
    """IDLE (RFC 2177); the client ends it with a line of its own, which is `events.Done`."""


SYNTAX = (
    Syntax(b"NOOP", Noop, ANYWHERE),
    Syntax(b"IDLE", Idle, SIGNED_IN),
)
