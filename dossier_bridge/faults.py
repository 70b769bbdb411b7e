"""What may be wrong with a clinical file, as a closed list with its code for the sender (STD §1.7)."""

from enum import Enum

from gateway.domain.errors import LimitExceeded, MalformedContent


class FaultReason(Enum):
    """Why a file was not read; the value is stable, safe to log, and sent to the sender's software."""

    ZIP_MALFORMED = "zip_malformed"
    ZIP_OVERLAP = "zip_overlap"
    ZIP_RATIO = "zip_ratio"
    ZIP_PATH = "zip_path"
    ZIP_LINK = "zip_link"
    ZIP_DUPLICATE = "zip_duplicate"
    ZIP_ENCRYPTED = "zip_encrypted"
    ZIP_METHOD = "zip_method"
    ZIP_CHECKSUM = "zip_checksum"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    XML_MALFORMED = "xml_malformed"
    XML_DOCTYPE = "xml_doctype"
    XML_INCLUDE = "xml_include"
    XML_ENCODING = "xml_encoding"
    XML_NOT_UTF8 = "xml_not_utf8"
    XDM_METADATA = "xdm_metadata"
    XDM_MISSING_FILE = "xdm_missing_file"
    XDM_HASH = "xdm_hash"
    XDM_SIZE = "xdm_size"
    TWO_PATIENTS = "two_patients"
    PATIENT_CONFLICT = "patient_conflict"
    NOT_A_CDA = "not_a_cda"
    CDA_BASE64 = "cda_base64"
    CDA_COMPRESSION = "cda_compression"
    CDA_FILE = "cda_file"
    CDA_EMPTY = "cda_empty"
    CDA_VERSION = "cda_version"
    FORMAT_UNSUPPORTED = "format_unsupported"
    NESTED_MESSAGE = "nested_message"
    ARCHIVE_FORMAT = "archive_format"
    ENCRYPTED = "encrypted"
    SIGNED = "signed"
    PROGRAM = "program"
    GZIP_DAMAGED = "gzip_damaged"
    PDF_CUT = "pdf_cut"
    HIDDEN_DOCUMENT = "hidden_document"
    WRAPPED_IN_SUBMISSION = "wrapped_in_submission"
    DICOM_MALFORMED = "dicom_malformed"

    @property
    def code(self) -> str:
        """Give the national code of the refusal: 900 wrong version, 904 another patient, 906 other."""
        return _CODES.get(self, "906")

    @property
    def is_set_aside(self) -> bool:
        """Say whether no reader takes such a file, sound as it may be: it alone is kept back (A18)."""
        return self in _SET_ASIDE

    @property
    def sentence(self) -> str:
        """Give the fixed French sentence that the sender reads; it repeats nothing of the file."""
        return _SENTENCES[self]


_CODES = {
    FaultReason.CDA_VERSION: "900",
    FaultReason.TWO_PATIENTS: "904",
    FaultReason.PATIENT_CONFLICT: "904",
}

_SENTENCES = {
    FaultReason.ZIP_MALFORMED: (
        "L'archive ZIP est illisible\N{NO-BREAK SPACE}: endommagée, incomplète ou de forme inhabituelle. Refaites-la."
    ),
    FaultReason.ZIP_OVERLAP: "L'archive contient des entrées qui se chevauchent.",
    FaultReason.ZIP_RATIO: "L'archive contient une entrée au taux de compression anormal.",
    FaultReason.ZIP_PATH: "L'archive contient un chemin interdit.",
    FaultReason.ZIP_LINK: "L'archive contient un lien symbolique.",
    FaultReason.ZIP_DUPLICATE: "L'archive contient deux fichiers du même nom.",
    FaultReason.ZIP_ENCRYPTED: (
        "L'archive est protégée par un mot de passe. "
        "Renvoyez-la sans mot de passe\N{NO-BREAK SPACE}: la messagerie est sécurisée."
    ),
    FaultReason.ZIP_METHOD: "L'archive emploie une méthode de compression non prise en charge.",
    FaultReason.ZIP_CHECKSUM: "Un fichier de l'archive est endommagé.",
    FaultReason.TOO_MANY: "Le lot contient trop de fichiers, ou le document trop de résultats.",
    FaultReason.TOO_LARGE: "Un fichier dépasse la taille admise.",
    FaultReason.TOO_DEEP: "Le document est imbriqué trop profondément. Joignez-le directement.",
    FaultReason.XML_MALFORMED: "Un document XML est mal formé.",
    FaultReason.XML_DOCTYPE: "Un document XML contient une déclaration DOCTYPE, interdite.",
    FaultReason.XML_INCLUDE: "Un document XML contient une inclusion, interdite.",
    FaultReason.XML_NOT_UTF8: (
        "Un document XML annonce le codage de caractères UTF-8 et contient des octets qui n'en sont pas. "
        "Annoncez son vrai codage, ou enregistrez-le en UTF-8."
    ),
    FaultReason.XML_ENCODING: "Un document XML emploie un codage de caractères non pris en charge.",
    FaultReason.XDM_METADATA: "Les métadonnées METADATA.XML sont absentes ou incomplètes.",
    FaultReason.XDM_MISSING_FILE: "Un document annoncé dans les métadonnées manque dans l'archive.",
    FaultReason.XDM_HASH: "L'empreinte d'un document ne correspond pas aux métadonnées.",
    FaultReason.XDM_SIZE: "La taille d'un document ne correspond pas aux métadonnées.",
    FaultReason.TWO_PATIENTS: "Le lot concerne plusieurs patients.",
    FaultReason.PATIENT_CONFLICT: "Le patient du document n'est pas celui des métadonnées.",
    FaultReason.NOT_A_CDA: "Le fichier XML n'est pas un document CDA.",
    FaultReason.CDA_BASE64: (
        "Un fichier contenu dans le document CDA n'est pas du base64 lisible. Il est endommagé ou incomplet."
    ),
    FaultReason.CDA_COMPRESSION: (
        "Un fichier contenu dans le document CDA est compressé d'une façon qui ne peut pas être ouverte. "
        "Placez-le sans le compresser."
    ),
    FaultReason.CDA_FILE: (
        "Un fichier contenu dans le document CDA n'est pas du type annoncé (mediaType) et ne peut pas être ouvert."
    ),
    FaultReason.CDA_EMPTY: "Le document CDA ne contient ni texte ni fichier.",
    FaultReason.CDA_VERSION: "La version du document n'est pas prise en charge.",
    FaultReason.FORMAT_UNSUPPORTED: (
        "Le format du document (HL7 v2, HPRIM ou FHIR) n'est pas pris en charge. "
        "Envoyez un document CDA, seul ou dans IHE_XDM.zip."
    ),
    FaultReason.NESTED_MESSAGE: (
        "Une pièce jointe est elle-même un message, dont les documents ne peuvent pas être vérifiés. "
        "Joignez ces documents directement."
    ),
    FaultReason.ARCHIVE_FORMAT: (
        "Une pièce jointe est une archive d'un format non pris en charge (7z, RAR, tar, auto-extractible…). "
        "Joignez les fichiers directement, ou dans une archive ZIP simple."
    ),
    FaultReason.ENCRYPTED: (
        "Une pièce jointe est chiffrée (S/MIME, PGP). "
        "Renvoyez-la en clair\N{NO-BREAK SPACE}: la messagerie est sécurisée."
    ),
    FaultReason.SIGNED: (
        "Le message est enfermé dans sa signature (S/MIME), où ses documents ne peuvent pas être vérifiés. "
        "Renvoyez-le avec une signature séparée, ou sans signature."
    ),
    FaultReason.PROGRAM: (
        "Une pièce jointe est un programme, ou un document avec des macros. "
        "Envoyez le document sans macros, ou en PDF."
    ),
    FaultReason.GZIP_DAMAGED: "Un fichier compressé (gzip) est endommagé. Joignez le document sans le compresser.",
    FaultReason.PDF_CUT: (
        "Un PDF est coupé ou endommagé\N{NO-BREAK SPACE}: sa fin manque, il ne s'ouvrirait pas. "
        "Exportez-le de nouveau."
    ),
    FaultReason.HIDDEN_DOCUMENT: (
        "Un document de santé structuré se trouve à l'intérieur d'un autre fichier, où il ne peut pas être vérifié. "
        "Joignez-le directement, ou dans IHE_XDM.zip."
    ),
    FaultReason.WRAPPED_IN_SUBMISSION: (
        "Un fichier du lot IHE_XDM.zip en contient un autre qui ne peut pas être vérifié. "
        "Placez chaque document tel quel dans le lot."
    ),
    FaultReason.DICOM_MALFORMED: "Un fichier DICOM est endommagé ou incomplet. Exportez-le de nouveau.",
}

_SET_ASIDE = frozenset(
    {
        FaultReason.FORMAT_UNSUPPORTED,
        FaultReason.NESTED_MESSAGE,
        FaultReason.ARCHIVE_FORMAT,
        FaultReason.ENCRYPTED,
        FaultReason.SIGNED,
        FaultReason.ZIP_ENCRYPTED,
        FaultReason.ZIP_METHOD,
        FaultReason.HIDDEN_DOCUMENT,
        FaultReason.PDF_CUT,
    }
)

_LIMITS = frozenset(
    {FaultReason.ZIP_RATIO, FaultReason.TOO_MANY, FaultReason.TOO_LARGE, FaultReason.TOO_DEEP}
)


class DocumentFault(MalformedContent):
    """A clinical file cannot be read; `reason` says why in the closed list."""

    def __init__(self, reason: FaultReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class DocumentLimit(DocumentFault, LimitExceeded):
    """A clinical file passes a stated limit of size, depth or number."""


def fault(reason: FaultReason) -> DocumentFault:
    """Build the exception for a reason: a `DocumentLimit` when it is about a limit."""
    return DocumentLimit(reason) if reason in _LIMITS else DocumentFault(reason)
