"""What became of a message: one with documents, so that a resend gets its receipt again (A12, STD §1.7), or one sent.

Kept sealed for as long as the vault: written by name, fields with a default may be added.
"""

from datetime import datetime
from typing import TypeAlias

import msgspec

from gateway.domain.access import NOT_YET, Audience

FILED = "processed"
LABELS = {
    FILED: "Document intégré au dossier",
    "900": "Version du document non prise en charge",
    "901": "Auteur non autorisé à remplacer ou supprimer ce document",
    "902": "Patient inconnu",
    "903": "INS absente du document",
    "904": "INS ou état civil du document différents de ceux du destinataire",
    "905": "INS incomplète dans le document",
    "906": "Document non intégré",
}
"""Codes of STD §1.7 and the label that goes with each."""
NEXT = {
    "900": "Renvoyez le document dans une version prise en charge.",
    "903": "Qualifiez l'identité du patient (INS) dans votre logiciel, puis renvoyez le document.",
    "904": "Vérifiez le destinataire et l'identité du patient, puis renvoyez le document à la bonne adresse.",
    "905": "Complétez les traits d'identité du patient dans votre logiciel, puis renvoyez le document.",
    "906": "Vérifiez le document dans votre logiciel, puis renvoyez-le, ou remettez-le au patient autrement.",
}
"""What whoever sent a document does next, by the code of its refusal; that of 906 for any other."""


class SetAside(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of a message that no reader takes, and which is shown to nobody (A18).

    Attributes:
        section: its place in the message (RFC 3501 §6.4.5).
        cause: one fixed French sentence.
    """

    section: str
    name: str = ""
    cause: str = ""

    def __repr__(self) -> str:
        """Hide the name: it may be a patient's."""
        return f"SetAside({self.section})"


class FilingOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="of", tag="filing"):
    """The verdict on a message and all that its receipt needs; outlives the message.

    Attributes:
        code: ``processed``, or a code of STD §1.7.
        cause: one fixed French sentence more precise than the code's label, or empty.
        asked: whether a receipt was asked for (Disposition-Notification-To).
        delivered: whether the patient has the message itself, its documents filed or not.
        withheld_from: readers from whom a document that it brought is withheld.
        held_until: when what its author presents first shows by itself at the latest (A27); None when there is none.
        blob: name of the message's octets; under the operator's key when refused.
        set_aside: files that no reader takes, kept back while the rest goes its way (A18).
    """

    code: str
    cause: str = ""
    sender: str
    recipient: str
    message_id: str
    subject: str
    asked: bool
    blob: bytes
    delivered: bool = False
    withheld_from: Audience = Audience.NOBODY
    held_until: datetime | None = None
    set_aside: tuple[SetAside, ...] = ()

    @property
    def is_filed(self) -> bool:
        """Say whether the documents are in the dossier."""
        return self.code == FILED

    @property
    def is_told(self) -> bool:
        """Say whether the sender is told: always when asked, otherwise of what was not taken only (STD §1.7)."""
        return self.asked or not self.is_filed or bool(self.set_aside)

    @property
    def label(self) -> str:
        """Give the label of the code."""
        return LABELS[self.code]

    def __repr__(self) -> str:
        """Hide the people: representations end up in logs."""
        return f"FilingOutcome({self.code})"


class SendingOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="of", tag="sending"):
    """What became of a message that a patient sent.

    Attributes:
        delivered: how many of its recipients have it.
        recipients: to how many it goes.
        failed: whether one of them could not have it.
    """

    delivered: int = 0
    recipients: int = 1
    failed: bool = False

    @property
    def is_delivered(self) -> bool:
        """Say whether every recipient has it."""
        return not self.failed and self.delivered >= self.recipients


class LookedThrough(msgspec.Struct, frozen=True, kw_only=True, tag_field="of", tag="shown"):
    """A message was held, nothing in it was to be filed, and it is shown: nobody is told of that."""


MessageOutcome: TypeAlias = FilingOutcome | SendingOutcome | LookedThrough
"""What `Mail.outcome` says of a message."""


def shows_message(outcome: MessageOutcome | None) -> bool:
    """Say whether a message that was held may be shown by its outcome."""
    if isinstance(outcome, FilingOutcome):
        return outcome.is_filed or outcome.delivered
    return isinstance(outcome, LookedThrough)


def is_put_off(outcome: object) -> bool:
    """Say whether files of a message are withheld by its patient's own wish, and not by their author's as well."""
    return isinstance(outcome, FilingOutcome) and outcome.withheld_from & NOT_YET == Audience.LATER


def withholds_files(outcome: MessageOutcome | None, audience: Audience) -> bool:
    """Say whether a message's files are kept from these readers (STD §4.5)."""
    return isinstance(outcome, FilingOutcome) and bool(outcome.withheld_from & audience)


def kept_back(outcome: MessageOutcome | None) -> frozenset[str]:
    """Give the sections of a message that nobody is shown (A18)."""
    return frozenset(file.section for file in outcome.set_aside) if isinstance(outcome, FilingOutcome) else frozenset()


def is_kept_back(section: str, kept: frozenset[str]) -> bool:
    """Say whether a part is one that nobody is shown, lies in one, or is a message that holds one (A18)."""
    return any(f"{section}.".startswith(f"{one}.") or one.startswith(f"{section}.") for one in kept)
