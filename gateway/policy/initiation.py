"""Initiation stage, at RCPT, one verdict a recipient: may this sender write to them?"""

from gateway.domain.exchange import ExchangeState
from gateway.domain.space import keeps_ahead, receives_mail
from gateway.domain.verdict import Accept, Defer, Reject, Verdict
from gateway.policy import reasons
from gateway.policy.facts import UNKNOWN, Entrance, Freshness, RcptFacts, Unknown
from gateway.policy.rule import Refusal, Stage, rule
from gateway.policy.settings import PolicySettings

_MAY_REPLY = Accept("POL-23")


@rule("POL-21")
def recipients_are_bounded(facts: RcptFacts, settings: PolicySettings) -> Refusal | None:
    """Bound the recipients of an envelope and stop who guesses at addresses (RFC 5321 §4.5.3.1.10)."""
    recipient = facts.recipient
    if recipient.position > settings.max_recipients:
        return Defer(reasons.TOO_MANY_RECIPIENTS.naming(max_recipients=settings.max_recipients), "recipient limit")
    if facts.connection.listener is Entrance.INTERNAL or not settings.is_ours(recipient.address):
        return None
    attempts = recipient.attempts
    if attempts is UNKNOWN:
        return reasons.not_known("POL-21", "sender's attempts not known")
    # Many honest misses happen while few spaces are open: only misses that outnumber the hits are guessing.
    if attempts.misses > settings.max_misses and attempts.misses > attempts.hits:
        return Defer(reasons.TOO_MANY_MISSES.naming(max_misses=settings.max_misses), "recipient guessing")
    return None


@rule("POL-22")
def recipient_is_in_the_circle(facts: RcptFacts, settings: PolicySettings) -> Refusal | None:
    """Require a recipient that is ours or, for our own senders, of a white-listed domain (F69)."""
    recipient = facts.recipient
    if settings.is_ours(recipient.address):
        return None
    if facts.connection.listener is Entrance.RELAY:
        return Reject(reasons.OUTSIDE_RECIPIENT, "relaying denied")
    if facts.sources.white_list is not Freshness.FRESH:
        return reasons.not_known("POL-22", f"white list {facts.sources.white_list.value}")
    return None if recipient.white_listed else Reject(reasons.OUTSIDE_RECIPIENT, "domain not white-listed")


@rule("POL-23")
def patient_writes_in_an_open_exchange(facts: RcptFacts, settings: PolicySettings) -> Refusal | None:
    """Let a patient write in an open exchange only, never to a patient (A7, F66, E5)."""
    sender, recipient = facts.sender.reverse_path, facts.recipient
    if sender is None or not settings.is_patient(sender):
        return None
    if settings.is_patient(recipient.address):
        return Reject(reasons.PATIENT_TO_PATIENT, "patient to patient")
    verdict = may_reply(recipient.exchange, recipient.blocked)
    return None if isinstance(verdict, Accept) else verdict


@rule("POL-24")
def patient_is_reachable(facts: RcptFacts, settings: PolicySettings) -> Refusal | None:
    """Require a patient's address with the right key and a space that receives mail from this sender (A9, A9b)."""
    recipient = facts.recipient
    if not settings.is_patient(recipient.address):
        return None
    if recipient.patient is None:
        return Reject(reasons.WRONG_INS_KEY, "wrong form or key")
    if recipient.space is UNKNOWN:
        return reasons.not_known("POL-24", "state of the space not known")
    if recipient.space is None:
        return Reject(reasons.PATIENT_UNREACHABLE, "space unknown")
    if not receives_mail(recipient.space) and not (recipient.ahead and keeps_ahead(recipient.space)):
        return Reject(reasons.PATIENT_UNREACHABLE, f"space {recipient.space.value}")
    if recipient.blocked is UNKNOWN:
        return reasons.not_known("POL-24", "blocks of the space not known")
    return Reject(reasons.PATIENT_UNREACHABLE, "sender blocked") if recipient.blocked else None


@rule("POL-25")
def local_mailbox_exists(facts: RcptFacts, settings: PolicySettings) -> Refusal | None:
    """Require that a professional's address of ours is that of a mailbox (RFC 5321 §3.3)."""
    recipient = facts.recipient
    if settings.is_patient(recipient.address) or not settings.is_ours(recipient.address):
        return None
    if recipient.mailbox_known is UNKNOWN:
        return reasons.not_known("POL-25", "local mailboxes not readable")
    return None if recipient.mailbox_known else Reject(reasons.MAILBOX_UNKNOWN, "no such mailbox")


def may_reply(exchange: ExchangeState | Unknown, blocked: bool | Unknown) -> Verdict:
    """Say whether a patient may write in an exchange: the heart of `POL-23`.

    The state is read again in the transaction that commits the reply (A7). For an ended exchange the web
    shows `reasons.ended_by` with the correspondent's name.
    """
    match exchange:
        case ExchangeState.NONE:
            return Reject(reasons.EXCHANGE_NOT_STARTED, "no exchange")
        case ExchangeState.ENDED:
            return Reject(reasons.EXCHANGE_ENDED, "exchange ended")
        case ExchangeState.OPEN if blocked is not UNKNOWN:
            return Reject(reasons.CORRESPONDENT_BLOCKED, "blocked by the patient") if blocked else _MAY_REPLY
        case _:
            return reasons.not_known("POL-23", "state of the exchange not known")


def accepting_rule(facts: RcptFacts, settings: PolicySettings) -> str:
    """Name the rule that lets a message to this recipient in, once no rule objects."""
    sender, recipient = facts.sender.reverse_path, facts.recipient.address
    if sender is not None and settings.is_patient(sender):
        return "POL-23"
    if settings.is_patient(recipient):
        return "POL-24"
    return "POL-25" if settings.is_ours(recipient) else "POL-22"


INITIATION = Stage.of(
    "initiation",
    recipients_are_bounded,
    recipient_is_in_the_circle,
    patient_writes_in_an_open_exchange,
    patient_is_reachable,
    local_mailbox_exists,
)
