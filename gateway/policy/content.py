"""Content stage, after the final dot: does the message keep to what its envelope was accepted for?

Judges the header and sizes only; documents and identities are read later, by `dossier_bridge` (A12).
"""

from collections.abc import Callable
from typing import TypeAlias

from gateway.domain.verdict import Reject
from gateway.policy import reasons
from gateway.policy.facts import UNKNOWN, ContentFacts, DataFacts, Entrance, Freshness
from gateway.policy.rule import Refusal, Rule, Stage, title_of
from gateway.policy.settings import PatientReplies, PolicySettings
from gateway.policy.transport import may_speak_for

_ContentCheck: TypeAlias = Callable[[DataFacts, ContentFacts, PolicySettings], Refusal | None]


def _content_rule(rule_id: str) -> Callable[[_ContentCheck], Rule[DataFacts]]:
    """Make a rule that defers by itself while the content could not be scanned."""

    def made(check: _ContentCheck) -> Rule[DataFacts]:
        def checked(facts: DataFacts, settings: PolicySettings) -> Refusal | None:
            content = facts.content
            if content is UNKNOWN:
                return reasons.not_known(rule_id, "content not scanned")
            return check(facts, content, settings)

        return Rule(rule_id, title_of(check), checked)

    return made


@_content_rule("POL-31")
def message_is_within_limits(_facts: DataFacts, content: ContentFacts, settings: PolicySettings) -> Refusal | None:
    """Limit the size of the message and of its header (STD §1.8)."""
    if content.size > settings.max_bytes:
        return Reject(reasons.message_too_large(settings.max_bytes), "size of the message")
    if content.header_bytes > settings.max_header_bytes or content.header_lines > settings.max_header_lines:
        limits = {"max_header_bytes": settings.max_header_bytes, "max_header_lines": settings.max_header_lines}
        return Reject(reasons.HEADER_TOO_LARGE.naming(**limits), "size of the header")
    return None


@_content_rule("POL-32")
def message_does_not_loop(_facts: DataFacts, content: ContentFacts, settings: PolicySettings) -> Refusal | None:
    """Stop a message that has passed through too many servers (RFC 5321 §6.3)."""
    if content.received <= settings.max_received:
        return None
    return Reject(reasons.MAIL_LOOP.naming(max_received=settings.max_received), "Received fields")


@_content_rule("POL-33")
def author_is_the_sender(facts: DataFacts, content: ContentFacts, _settings: PolicySettings) -> Refusal | None:
    """Require one author: the envelope's sender or, without one, somebody the other end may write for."""
    mailboxes = content.from_mailboxes
    author = mailboxes[0] if len(mailboxes) == 1 else None
    if content.from_fields != 1 or author is None:
        return Reject(reasons.FROM_NOT_SENDER, "From missing, several or unreadable")
    sender = facts.sender.reverse_path
    right = author == sender if sender is not None else may_speak_for(facts.connection, facts.sources, author)
    if right is UNKNOWN:
        return reasons.not_known("POL-33", "author's binding not known")
    return None if right else Reject(reasons.FROM_NOT_SENDER, "From is not the sender")


@_content_rule("POL-34")
def null_sender_reports(facts: DataFacts, content: ContentFacts, _settings: PolicySettings) -> Refusal | None:
    """Keep the null sender for reports about something sent from here (RFC 5321 §4.5.5)."""
    if facts.sender.reverse_path is not None:
        return None
    if not content.is_report:
        return Reject(reasons.NOT_A_REPORT, "null sender, no report")
    if content.answers is UNKNOWN:
        return reasons.not_known("POL-34", "messages sent from here not readable")
    return None if content.answers else Reject(reasons.NOT_A_REPORT, "report on nothing sent from here")


@_content_rule("POL-35")
def addressees_are_in_the_circle(facts: DataFacts, content: ContentFacts, settings: PolicySettings) -> Refusal | None:
    """Require that every address of To, Cc and Bcc is ours or of a white-listed domain (F69)."""
    foreign = [address.domain for address in content.addressed if not settings.is_ours(address)]
    if not foreign:
        return None
    if facts.sources.white_list is not Freshness.FRESH:
        return reasons.not_known("POL-35", f"white list {facts.sources.white_list.value}")
    if content.white_listed.issuperset(foreign):
        return None
    return Reject(reasons.OUTSIDE_ADDRESSEE, "address outside the circle")


@_content_rule("POL-36")
def one_patient_is_addressed(_facts: DataFacts, content: ContentFacts, settings: PolicySettings) -> Refusal | None:
    """Allow one patient at most in envelope and header: none is disclosed to another (A11, STD §1.5)."""
    patients = [address for address in content.addressed if settings.is_patient(address)]
    return Reject(reasons.SEVERAL_PATIENTS, "several patients") if len(patients) > 1 else None


@_content_rule("POL-37")
def patient_answers_a_message(facts: DataFacts, content: ContentFacts, settings: PolicySettings) -> Refusal | None:
    """Let a patient answer a message of the exchange only, unless new subjects are allowed (A7)."""
    sender = facts.sender.reverse_path
    if sender is None or not settings.is_patient(sender) or settings.patient_replies is PatientReplies.CONTACT:
        return None
    if content.answers is UNKNOWN:
        return reasons.not_known("POL-37", "messages of the exchange not readable")
    return None if content.answers else Reject(reasons.NEW_SUBJECT, "answers no message")


@_content_rule("POL-38")
def addresses_are_clear(_facts: DataFacts, content: ContentFacts, _settings: PolicySettings) -> Refusal | None:
    """Require that whatever looks like an address can be judged: none hides from the rules above (A11)."""
    if content.unclear is UNKNOWN:
        return reasons.not_known("POL-38", "addresses of the header not read")
    return Reject(reasons.UNCLEAR_ADDRESS, "address that cannot be judged") if content.unclear else None


@_content_rule("POL-39")
def every_file_can_be_found(_facts: DataFacts, content: ContentFacts, settings: PolicySettings) -> Refusal | None:
    """Require of a message to a patient that no file is lost in a broken structure (RFC 2046 §5.1)."""
    if not _is_for_a_patient(content, settings):
        return None
    if content.stray_file is UNKNOWN:
        return reasons.not_known("POL-39", "structure not read")
    return Reject(reasons.STRAY_FILE, "file outside every part") if content.stray_file else None


@_content_rule("POL-40")
def announced_document_is_there(_facts: DataFacts, content: ContentFacts, settings: PolicySettings) -> Refusal | None:
    """Require of a message to a patient that it bears the document which its subject announces (STD §1.4)."""
    if not _is_for_a_patient(content, settings):
        return None
    if content.lacks_document is UNKNOWN:
        return reasons.not_known("POL-40", "attachments not read")
    return Reject(reasons.DOCUMENT_MISSING, "nothing attached") if content.lacks_document else None


@_content_rule("POL-41")
def nobody_else_is_named_as_author(
    facts: DataFacts, content: ContentFacts, _settings: PolicySettings
) -> Refusal | None:
    """Let nobody but the sender be shown as author; another operator answers for its own domain (RFC 6409 §8.1)."""
    if content.also_authors is UNKNOWN:
        return reasons.not_known("POL-41", "authors of the header not read")
    if content.folded_name:
        return Reject(reasons.FOLDED_NAME, "folded name")
    sender = facts.sender.reverse_path or content.from_mailboxes[0]
    if sender is None or None in content.also_authors:
        return Reject(reasons.OTHER_AUTHOR, "unreadable")
    named = {str(other).lower() for other in content.also_authors} | content.named_beside
    if facts.connection.listener is Entrance.RELAY:
        others = any(address.rpartition("@")[2] != sender.domain for address in named)
    else:
        others = any(address != str(sender).lower() for address in named)
    return Reject(reasons.OTHER_AUTHOR, "another author") if others else None


@_content_rule("POL-42")
def nothing_attached_is_a_program(
    _facts: DataFacts, content: ContentFacts, _settings: PolicySettings
) -> Refusal | None:
    """Let no program and no document with macros pass, in either direction (E96)."""
    if content.bears_program is UNKNOWN:
        return reasons.not_known("POL-42", "attachments not read")
    return Reject(reasons.PROGRAM_ATTACHED, "program attached") if content.bears_program else None


def _is_for_a_patient(content: ContentFacts, settings: PolicySettings) -> bool:
    return any(map(settings.is_patient, content.addressed))


CONTENT = Stage.of(
    "content",
    message_is_within_limits,
    message_does_not_loop,
    author_is_the_sender,
    null_sender_reports,
    addressees_are_in_the_circle,
    one_patient_is_addressed,
    patient_answers_a_message,
    addresses_are_clear,
    every_file_can_be_found,
    announced_document_is_there,
    nobody_else_is_named_as_author,
    nothing_attached_is_a_program,
)
