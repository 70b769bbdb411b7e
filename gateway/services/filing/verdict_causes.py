"""What a sender is told of a verdict beside its code: in kind only, never a value of the patient or of the document."""

from collections.abc import Sequence

from gateway.domain.document import ReadDocument
from gateway.domain.identity import IdentityMatch, PatientIdentity, compare_identity, contradicts, differing_traits
from gateway.services.filing.filed_documents import is_bare

UNVERIFIED = (
    "Identité non vérifiée\N{NO-BREAK SPACE}: "
    "un fichier sans INS (PDF, image) ne dit pas avec certitude de qui il s'agit."
)
EMPTY = "Un document structuré ne contient ni texte, ni résultat, ni fichier à lire."
NOTHING_FOUND = "L'objet annonce un document, et aucun n'a été trouvé dans les fichiers joints."
_STRUCTURED = "text/xml"


def identity_verdict(
    documents: Sequence[ReadDocument], identity: PatientIdentity, accepted_oids: frozenset[str]
) -> tuple[IdentityMatch, str]:
    """Compare the patient of every document that names one; give the worst match, and what differs where it does."""
    claimed = [document.entry.patient for document in documents if not is_bare(document)]
    matches = {compare_identity(patient, identity, accepted_oids) for patient in claimed}
    # What bears no INS, a DICOM file, may still say that it is of somebody else (A12b).
    bare = [document.entry.patient for document in documents if is_bare(document)]
    if others := [patient for patient in bare if contradicts(patient, identity)]:
        claimed += others
        matches.add(IdentityMatch.DIFFERENT)
    for match in (IdentityMatch.DIFFERENT, IdentityMatch.INCOMPLETE, IdentityMatch.NO_INS):
        if match in matches:
            break
    else:
        return IdentityMatch.SAME, ""
    if match is not IdentityMatch.DIFFERENT:
        return match, ""
    kinds = dict.fromkeys(kind for patient in claimed for kind in differing_traits(patient, identity, accepted_oids))
    return match, f"Ce qui diffère\N{NO-BREAK SPACE}: {', '.join(kinds) or 'numéro du patient'}."


def bare_note(documents: Sequence[ReadDocument]) -> str:
    """Say that a document was filed which names no patient, or in which there is nothing to read."""
    notes = (UNVERIFIED, any(map(is_bare, documents))), (EMPTY, any(map(_is_empty, documents)))
    return " ".join(note for note, is_told in notes if is_told)


def _is_empty(document: ReadDocument) -> bool:
    own = document.results.count or document.presentation or document.media or document.readable
    return document.media_type == _STRUCTURED and not own
