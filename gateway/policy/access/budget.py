"""ACC-14: how many people's records one professional opens a day (A23).

The count is given by the caller, who has reserved its place in the transaction that opens the record.
"""

from gateway.domain.access import Action, Role
from gateway.domain.access_settings import AccessSettings
from gateway.policy.access import reasons
from gateway.policy.access.facts import Emergency, Own, Readings
from gateway.policy.access.verdict import Ask, Duty, Objection, Refuse, access_rule
from gateway.policy.facts import UNKNOWN


@access_rule("ACC-14")
def readings_are_within_the_budget(ask: Ask, settings: AccessSettings) -> Objection | None:
    """Count openings of records: a second factor beyond the day's number, a stop beyond twice that (A23)."""
    readings = ask.facts.readings
    if not _opens(ask):
        return None
    if readings is UNKNOWN:
        return reasons.not_known("ACC-14", "readings of the day not known")
    if readings is None:
        return Refuse(reasons.NOT_OPENED, "not opened today")
    if not _counts(ask, readings):
        return None
    budget = settings.budget(ask.actor.profession, ask.actor.organisation_id)
    lifted = readings.lifted_until is not None and ask.facts.now < readings.lifted_until
    if readings.stopped and not lifted:
        return Refuse(reasons.STOPPED, "stopped today")
    if readings.opened > 2 * budget and not lifted:
        return Refuse(reasons.STOPPED, "beyond twice the budget", Duty.ALARM)
    confirmed = readings.fresh_factor and readings.reason.strip()
    if readings.opened > budget and not confirmed:
        return Refuse(reasons.SECOND_FACTOR, "beyond the budget")
    return None


def duties_of(ask: Ask) -> Duty:
    """Say what must follow an access that every rule permits."""
    duties, readings = Duty.NONE, ask.facts.readings
    if not _opens(ask):
        return duties
    if isinstance(readings, Readings) and _counts(ask, readings):
        duties |= Duty.COUNT
    return duties | Duty.NOTIFY if isinstance(ask.facts.title, Emergency) else duties


def _opens(ask: Ask) -> bool:
    opening = ask.action in {Action.LIST, Action.READ}
    return opening and ask.actor.role is Role.PROFESSIONAL and not isinstance(ask.facts.title, Own)


def _counts(ask: Ask, readings: Readings) -> bool:
    return not readings.in_own_exchange or isinstance(ask.facts.title, Emergency)
