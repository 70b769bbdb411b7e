"""The whole of `decide_access`: who is let in, what forgotten facts do, which objection comes first, the sentences."""

import re
from dataclasses import replace

import pytest

from gateway.domain.access import Action, Right, Role, SpacePart
from gateway.policy.access import reasons
from gateway.policy.access.decision import ACCESS, decide_access, explain_access
from gateway.policy.access.facts import AccessFacts
from gateway.policy.access.verdict import AccessReason, Permit, Refuse, Unsure
from tests.unit.policy.an_access import CONSENT, NOW, OWN, actor, asked, decided, document, facts, is_unsure, refuses

READERS = [Role.PATIENT, Role.GUARDIAN, Role.CARER, Role.PROFESSIONAL, Role.APPLICATION]
SERVICE = [Role.AGENT, Role.OPERATOR, Role.SYSTEM]
EVERY = [Right(part, action) for part in SpacePart for action in Action]


@pytest.mark.parametrize("role", READERS)
def test_whoever_may_read_is_let_in(role: Role) -> None:
    assert isinstance(decided(asked(role)), Permit)


@pytest.mark.parametrize("role", SERVICE)
def test_those_who_serve_act_on_the_space_and_read_nothing_in_it(role: Role) -> None:
    assert decided(asked(role, Action.CHANGE, part=SpacePart.SPACE)) == Permit()
    assert refuses(decided(asked(role)), reasons.NOT_YOUR_RIGHT)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", EVERY)
def test_facts_that_a_service_forgets_let_nobody_in(role: Role, right: Right) -> None:
    verdict = decide_access(actor(role), right.action, AccessFacts(part=right.part, now=NOW))
    assert is_unsure(verdict, "ACC-01")


@pytest.mark.parametrize("fact", ["in_force", "state", "title", "blocked", "document", "readings"])
def test_any_one_fact_forgotten_lets_no_professional_in(fact: str) -> None:
    known = facts(Role.PROFESSIONAL)
    forgotten = replace(known, **{fact: getattr(AccessFacts(part=known.part, now=NOW), fact)})
    assert isinstance(decide_access(actor(Role.PROFESSIONAL), Action.READ, forgotten), Unsure)


def test_a_block_wins_over_authorship_and_consent() -> None:
    ask = asked(Role.PROFESSIONAL, blocked=True, title=CONSENT, document=document(is_author=True))
    assert refuses(decided(ask), reasons.BLOCKED)


def test_a_leaver_is_told_that_before_anything_of_the_space() -> None:
    assert refuses(decided(asked(Role.PROFESSIONAL, in_force=False, state=None)), reasons.NOT_IN_FORCE)


def test_the_explanation_asks_every_rule_past_the_first_objection() -> None:
    ask = asked(Role.PROFESSIONAL, blocked=True, in_force=False)
    outcomes = explain_access(ask.actor, ask.action, ask.facts)
    assert [outcome.rule for outcome in outcomes] == [rule.id for rule in ACCESS]
    assert [outcome.rule for outcome in outcomes if outcome.objection] == ["ACC-01", "ACC-10"]


def test_the_table_holds_every_reason_of_the_module_in_the_order_of_the_rules() -> None:
    assert list(reasons.REFUSALS) == [value for value in vars(reasons).values() if isinstance(value, AccessReason)]
    assert list(reasons.NOT_KNOWN) == [rule.id for rule in ACCESS]


@pytest.mark.parametrize("reason", [*reasons.REFUSALS, *reasons.NOT_KNOWN.values()])
def test_a_sentence_is_whole_and_needs_no_break_that_nobody_sees(reason: AccessReason) -> None:
    assert re.fullmatch(r"[A-ZÀ-Ý][^;:!?]+\.", reason.french)
    assert reason.english.isascii()
    assert reason.english.endswith(".")


def test_no_refusal_says_more_than_its_sentence() -> None:
    verdict = decided(asked(Role.PATIENT, title=None))
    assert isinstance(verdict, Refuse)
    assert verdict.reason.status == 404


@pytest.mark.parametrize("right", EVERY)
def test_own_mailbox_gives_a_professional_messages_alone(right: Right) -> None:
    verdict = decided(asked(Role.PROFESSIONAL, right.action, part=right.part, title=OWN, state=None, document=None))
    assert isinstance(verdict, Permit) is (right.part is SpacePart.MESSAGES)
