"""Which lines of the trace are told to the holder of a space in its notification centre (E30).

Messages and documents are told as well; they are found where they lie. What the holder merely reads is not told.
"""

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
"""Actions of audit events; `webmail.happenings.wording` has words for each."""
