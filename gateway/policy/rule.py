"""What a rule and a stage are; the rules themselves are in the module of their stage."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from gateway.domain.verdict import Accept, Defer, Reject
from gateway.policy.settings import PolicySettings

F = TypeVar("F")

Refusal: TypeAlias = Reject | Defer
Check: TypeAlias = Callable[[F, PolicySettings], Refusal | None]
"""Judge some facts; None when there is nothing to object."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[F]):
    """One rule of `docs/policy.md`: its identifier, its title, and the function that judges."""

    id: str
    title: str
    check: Check[F]


@dataclass(frozen=True, slots=True)
class Stage(Generic[F]):
    """Rules that judge the same facts at the same moment, in the order they are asked."""

    name: str
    rules: tuple[Rule[F], ...]
    accepted: Accept

    @classmethod
    def of(cls, name: str, *rules: Rule[F]) -> "Stage[F]":
        """Make a stage; its acceptance names the last rule."""
        return cls(name, rules, Accept(rules[-1].id))


def rule(rule_id: str) -> Callable[[Check[F]], Rule[F]]:
    """Make a rule of a function, whose docstring's first line becomes the title."""

    def made(check: Check[F]) -> Rule[F]:
        return Rule(rule_id, title_of(check), check)

    return made


def title_of(function: Callable[..., object]) -> str:
    """Give the first line of a docstring."""
    return (function.__doc__ or "").partition("\n")[0].strip()
