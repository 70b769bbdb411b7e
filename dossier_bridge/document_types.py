"""From the type code of a document to its French name and to the folder a patient finds it in.

Codes are LOINC unless they are words (STD §4.4); folders are those of STD §4.9.
"""

from gateway.domain.document import DocumentCategory

_C = DocumentCategory

_TYPES: dict[str, tuple[str, DocumentCategory]] = {
    "11502-2": ("Compte rendu d'examens biologiques", _C.BIOLOGY),
    "96173-0": ("Test rapide d'orientation diagnostique", _C.BIOLOGY),
    "101792-0": ("Résultats de laboratoire numérisés", _C.BIOLOGY),
    "18748-4": ("Compte rendu d'imagerie médicale", _C.IMAGING),
    "55115-0": ("Demande d'examen d'imagerie", _C.IMAGING),
    "55113-5": ("Images clés", _C.IMAGING),
    "57833-6": ("Prescription de produits de santé", _C.PRESCRIPTIONS),
    "60593-1": ("Dispensation de médicaments", _C.PRESCRIPTIONS),
    "57832-8": ("Prescription d'actes", _C.PRESCRIPTIONS),
    "57829-4": ("Prescription de dispositifs médicaux", _C.PRESCRIPTIONS),
    "57828-6": ("Prescription", _C.PRESCRIPTIONS),
    "60591-5": ("Volet de synthèse médicale", _C.SYNTHESIS),
    "SYNTH": ("Synthèse", _C.SYNTHESIS),
    "89235-6": ("Synthèse des suites de couches", _C.SYNTHESIS),
    "34112-3": ("Compte rendu d'hospitalisation", _C.REPORTS),
    "11490-0": ("Lettre de liaison à la sortie d'un établissement", _C.REPORTS),
    "11488-4": ("Compte rendu de consultation", _C.REPORTS),
    "15507-7": ("Compte rendu de passage aux urgences", _C.REPORTS),
    "34874-8": ("Compte rendu opératoire", _C.REPORTS),
    "74207-2": ("Fiche de liaison", _C.REPORTS),
    "85208-7": ("Compte rendu d'acte de télémédecine", _C.REPORTS),
    "29274-8": ("Mesures de signes vitaux", _C.REPORTS),
    "89601-9": ("Certificat médical", _C.CERTIFICATES),
    "11369-6": ("Historique de vaccinations", _C.VACCINATION),
    "87273-9": ("Note de vaccination", _C.VACCINATION),
    "EXPPAT_3": ("Directives anticipées", _C.DIRECTIVES),
    "EXPPAT_1": ("Volonté ou droit exprimé", _C.WISHES),
    "EXPPAT_2": ("Volonté ou droit exprimé", _C.WISHES),
    "REMB": ("Données de remboursement", _C.REIMBURSEMENTS),
    "PIECE-IDENTITE": ("Pièce d'identité", _C.ADMINISTRATIVE),
    "34133-9": ("Synthèse d'épisode de soins", _C.SYNTHESIS),
    **{f"DOCPAT{n:02}": ("Document déposé par le patient", _C.OTHER) for n in range(1, 10)},
}


def category_of(type_code: str) -> DocumentCategory:
    """Give the folder of a document type; `OTHER` for a type that is not listed."""
    return _TYPES.get(type_code, ("", _C.OTHER))[1]


def label_of(type_code: str, fallback: str = "") -> str:
    """Give the French name of a document type; else the sender's words; else « Document »."""
    return _TYPES[type_code][0] if type_code in _TYPES else fallback or "Document"
