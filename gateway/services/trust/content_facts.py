"""Facts about a message's content for the policy: the same whether it came by SMTP or from the web space."""

from collections.abc import Iterable

from gateway.domain.address import MailAddress
from gateway.domain.mime import (
    Defect,
    Kind,
    ScannedMessage,
    addressees_of,
    announces_document,
    attachments,
    authorship_of,
    has_folded_name,
    is_filed,
)
from gateway.policy.facts import ContentFacts, Unknown
from gateway.policy.settings import PolicySettings
from gateway.services.trust.facts import TrustFacts


def content_facts(
    scanned: ScannedMessage,
    octets: bytes,
    recipients: Iterable[MailAddress],
    answers: bool | Unknown,
    trust: TrustFacts,
    settings: PolicySettings,
) -> ContentFacts:
    """Gather what the content stage judges by.

    Args:
        scanned: the scan of `octets`.
        octets: the whole message; `Received` fields of our own are the caller's to take off.
        recipients: those of the envelope.
        answers: whether it answers something, as `ContentFacts` means it.
        trust: says which domains are white-listed.
        settings: names our own domains.
    """
    found = addressees_of(scanned.headers, recipients, settings.patient_domain)
    foreign = {address.domain for address in found.addressed if not settings.is_ours(address)}
    attached = attachments(scanned)
    authors = authorship_of(scanned.headers)
    return ContentFacts(
        size=scanned.size,
        header_bytes=scanned.header_length,
        header_lines=octets.count(b"\n", 0, scanned.header_length),
        received=scanned.received_count,
        from_fields=scanned.headers.count("From"),
        from_mailboxes=tuple(mailbox.mail for mailbox in scanned.from_),
        addressed=found.addressed,
        white_listed=frozenset(domain for domain in foreign if trust.white_listed(domain)),
        is_report=scanned.root.media_type == "multipart/report",
        answers=answers,
        unclear=found.unclear,
        also_authors=authors.others,
        named_beside=authors.beside,
        folded_name=has_folded_name(octets[: scanned.header_length]),
        bears_program=any(item.kind is Kind.PROGRAM for item in attached),
        stray_file=Defect.STRAY_FILE in scanned.defects,
        lacks_document=announces_document(scanned.subject) and not any(map(is_filed, attached)),
    )
