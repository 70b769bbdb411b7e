"""Which command is legal when, and where it leads: the states of a session as one table (RFC 3501 §3)."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.imap.wire.parser import VERBS
from gateway.imap.wire.syntax import Command, State, StateRule

RULES: Mapping[type[Command], StateRule] = MappingProxyType({verb.command: verb.rule for verb in VERBS})


def is_legal(state: State, command: Command) -> bool:
    """Say whether the command may be given in this state; if not, the answer is BAD and nothing changes."""
    return state in RULES[type(command)].legal


def state_after(state: State, command: Command, *, ok: bool) -> State:
    """Give the state once the command, legal before, is answered OK (or NO)."""
    rule = RULES[type(command)]
    return (rule.after_ok if ok else rule.after_no) or state
