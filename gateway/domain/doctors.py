"""Whether a mailbox of the directory may be that of a doctor (F90)."""

from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.plain_ascii import plain_ascii

_OTHERS = (
    "pharmacien", "audioprothesiste", "opticien", "dentiste", "sage-femme", "infirmi", "kinesitherapeute", "podologue",
    "orthoprothesiste", "orthopediste", "orthophoniste", "orthoptiste", "psychologue", "psychomotricien", "dieteticien",
    "ergotherapeute", "manipulateur", "osteopathe", "ambulancier", "aide-soignant", "assistant",
)  # fmt: skip
"""Beginnings or parts of the names of professions that are no doctor's (ANS, TRE_G15)."""


def may_be_doctor(entry: DirectoryEntry) -> bool:
    """Say whether a mailbox may be a doctor's: a person's, trusted, and of no other profession that is known.

    Directories write doctors by profession or by speciality, so what is not known to be another counts.
    """
    profession = plain_ascii(entry.profession).lower()
    is_other = any(other in profession for other in _OTHERS)
    return entry.kind is MailboxKind.PERSON and entry.valid and not is_other
