"""Which lines of the trace are told to the holder of a space in its notification centre (E30).

Messages and documents are told as well; they are found where they lie. What the holder merely reads is not told.
"""

from gateway.domain.access import Role
from gateway.domain.audit import AuditEvent

TOLD = frozenset({
    "agenda.reminder",
    "archive.restored",
    "contact.changed",
    "correction.answered",
    "export.asked",
    "export.failed",
    "export.made",
    "goal.ended",
    "goal.set",
    "help.asked",
    "identifier.changed",
    "notices.chosen",
    "password.changed",
    "profile.administrator-left",
    "profile.confirmed",
    "profile.unconfirmed",
    "sign-in.new-device",
    "reading.suspected",
    "record.opened",
    "request.not-delivered",
    "request.overdue",
    "request.received",
    "request.settled",
    "space.activated",
    "space.closed",
    "space.opened_on_request",
    "space.reopened",
    "space.restored",
    "space.six_weeks_passed",
    "space.suspended",
})  # fmt: skip
"""Actions of audit events, whoever acted; `webmail.happenings.wording` has words for each."""
OF_PROFESSIONALS = frozenset({"profile.added", "profile.changed", "profile.deleted"})
"""The same, told when a professional did it: the holder knows what they wrote themself (E15)."""


def is_told(event: AuditEvent) -> bool:
    """Say whether a line of the trace is told."""
    return event.action in TOLD or (event.role == Role.PROFESSIONAL.value and event.action in OF_PROFESSIONALS)
