"""The audit event: who did what, when, to what, with what outcome (STD §1.11). Never any content."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line of a vault's trace, readable by its owner.

    Attributes:
        at: aware UTC instant.
        actor: who acted, as the owner may read it: an address, ``patient``, ``pli``.
        action: stable verb such as ``message.accepted``, ``document.filed``, ``document.read``.
        outcome: ``ok``, or the rule or code that refused.
        objects: identifiers of what was touched, such as ``("message:1f…", "document:2a…")``.
        detail: short fixed text, never content.
    """

    at: datetime
    actor: str
    action: str
    outcome: str = "ok"
    objects: tuple[str, ...] = ()
    detail: str = ""
