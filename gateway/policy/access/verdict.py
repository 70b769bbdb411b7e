"""What a decision on access is: permitted with what must follow, refused, or not known now."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto
from typing import TypeAlias

from gateway.domain.access import Action, Actor
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access.facts import AccessFacts
from gateway.policy.rule import title_of


@dataclass(frozen=True, slots=True)
class AccessReason:
    """Why an access is refused, in a form that may be shown.

    Attributes:
        rule: stable identifier, ``ACC-nn``, listed in ``docs/access.md``.
        status: HTTP status; 404 where even existence is nobody's business, 401 where a second factor helps.
        french: one fixed sentence for whoever asks.
        english: the same for programs and logs.
    """

    rule: str
    status: int
    french: str
    english: str


class Duty(Flag):
    """What whoever permits or refuses must also do."""

    NONE = 0
    COUNT = auto()
    """Keep the place that was reserved in the reading budget (A23)."""
    NOTIFY = auto()
    """Tell the person at once that somebody has opened their record (A5)."""
    ALARM = auto()
    """Alarm the operator, and tell every person concerned (A23)."""


@dataclass(frozen=True, slots=True)
class Permit:
    """No rule objects."""

    duties: Duty = Duty.NONE


@dataclass(frozen=True, slots=True)
class Refuse:
    """The answer is no; `detail` is for the trace only."""

    reason: AccessReason
    detail: str
    duties: Duty = Duty.NONE


@dataclass(frozen=True, slots=True)
class Unsure:
    """The answer is not known now: nobody is let in, and may ask again."""

    reason: AccessReason
    detail: str


Objection: TypeAlias = Refuse | Unsure
AccessVerdict: TypeAlias = Permit | Objection


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, what for, and all that is known."""

    actor: Actor
    action: Action
    facts: AccessFacts


AccessCheck: TypeAlias = Callable[[Ask, AccessSettings], Objection | None]


@dataclass(frozen=True, slots=True)
class AccessRule:
    """One rule of `docs/access.md`: its identifier, its title, and the function that judges."""

    id: str
    title: str
    check: AccessCheck


def access_rule(rule_id: str) -> Callable[[AccessCheck], AccessRule]:
    """Make a rule of a function, whose docstring's first line becomes the title."""

    def made(check: AccessCheck) -> AccessRule:
        return AccessRule(rule_id, title_of(check), check)

    return made
