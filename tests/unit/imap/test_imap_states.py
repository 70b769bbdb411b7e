"""Which command is legal when, and where it leads."""

from typing import get_args

import pytest

from gateway.imap.wire import commands as c
from gateway.imap.wire.mailbox_name import INBOX
from gateway.imap.wire.states import RULES, State, is_legal, state_after

BEFORE, SIGNED_IN, SELECTED, LOGOUT = State


def test_every_command_has_its_rule() -> None:
    assert set(RULES) == set(get_args(c.Command))


@pytest.mark.parametrize(("command", "states"), [
    (c.Noop(), {BEFORE, SIGNED_IN, SELECTED}), (c.Login("a", "b"), {BEFORE}), (c.StartTls(), {BEFORE}),
    (c.Enable((b"X",)), {SIGNED_IN}), (c.Select(INBOX), {SIGNED_IN, SELECTED}), (c.Idle(), {SIGNED_IN, SELECTED}),
    (c.Expunge(), {SELECTED}), (c.Close(), {SELECTED}),
])
def test_a_command_is_legal_in_its_states_only(command: c.Command, states: set[State]) -> None:
    assert {state for state in State if is_legal(state, command)} == states


def test_nothing_is_legal_after_logout() -> None:
    assert all(LOGOUT not in rule.legal for rule in RULES.values())


@pytest.mark.parametrize(("state", "command", "ok", "after"), [
    (BEFORE, c.Login("a", "b"), True, SIGNED_IN), (BEFORE, c.Login("a", "b"), False, BEFORE),
    (BEFORE, c.Authenticate("PLAIN"), True, SIGNED_IN), (SIGNED_IN, c.Select(INBOX), True, SELECTED),
    (SELECTED, c.Select(INBOX), False, SIGNED_IN), (SELECTED, c.Close(), True, SIGNED_IN),
    (SELECTED, c.Unselect(), True, SIGNED_IN), (SELECTED, c.Noop(), True, SELECTED),
    (SELECTED, c.Logout(), True, LOGOUT),
])
def test_a_command_leads_to_its_state(state: State, command: c.Command, ok: bool, after: State) -> None:
    assert state_after(state, command, ok=ok) is after
