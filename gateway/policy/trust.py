"""Trust stage, at MAIL: is the sender of the closed circle of white list and directory (F69)?"""

from gateway.domain.verdict import Reject
from gateway.policy import reasons
from gateway.policy.facts import UNKNOWN, Freshness, MailFacts
from gateway.policy.rule import Refusal, Stage, rule
from gateway.policy.settings import PolicySettings, UnlistedSenders


@rule("POL-11")
def sender_domain_is_trusted(facts: MailFacts, settings: PolicySettings) -> Refusal | None:
    """Require that the sender's domain is ours or on the white list (F69, STD §1.3)."""
    sender = facts.sender.reverse_path
    if sender is None or settings.is_ours(sender) or sender == facts.connection.laboratory:
        return None
    if facts.sources.white_list is not Freshness.FRESH:
        return reasons.not_known("POL-11", f"white list {facts.sources.white_list.value}")
    return None if facts.sender.white_listed else Reject(reasons.OUTSIDE_SENDER, "domain not white-listed")


@rule("POL-12")
def sender_is_in_directory(facts: MailFacts, settings: PolicySettings) -> Refusal | None:
    """Require that the sender's mailbox is in the directory, shown or not, or one of ours (STD §1.9)."""
    sender, entry = facts.sender.reverse_path, facts.sender.entry
    if sender is None or settings.is_patient(sender):
        return None
    if entry is UNKNOWN:
        return reasons.not_known("POL-12", "sender's entry not readable")
    # Of our own mailboxes we know more than any feed: its age says nothing about them.
    kept_here = settings.is_ours(sender) or sender == facts.connection.laboratory
    if not kept_here and facts.sources.directory is not Freshness.FRESH:
        return reasons.not_known("POL-12", f"directory {facts.sources.directory.value}")
    if entry is not None:
        return None if entry.valid else Reject(reasons.UNLISTED_SENDER, "entry withdrawn")
    lenient = settings.unlisted_senders is UnlistedSenders.ACCEPT
    if lenient and not kept_here:
        return None
    return Reject(reasons.UNLISTED_SENDER, "no entry")


TRUST = Stage.of("trust", sender_domain_is_trusted, sender_is_in_directory)
