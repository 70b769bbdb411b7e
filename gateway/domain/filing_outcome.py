"""What became of a message with documents, kept so that a resend gets its receipt again (A12, STD §1.7)."""

from dataclasses import dataclass

import orjson

from gateway.domain.access import Audience

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


@dataclass(frozen=True, slots=True)
class FilingOutcome:
    """The verdict on a message and all that its receipt needs; outlives the message.

    Attributes:
        code: ``processed``, or a code of STD §1.7.
        cause: one fixed French sentence more precise than the code's label, or empty.
        asked: whether a receipt was asked for (Disposition-Notification-To).
        delivered: whether the patient has the message itself, its documents filed or not.
        withheld_from: readers from whom a document that it brought is withheld.
        blob: hexadecimal name of the message's octets; under the operator's key when refused.
    """

    code: str
    cause: str
    sender: str
    recipient: str
    message_id: str
    subject: str
    asked: bool
    blob: str
    delivered: bool = False
    withheld_from: Audience = Audience.NOBODY

    @property
    def is_filed(self) -> bool:
        """Say whether the documents are in the dossier."""
        return self.code == FILED

    @property
    def is_told(self) -> bool:
        """Say whether the sender is told: always when asked, otherwise of failures only (STD §1.7)."""
        return self.asked or not self.is_filed

    @property
    def label(self) -> str:
        """Give the label of the code."""
        return LABELS[self.code]

    def to_json(self) -> bytes:
        """Write as UTF-8 JSON."""
        return orjson.dumps(self)

    @classmethod
    def from_json(cls, data: bytes) -> "FilingOutcome":
        """Read what `to_json` wrote."""
        read = orjson.loads(data)
        return cls(**{**read, "withheld_from": Audience(read["withheld_from"])})


def withholds_files(record: bytes | None, audience: Audience) -> bool:
    """Say whether a message's files are kept from these readers, from what `Mail.outcome` says of it (STD §4.5).

    What a patient has sent has an outcome that is no JSON object.
    """
    if record is None or not record.startswith(b"{"):
        return False
    return bool(FilingOutcome.from_json(record).withheld_from & audience)
