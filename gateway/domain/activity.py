"""What a line of the trace is about: whose act it was, and of which kind. Pure; the words are the pages'."""

from enum import Enum

from gateway.domain.audit import AuditEvent


class ActivitySide(Enum):
    """Whose acts they are: the three lists of « Historique d'activité » (E18)."""

    OWN = "vous"
    PROFESSIONALS = "professionnels"
    SERVICES = "services"


class ActivityKind(Enum):
    """What kind of act it is, for filters."""

    READ = "lectures"
    CHANGED = "changements"
    EXCHANGED = "messages"
    SHARED = "partages"
    SIGNED_IN = "connexions"
    REFUSED = "refus"


_OWN = frozenset({"patient", "guardian", "carer"})
_SERVICES = frozenset({"application", "agent", "operator", "system"})
_UNPROVED = frozenset({"sign-in", "sign-in.code", "password.forgotten", "activation.code", "activation.identified"})
_READINGS = ("listed", "read", "opened", "searched")
_SHARED = ("share.", "export.", "archive.", "token.", "agenda.link-", "emergency-card.made", "synthesis.made")
_SIGN_INS = ("sign-in", "sign-out", "session.", "passkey.", "password.", "identifier.", "activation.")
_MESSAGES = ("message.", "receipt.", "report.", "sender.", "deposit.")
_EXCHANGED = frozenset({"document.filed", "care.told", "agenda.by-mail", "agenda.answered", "help.asked"})


def side_of(event: AuditEvent) -> ActivitySide:
    """Say in which list a line stands; every line stands in one, whoever wrote it."""
    if event.role in _OWN or (not event.role and event.action in _UNPROVED):
        return ActivitySide.OWN
    if event.role in _SERVICES:
        return ActivitySide.SERVICES
    if event.role or "@" in event.actor:
        return ActivitySide.PROFESSIONALS  # who only sent mail has no role
    return ActivitySide.SERVICES


def kind_of(event: AuditEvent) -> ActivityKind:
    """Say of which kind an act is."""
    action, _, verb = event.action, *event.action.rpartition(".")[1:]
    if action.endswith(".refused") or event.outcome in ("refused", "wrong"):
        return ActivityKind.REFUSED
    if action.startswith(_SHARED):
        return ActivityKind.SHARED
    if action.startswith(_SIGN_INS):
        return ActivityKind.SIGNED_IN
    if verb in _READINGS:
        return ActivityKind.READ
    if action.startswith(_MESSAGES) or action in _EXCHANGED:
        return ActivityKind.EXCHANGED
    return ActivityKind.CHANGED
