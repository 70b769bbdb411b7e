"""Verdicts of policy: accept, reject for good, or defer because something is not known.

A verdict carries the rule that gave it, the SMTP reply and two fixed sentences. It never carries the
facts it was drawn from: those belong to the operator's audit log.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a rule decided as it did, in a form that may be shown outside.

    Attributes:
        rule: stable identifier, ``POL-nn``, listed in ``docs/policy.md``.
        smtp_code: RFC 5321 §4.2 reply code.
        enhanced: RFC 3463 enhanced status code, such as ``5.1.1``.
        french: one fixed sentence for the sender, in French.
        english: the same sentence in English, ASCII only (it travels in the SMTP reply).

    Sentences may leave a limit open, in braces: `naming` fills it with the setting that was broken.
    """

    rule: str
    smtp_code: int
    enhanced: str
    french: str
    english: str

    def naming(self, **limits: int | str) -> "Reason":
        """Give the same reason with the limits that its sentences leave open, such as ``{max_received}``."""
        return replace(self, french=self.french.format(**limits), english=self.english.format(**limits))


@dataclass(frozen=True, slots=True)
class Accept:
    """Every rule of the stage is satisfied; `rule` names the last one that decided."""

    rule: str


@dataclass(frozen=True, slots=True)
class Reject:
    """The answer is no, for good (5yz); `detail` is for the operator's audit log only."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Defer:
    """The answer is not known now (4yz): the sender keeps the message and tries again."""

    reason: Reason
    detail: str = ""


Verdict: TypeAlias = Accept | Reject | Defer
