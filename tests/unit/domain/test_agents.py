"""Agents as values: by which keys they come in, and the words that sessions keep of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.agents import (
    LONGEST_REASON,
    Agent,
    AgentEntry,
    AgentKey,
    agent_entry_of_words,
    reason_typed,
)
from gateway.domain.errors import InvalidValue

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FOREVER = AgentKey(bytes([1] * 32))
SHORT = AgentKey(bytes([2] * 32), NOON)
LONG = AgentKey(bytes([3] * 32), NOON + timedelta(days=9))
LEA = Agent(number=31, name="Agent Léa", added=NOON).bound(SHORT).bound(FOREVER).bound(LONG)


def test_keys_stand_with_the_one_that_ends_last_first_each_once() -> None:
    assert LEA.keys == (FOREVER, LONG, SHORT)
    renewed = replace(SHORT, not_after=NOON + timedelta(days=20))
    assert LEA.bound(renewed).keys == (FOREVER, renewed, LONG)
    assert LEA.unbound(SHORT).keys == (FOREVER, LONG)


@pytest.mark.parametrize(
    ("key", "at", "comes_in"),
    [
        (FOREVER, NOON, True),
        (SHORT, NOON - timedelta(microseconds=1), True),
        (SHORT, NOON, False),
        (AgentKey(bytes(32)), NOON, False),
    ],
)
def test_agent_comes_in_by_a_key_until_it_ends(key: AgentKey, at: datetime, comes_in: bool) -> None:
    assert LEA.has_key(key.spki_sha256, at) is comes_in
    assert not replace(LEA, removed=NOON).has_key(key.spki_sha256, at)


def test_words_of_a_session_say_who_came_in_and_others_say_nobody() -> None:
    entry = AgentEntry(number=31, name="Agent Léa", key=FOREVER.fingerprint)
    assert agent_entry_of_words(entry.words) == entry
    for words in ({}, {**entry.words, "agent": "x"}, {"agent": "1f", "name": "Agent Léa"}):
        with pytest.raises(InvalidValue):
            agent_entry_of_words(words)
    assert "Léa" not in repr(entry) + repr(LEA)


def test_reason_is_one_line_of_bounded_length() -> None:
    assert reason_typed("  appelle\n pour  refuser ") == "appelle pour refuser"
    assert reason_typed(" \n\t") == ""
    assert len(reason_typed("é" * 1000)) == LONGEST_REASON
