"""Which command is legal when, and where it leads."""

import pytest

from gateway.imap.wire.commands.capability import Enable, Logout, StartTls
from gateway.imap.wire.commands.idle import Idle, Noop
from gateway.imap.wire.commands.select import Close, Select, Unselect
from gateway.imap.wire.commands.sign_in import Authenticate, Login
from gateway.imap.wire.commands.store import Expunge
from gateway.imap.wire.mailbox_name import INBOX
from gateway.imap.wire.parser import VERBS
from gateway.imap.wire.states import RULES, is_legal, state_after
from gateway.imap.wire.syntax import Command, State

BEFORE, SIGNED_IN, SELECTED, LOGOUT = State


def test_every_command_has_its_rule() -> None:
    # Names, since a class with slots is made twice.
    assert {kind.__name__ for kind in RULES} == {kind.__name__ for kind in Command.__subclasses__()}


def test_verbs_of_one_command_have_one_rule() -> None:
    assert all(RULES[verb.command] == verb.rule for verb in VERBS)


@pytest.mark.parametrize(("command", "states"), [
    (Noop(), {BEFORE, SIGNED_IN, SELECTED}), (Login("a", "b"), {BEFORE}), (StartTls(), {BEFORE}),
    (Enable((b"X",)), {SIGNED_IN}), (Select(INBOX), {SIGNED_IN, SELECTED}), (Idle(), {SIGNED_IN, SELECTED}),
    (Expunge(), {SELECTED}), (Close(), {SELECTED}),
])
def test_a_command_is_legal_in_its_states_only(command: Command, states: set[State]) -> None:
    assert {state for state in State if is_legal(state, command)} == states


def test_nothing_is_legal_after_logout() -> None:
    assert all(LOGOUT not in rule.legal for rule in RULES.values())


@pytest.mark.parametrize(("state", "command", "ok", "after"), [
    (BEFORE, Login("a", "b"), True, SIGNED_IN), (BEFORE, Login("a", "b"), False, BEFORE),
    (BEFORE, Authenticate("PLAIN"), True, SIGNED_IN), (SIGNED_IN, Select(INBOX), True, SELECTED),
    (SELECTED, Select(INBOX), False, SIGNED_IN), (SELECTED, Close(), True, SIGNED_IN),
    (SELECTED, Unselect(), True, SIGNED_IN), (SELECTED, Noop(), True, SELECTED),
    (SELECTED, Logout(), True, LOGOUT),
])
def test_a_command_leads_to_its_state(state: State, command: Command, ok: bool, after: State) -> None:
    assert state_after(state, command, ok=ok) is after
