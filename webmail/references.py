"""Names across the border: numbers as opaque references, addresses and traits as people read them."""

import re

from gateway.domain.account import Space
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import MessageId, ThreadId
from gateway.domain.mandates import KeptMandate
from gateway.domain.patient_names import shown_name
from gateway.domain.space import may_come_back
from gateway.policy.access.standing import rights_by
from gateway.services.access.actors import holder_of, representative_of
from webmail.identifiers import ConversationId
from webmail.identifiers import MessageRef as MessageReference
from webmail.signed_in import SignedIn

_FACE = "web"
_HEXADECIMAL = re.compile(r"[1-3][0-9a-f]{15}|[1-9a-f][0-9a-f]{0,14}")  # below 2**62: a store takes no more
_EXTENSIONS = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/dicom": "dcm",
    "application/zip": "zip",
    "application/json": "json",
    "application/fhir+json": "json",
    "text/plain": "txt",
    "text/csv": "csv",
    "text/html": "html",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "text/rtf": "rtf",
}


def number_of(reference: str) -> int:
    """Read a reference; raise `NotFound` for anything but the one way a number is written."""
    if not _HEXADECIMAL.fullmatch(reference):
        raise NotFound("this reference names nothing")
    return int(reference, 16)


def thread_of(conversation: ConversationId) -> ThreadId:
    """Give the thread of a conversation."""
    return ThreadId(number_of(conversation))


def message_of(message: MessageReference) -> MessageId:
    """Give the number of a message."""
    return MessageId(number_of(message))


def reference_of(number: int) -> str:
    """Write a number as it stands in addresses of pages."""
    return f"{number:x}"


def person_of(space: Space) -> SignedIn:
    """Name the holder of a space, who acts for themself."""
    return SignedIn(
        actor=holder_of(space, _FACE),
        name=shown_name(space.identity.traits),
        address=str(space.address.mail),
        is_away=may_come_back(space.state),
    )


def person_for(home: Space, space: Space, mandate: KeptMandate) -> SignedIn:
    """Name whoever acts by a mandate in the space of another person; `home` is their own (A14)."""
    return SignedIn(
        actor=representative_of(home, mandate.kind, space.vault, _FACE),
        name=shown_name(space.identity.traits),
        address=str(space.address.mail),
        acts_as=shown_name(home.identity.traits),
        rights=rights_by(mandate.kind, mandate.rights),
    )


def file_name_of(title: str, media_type: str, number: int = 0) -> str:
    """Name a file of a document by its title; `number` tells further files apart."""
    stem = " ".join(re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', " ", title).split())[:100] or "Document"
    suffix = f" ({number})" if number else ""
    return f"{stem}{suffix}.{_EXTENSIONS.get(media_type, 'bin')}"
