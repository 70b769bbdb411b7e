"""Which command is legal when, and where it leads: the states of a session as one table (RFC 3501 §3).

IDLE is no state here: while it lasts the stream reads nothing but its end, and the state stays what it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from gateway.imap.wire.commands import (
    Append,
    Authenticate,
    Capability,
    Check,
    Close,
    Command,
    Copy,
    Create,
    Delete,
    Enable,
    Expunge,
    Fetch,
    Id,
    Idle,
    List,
    Login,
    Logout,
    Lsub,
    Move,
    Namespace,
    Noop,
    Rename,
    Search,
    Select,
    StartTls,
    Status,
    StoreFlags,
    Subscribe,
    Unselect,
    Unsubscribe,
    Xlist,
)


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


_BEFORE = frozenset((State.NOT_AUTHENTICATED,))
_SIGNED_IN = frozenset((State.AUTHENTICATED, State.SELECTED))
_SELECTED = frozenset((State.SELECTED,))
_ANY = _BEFORE | _SIGNED_IN

RULES: Mapping[type[Command], StateRule] = MappingProxyType({
    Capability:   StateRule(_ANY),
    Noop:         StateRule(_ANY),
    Id:           StateRule(_ANY),
    Logout:       StateRule(_ANY, after_ok=State.LOGOUT),
    StartTls:     StateRule(_BEFORE),
    Authenticate: StateRule(_BEFORE, after_ok=State.AUTHENTICATED),
    Login:        StateRule(_BEFORE, after_ok=State.AUTHENTICATED),
    Enable:       StateRule(frozenset((State.AUTHENTICATED,))),  # RFC 5161 §3.1
    Namespace:    StateRule(_SIGNED_IN),
    Select:       StateRule(_SIGNED_IN, after_ok=State.SELECTED, after_no=State.AUTHENTICATED),  # RFC 3501 §6.3.1
    Create:       StateRule(_SIGNED_IN),
    Delete:       StateRule(_SIGNED_IN),
    Rename:       StateRule(_SIGNED_IN),
    Subscribe:    StateRule(_SIGNED_IN),
    Unsubscribe:  StateRule(_SIGNED_IN),
    List:         StateRule(_SIGNED_IN),
    Lsub:         StateRule(_SIGNED_IN),
    Xlist:        StateRule(_SIGNED_IN),
    Status:       StateRule(_SIGNED_IN),
    Append:       StateRule(_SIGNED_IN),
    Idle:         StateRule(_SIGNED_IN),
    Check:        StateRule(_SELECTED),
    Close:        StateRule(_SELECTED, after_ok=State.AUTHENTICATED),
    Unselect:     StateRule(_SELECTED, after_ok=State.AUTHENTICATED),
    Expunge:      StateRule(_SELECTED),
    Search:       StateRule(_SELECTED),
    Fetch:        StateRule(_SELECTED),
    StoreFlags:        StateRule(_SELECTED),
    Copy:         StateRule(_SELECTED),
    Move:         StateRule(_SELECTED),
})


def is_legal(state: State, command: Command) -> bool:
    """Say whether the command may be given in this state; if not, the answer is BAD and nothing changes."""
    return state in RULES[type(command)].legal


def state_after(state: State, command: Command, *, ok: bool) -> State:
    """Give the state once the command, legal before, is answered OK (or NO)."""
    rule = RULES[type(command)]
    return (rule.after_ok if ok else rule.after_no) or state
