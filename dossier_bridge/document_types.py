"""From the type code of a document to its French name and to the folder a patient finds it in.

Codes are LOINC unless they are words (STD §4.4); folders are those of STD §4.9.
"""

import unicodedata

from gateway.domain.document import DocumentCategory

_C = DocumentCategory
_MAX_LABEL = 200

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
    "EXPPAT_2": ("Document du patient", _C.OTHER),
    "REMB": ("Données de remboursement", _C.REIMBURSEMENTS),
    "PIECE-IDENTITE": ("Pièce d'identité", _C.ADMINISTRATIVE),
    "34133-9": ("Synthèse d'épisode de soins", _C.SYNTHESIS),
    "11505-5": ("Compte rendu d'acte thérapeutique", _C.REPORTS),
    "11506-3": ("Suivi de soins par un auxiliaire médical", _C.REPORTS),
    "15508-5": ("Compte rendu d'accouchement", _C.REPORTS),
    "18761-7": ("Note de transfert", _C.REPORTS),
    "28617-9": ("Bilan bucco-dentaire", _C.REPORTS),
    "34120-6": ("Bilan par un professionnel de santé", _C.REPORTS),
    "34749-2": ("Compte rendu de consultation avant anesthésie", _C.REPORTS),
    "77436-4": ("Compte rendu d'anesthésie", _C.REPORTS),
    "10213-7": ("Compte rendu d'anesthésie", _C.REPORTS),
    "34794-8": ("Compte rendu de réunion de concertation pluridisciplinaire", _C.REPORTS),
    "34875-5": ("Évaluation après une opération", _C.REPORTS),
    "34876-3": ("Évaluation avant une opération", _C.REPORTS),
    "47420-5": ("Compte rendu de bilan fonctionnel", _C.REPORTS),
    "59283-2": ("Compte rendu d'examen de l'enfant", _C.REPORTS),
    "60280-5": ("Fiche de retour du service des urgences", _C.REPORTS),
    "78341-5": ("Fiche de transfert vers le service des urgences", _C.REPORTS),
    "67851-6": ("Compte rendu d'admission", _C.REPORTS),
    "68814-3": ("Évaluation pédiatrique", _C.REPORTS),
    "68817-6": ("Bilan de santé et de prévention de l'enfant", _C.REPORTS),
    "70004-7": ("Compte rendu d'acte diagnostique", _C.REPORTS),
    "75482-0": ("Compte rendu d'acte thérapeutique préventif", _C.REPORTS),
    "78513-9": ("Compte rendu de consultation en ophtalmologie", _C.REPORTS),
    "78601-2": ("Compte rendu d'entretien pharmaceutique", _C.REPORTS),
    "93024-8": ("Compte rendu de consultation pharmaceutique", _C.REPORTS),
    "83836-7": ("Schéma dentaire", _C.REPORTS),
    "83901-9": ("Bilan psychologique", _C.REPORTS),
    "83981-1": ("Lettre de liaison à la sortie d'une structure médico-sociale", _C.REPORTS),
    "88348-8": ("Lettre de liaison à l'entrée d'une structure médico-sociale", _C.REPORTS),
    "89233-1": ("Compte rendu de grossesse", _C.REPORTS),
    "96349-6": ("Lettre d'adressage", _C.REPORTS),
    "97694-4": ("Évaluation en médecine maternelle et fœtale", _C.REPORTS),
    "100967-9": ("Rythme cardiaque fœtal", _C.REPORTS),
    "BIL_AUTO": ("Bilan de perte d'autonomie", _C.REPORTS),
    "28653-4": ("Document du secteur social ou médico-social", _C.REPORTS),
    "34842-5": ("Grille d'évaluation médico-sociale", _C.REPORTS),
    "51969-4": ("Compte rendu de génétique moléculaire", _C.BIOLOGY),
    "60568-3": ("Compte rendu d'anatomie et de cytologie pathologiques", _C.BIOLOGY),
    "52040-3": ("Image d'illustration", _C.IMAGING),
    "IMG-KOS": ("Références d'images", _C.IMAGING),
    "75492-9": ("Compte rendu d'acte de dépistage", _C.SCREENING),
    "83869-8": ("Plan personnalisé de prévention", _C.SCREENING),
    "18776-5": ("Plan personnalisé de soins", _C.PRESCRIPTIONS),
    "56445-0": ("Bilan de médication", _C.PRESCRIPTIONS),
    "61357-0": ("Intervention pharmaceutique", _C.PRESCRIPTIONS),
    "75468-9": ("Renouvellement d'ordonnance par le pharmacien", _C.PRESCRIPTIONS),
    "75496-0": ("Demande d'acte de télémédecine", _C.PRESCRIPTIONS),
    "77604-7": ("Planification thérapeutique", _C.PRESCRIPTIONS),
    "80565-5": ("Compte rendu d'administration de médicaments", _C.PRESCRIPTIONS),
    "80771-9": ("Projet d'accueil individualisé", _C.PRESCRIPTIONS),
    "80788-3": ("Projet personnalisé d'accompagnement", _C.PRESCRIPTIONS),
    "80820-4": ("Conciliation médicamenteuse", _C.PRESCRIPTIONS),
    "96163-1": ("Bilan de soins infirmiers", _C.PRESCRIPTIONS),
    "101881-1": ("Carte d'implant", _C.PRESCRIPTIONS),
    "DISP_AUT": ("Dispensation", _C.PRESCRIPTIONS),
    "PROT_ALD": ("Protocole de soins d'une affection de longue durée", _C.PRESCRIPTIONS),
    "PRESC-BIO": ("Prescription d'actes de biologie", _C.PRESCRIPTIONS),
    "PRESC-KINE": ("Prescription d'actes de kinésithérapie", _C.PRESCRIPTIONS),
    "PRESC-INF": ("Prescription d'actes infirmiers", _C.PRESCRIPTIONS),
    "PRESC-PEDI": ("Prescription d'actes de pédicurie", _C.PRESCRIPTIONS),
    "PRESC-ORTHOPHO": ("Prescription d'actes d'orthophonie", _C.PRESCRIPTIONS),
    "PRESC-ORTHOPTIE": ("Prescription d'actes d'orthoptie", _C.PRESCRIPTIONS),
    "57055-6": ("Synthèse avant l'accouchement", _C.SYNTHESIS),
    "57057-2": ("Synthèse de la mère en salle de naissance", _C.SYNTHESIS),
    "57075-4": ("Synthèse de l'enfant en salle de naissance", _C.SYNTHESIS),
    "68599-0": ("Synthèse psychiatrique", _C.SYNTHESIS),
    "78489-2": ("Synthèse de l'enfant en maternité", _C.SYNTHESIS),
    "83963-9": ("Synthèse environnementale", _C.SYNTHESIS),
    "84067-8": ("Synthèse transfusionnelle", _C.SYNTHESIS),
    "CERT_DECL": ("Certificat ou déclaration", _C.CERTIFICATES),
    "PRESC-AAT": ("Arrêt de travail", _C.CERTIFICATES),
    "55751-2": ("Déclaration de santé publique", _C.CERTIFICATES),
    "59284-0": ("Attestation de consentement", _C.CERTIFICATES),
    "86531-1": ("Attestation de sortie", _C.CERTIFICATES),
    "96874-3": ("Attestation de vaccination", _C.VACCINATION),
    "ATTEST-ASS-COMPL": ("Attestation d'assurance complémentaire", _C.ADMINISTRATIVE),
    "ATTEST-RESID": ("Attestation de résidence", _C.ADMINISTRATIVE),
    "ATTEST-HEBGT": ("Attestation d'hébergement", _C.ADMINISTRATIVE),
    "ATTEST-DROITS-AM": ("Attestation de droits à l'assurance maladie", _C.ADMINISTRATIVE),
    "AUTORIS-SOINS": ("Autorisation de soins", _C.ADMINISTRATIVE),
    "51851-4": ("Document administratif", _C.ADMINISTRATIVE),
    "56446-8": ("Notification de rendez-vous", _C.ADMINISTRATIVE),
    "FICHE-CONTACTS": ("Fiche de contacts", _C.ADMINISTRATIVE),
    "EXPORT_DUI": ("Dossier de l'usager", _C.ADMINISTRATIVE),
    "34895-3": ("Fiche d'information au patient", _C.OTHER),
    "74465-6": ("Questionnaire au patient", _C.OTHER),
    "DOCPAT01": ("Synthèse déposée par le patient", _C.SYNTHESIS),
    "DOCPAT02": ("Document de soins déposé par le patient", _C.PRESCRIPTIONS),
    "DOCPAT03": ("Compte rendu déposé par le patient", _C.REPORTS),
    "DOCPAT04": ("Imagerie déposée par le patient", _C.IMAGING),
    "DOCPAT05": ("Biologie déposée par le patient", _C.BIOLOGY),
    "DOCPAT06": ("Document de prévention déposé par le patient", _C.SCREENING),
    "DOCPAT07": ("Certificat déposé par le patient", _C.CERTIFICATES),
    "DOCPAT08": ("Profil médical", _C.SYNTHESIS),
    "DOCPAT09": ("Document administratif déposé par le patient", _C.ADMINISTRATIVE),
}

_CLASSES = {
    "10": _C.REPORTS, "11": _C.SYNTHESIS, "31": _C.IMAGING, "42": _C.PRESCRIPTIONS, "43": _C.PRESCRIPTIONS,
    "44": _C.PRESCRIPTIONS, "45": _C.PRESCRIPTIONS, "52": _C.CERTIFICATES, "60": _C.REIMBURSEMENTS,
    "95": _C.ADMINISTRATIVE,
}  # fmt: skip
"""Folders of the classes of documents, for types that are not listed."""

_WORDS = (
    ("depistage", _C.SCREENING), ("vaccin", _C.VACCINATION), ("certificat", _C.CERTIFICATES),
    ("arret de travail", _C.CERTIFICATES), ("directives anticipees", _C.DIRECTIVES), ("anesthesi", _C.REPORTS),
    ("genetique", _C.BIOLOGY), ("biologi", _C.BIOLOGY), ("imagerie", _C.IMAGING), ("radiologi", _C.IMAGING),
    ("ordonnance", _C.PRESCRIPTIONS), ("prescription", _C.PRESCRIPTIONS), ("dispensation", _C.PRESCRIPTIONS),
    ("attestation", _C.ADMINISTRATIVE), ("administratif", _C.ADMINISTRATIVE), ("synthese", _C.SYNTHESIS),
    ("compte rendu", _C.REPORTS), ("compte-rendu", _C.REPORTS), ("lettre de liaison", _C.REPORTS),
    ("consultation", _C.REPORTS),
)  # fmt: skip
"""What the sender's words for an unlisted type say, the first that fits."""


def category_of(type_code: str, class_code: str = "", label: str = "") -> DocumentCategory:
    """Give the folder of a document: by its type, else by its class, else by the words for its type; else `OTHER`."""
    if type_code in _TYPES:
        return _TYPES[type_code][1]
    if class_code in _CLASSES:
        return _CLASSES[class_code]
    said = _without_accents(label[:_MAX_LABEL])
    return next((folder for words, folder in _WORDS if words in said), _C.OTHER)


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def label_of(type_code: str, fallback: str = "") -> str:
    """Give the French name of a document type; else the sender's words; else « Document »."""
    return _TYPES[type_code][0] if type_code in _TYPES else fallback or "Document"
