"""The stages of the policy, each a row of rules: the first refusal wins.

A service asks `TRANSPORT` then `TRUST` at MAIL, `INITIATION` for each RCPT, `CONTENT` after the final dot; the
web space asks the same of a patient's reply, with the internal listener. For a deposit without mail `DEPOSIT` stands
between `TRUST` and `INITIATION`. A null sender passes MAIL only
provisionally: `POL-34` judges it when its content is there.
"""

from dataclasses import dataclass
from typing import TypeVar

from gateway.domain.verdict import Verdict
from gateway.policy.content import CONTENT
from gateway.policy.deposit import DEPOSIT
from gateway.policy.initiation import INITIATION
from gateway.policy.rule import Refusal, Stage
from gateway.policy.settings import PolicySettings
from gateway.policy.transport import TRANSPORT
from gateway.policy.trust import TRUST

__all__ = ["CONTENT", "DEPOSIT", "INITIATION", "TRANSPORT", "TRUST", "RuleOutcome", "decide", "explain"]

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule said; `refusal` is None when it had nothing to object."""

    stage: str
    rule: str
    title: str
    refusal: Refusal | None


def decide(stage: Stage[F], facts: F, settings: PolicySettings) -> Verdict:
    """Ask the rules of a stage in order and give the first refusal, else acceptance."""
    for rule in stage.rules:
        refusal = rule.check(facts, settings)
        if refusal is not None:
            return refusal
    return stage.accepted


def explain(stage: Stage[F], facts: F, settings: PolicySettings) -> tuple[RuleOutcome, ...]:
    """Ask every rule of a stage, also past the first refusal, for ``pli policy explain``."""
    return tuple(RuleOutcome(stage.name, rule.id, rule.title, rule.check(facts, settings)) for rule in stage.rules)
