"""Transport stage, at MAIL: is the connection good, and may the other end write for this sender?"""

from gateway.domain.address import MailAddress
from gateway.domain.space import may_sign_in
from gateway.domain.verdict import Reject
from gateway.policy import reasons
from gateway.policy.facts import (
    UNKNOWN,
    Certificate,
    ConnectionFacts,
    Entrance,
    Freshness,
    MailFacts,
    Sources,
    Tls,
    Unknown,
)
from gateway.policy.rule import Refusal, Stage, rule
from gateway.policy.settings import PolicySettings


def may_speak_for(connection: ConnectionFacts, sources: Sources, address: MailAddress) -> bool | Unknown:
    """Say whether the other end may write in the name of `address`."""
    if connection.listener is Entrance.INTERNAL:
        return True  # the web space and the gateway itself write in the name they have checked
    if connection.listener is Entrance.SUBMISSION:
        return UNKNOWN if connection.signed_in is UNKNOWN else connection.signed_in == address
    if address == connection.laboratory:
        return True  # bound here: does not depend on the white list
    return UNKNOWN if sources.white_list is not Freshness.FRESH else address.domain in connection.peer_domains


@rule("POL-01")
def connection_is_encrypted(facts: MailFacts, _settings: PolicySettings) -> Refusal | None:
    """Require TLS 1.2 or later on every connection (F71, STD §1.1)."""
    tls = facts.connection.tls
    if tls is Tls.ADEQUATE or facts.connection.listener is Entrance.INTERNAL:
        return None
    if tls is UNKNOWN:
        return reasons.not_known("POL-01", "protection of the connection not known")
    return Reject(reasons.TLS_REQUIRED, f"tls {tls.value}")


@rule("POL-02")
def peer_shows_a_certificate(facts: MailFacts, _settings: PolicySettings) -> Refusal | None:
    """Require a valid client certificate of a relaying peer (STD §1.2)."""
    certificate = facts.connection.certificate
    if certificate is Certificate.VALID or facts.connection.listener is not Entrance.RELAY:
        return None
    if certificate is UNKNOWN:
        return reasons.not_known("POL-02", "revocation of the certificate not known")
    return Reject(reasons.CERTIFICATE_REQUIRED, f"certificate {certificate.value}")


@rule("POL-03")
def certificate_is_bound_to_sender(facts: MailFacts, settings: PolicySettings) -> Refusal | None:
    """Bind the peer's certificate to the sender's domain or, for a local laboratory, mailbox (STD §1.2)."""
    connection, sender = facts.connection, facts.sender.reverse_path
    if connection.listener is not Entrance.RELAY:
        return None
    if sender is not None and settings.is_ours(sender):
        # The white list binds our domains to our own certificate, for others to know: here it opens no mailbox.
        bound: bool | Unknown = sender == connection.laboratory
    elif sender is not None:
        bound = may_speak_for(connection, facts.sources, sender)
    elif connection.laboratory is not None:
        bound = True
    else:
        fresh = facts.sources.white_list is Freshness.FRESH
        bound = any(map(settings.is_elsewhere, connection.peer_domains)) if fresh else UNKNOWN
    if bound is UNKNOWN:
        return reasons.not_known("POL-03", f"white list {facts.sources.white_list.value}")
    return None if bound else Reject(reasons.CERTIFICATE_NOT_BOUND, "certificate not bound to the sender")


@rule("POL-04")
def sender_is_signed_in(facts: MailFacts, _settings: PolicySettings) -> Refusal | None:
    """Require sign-in to the sender's mailbox for submission; a report may have no sender (RFC 8098 §3)."""
    connection, sender = facts.connection, facts.sender.reverse_path
    if connection.listener is not Entrance.SUBMISSION:
        return None
    if connection.signed_in is UNKNOWN:
        return reasons.not_known("POL-04", "accounts not readable")
    if connection.signed_in is None:
        return Reject(reasons.SIGN_IN_REQUIRED, "not signed in")
    if sender is None or sender == connection.signed_in:
        return None
    return Reject(reasons.SENDER_NOT_SIGNED_IN, "sender is another mailbox")


@rule("POL-05")
def patient_writes_from_their_space(facts: MailFacts, settings: PolicySettings) -> Refusal | None:
    """Let a patient write from their own activated space only, never by SMTP (A7, F66)."""
    sender = facts.sender.reverse_path
    if sender is None or not settings.is_patient(sender):
        return None
    if facts.connection.listener is not Entrance.INTERNAL:
        return Reject(reasons.PATIENT_SENDER, "patient domain by SMTP")
    space = facts.sender.space
    if space is UNKNOWN:
        return reasons.not_known("POL-05", "state of the sender's space not known")
    if space is not None and may_sign_in(space):
        return None
    return Reject(reasons.PATIENT_SENDER, f"space {space.value if space else 'unknown'}")


TRANSPORT = Stage.of(
    "transport",
    connection_is_encrypted,
    peer_shows_a_certificate,
    certificate_is_bound_to_sender,
    sender_is_signed_in,
    patient_writes_from_their_space,
)
