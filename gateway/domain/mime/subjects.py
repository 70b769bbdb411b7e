"""Subjects as threads and readers see them."""

import re

XDM_PREFIX = "XDM/1.0/DDM"
_SHOWN = re.compile(r"\s*XDM/1\.0/DDM\+?\s*", re.IGNORECASE)
_REPLY = re.compile(
    r"\s*(?:(?:re|ré|rép|réf|tr|fw|fwd|aw|wg|sv|rv|i)\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?[:：]"
    r"|\[annule et remplace\]|\[(?:ok|ko) intégration système\s?!?\](?:\s?\[\d{3}\])?|xdm/1\.0/ddm\+?)\s*",
    re.IGNORECASE,
)
_FORWARDED = "(fwd)"


def shown_subject(subject: str) -> str:
    """Hide the prefix that marks a message with a document (STD §1.4)."""
    return _SHOWN.sub(" ", subject, count=1).strip() if XDM_PREFIX in subject.upper() else subject


def announces_document(subject: str) -> bool:
    """Say whether a subject begins with the mark of a message that bears a document; answers to one do not."""
    return subject[: 2 * len(XDM_PREFIX)].lstrip().upper().startswith(XDM_PREFIX)


def base_subject(subject: str) -> str:
    """Strip the marks of reply, forward, correction, receipt and document, case kept (RFC 5256 §2.1, STD §1.4)."""
    at = 0
    while found := _REPLY.match(subject, at):
        at = found.end()
    bare = subject[at:].rstrip()
    return " ".join((bare[: -len(_FORWARDED)] if bare[-len(_FORWARDED) :].lower() == _FORWARDED else bare).split())


def normalised_subject(subject: str) -> str:
    """Give the form in which two subjects of one thread are equal."""
    return base_subject(subject).casefold()
