"""The audit event: who did what, when, to what, with what outcome (STD §1.11). Never any content."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One line of a vault's trace, readable by its owner.

    Attributes:
        at: aware UTC instant.
        actor: account that acted: a mailbox's address, a kind of sign-in, an application, ``pli``.
        action: stable verb such as ``message.accepted``, ``document.filed``, ``document.read``.
        outcome: ``ok``, or the rule or code that refused.
        objects: identifiers of what was touched, such as ``("message:1f…", "document:2a…")``.
        detail: short fixed text, never content.
        role: what the actor was to the vault's owner, `gateway.domain.access.Role`; empty for who only sent mail.
        person: name of the person who acted, as the owner reads it; empty for what is no person.
        organisation: name of the organisation they acted for.
        purpose: why, as a code of HL7 v3 PurposeOfUse.
        reason: what was written for this access, in the words of whoever acted (E39).
        data: which data, where neither action nor objects say it: stable words such as ``profile:allergies``,
            ``examination:2823-3``, ``measure:weight`` (E85).
        face: what they acted through, such as ``web``, ``fhir``, ``imap``.
        profession: code of the directory; empty when there is none.
        responsible: name of the professional under whose responsibility they acted, when it is another.
    """

    at: datetime
    actor: str
    action: str
    outcome: str = "ok"
    objects: tuple[str, ...] = ()
    detail: str = ""
    role: str = ""
    person: str = ""
    organisation: str = ""
    purpose: str = ""
    reason: str = ""
    data: tuple[str, ...] = ()
    face: str = ""
    profession: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLink:
    """One event with what shows its place in the chain: the hash is over the one before and the sealed record.

    Attributes:
        event: None when it does not open.
    """

    seq: int
    at: datetime
    event: AuditEvent | None
    record: bytes
    hash: bytes
