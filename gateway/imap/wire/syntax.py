"""What is known of every command: its name, how it is read, and where in a session it may be said (RFC 3501 §3).

IDLE is no state here: while it lasts the stream reads nothing but its end, and the state stays what it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from gateway.imap.wire.cursor import CommandCursor


@dataclass(frozen=True, slots=True)
class Command:
    """A command, well-formed; each is a class of its own in `commands`."""


class State(Enum):
    """Name where a session stands."""

    NOT_AUTHENTICATED = "not authenticated"
    AUTHENTICATED = "authenticated"
    SELECTED = "selected"
    LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class StateRule:
    """Say in which states a command is legal, and the state after OK and after NO (``None``: unchanged)."""

    legal: frozenset[State]
    after_ok: State | None = None
    after_no: State | None = None


_SIGNED_IN = frozenset((State.AUTHENTICATED, State.SELECTED))

BEFORE_SIGN_IN = StateRule(frozenset((State.NOT_AUTHENTICATED,)))
SIGNED_IN = StateRule(_SIGNED_IN)
SELECTED = StateRule(frozenset((State.SELECTED,)))
ANYWHERE = StateRule(BEFORE_SIGN_IN.legal | _SIGNED_IN)


@dataclass(frozen=True, slots=True)
class Syntax:
    """One verb: its name in capitals, ``UID FETCH`` included, its value, and the states it is legal in.

    Attributes:
        read: reads what follows the verb; None for a verb without arguments.
    """

    name: bytes
    command: type[Command]
    rule: StateRule
    read: Callable[[CommandCursor], Command] | None = None
