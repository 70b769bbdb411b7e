"""Every sentence that policy says to the outside, in one table.

Sentences are fixed and say what to do; what exactly was wrong goes into a verdict's `detail`, for the
operator's audit log only. One refusal stands for every way in which a patient cannot be reached (A9).
"""

import re
from collections.abc import Sequence
from types import MappingProxyType

from gateway.domain.verdict import Defer, Reason


def _french(text: str) -> str:
    # No-break spaces as French typography wants them, kept out of the source where nobody would see them.
    return re.sub(r" (?=[;:!?»])|(?<=«) ", "\N{NO-BREAK SPACE}", text)


def _reason(rule: str, reply: str, french: str, english: str) -> Reason:
    code, enhanced = reply.split()
    return Reason(rule=rule, smtp_code=int(code), enhanced=enhanced, french=_french(french), english=english)


TLS_REQUIRED = _reason(
    "POL-01", "530 5.7.0",
    "Connexion non chiffrée ; utilisez TLS 1.2 ou plus récent.",
    "Connection is not encrypted; use STARTTLS with TLS 1.2 or later.",
)
CERTIFICATE_REQUIRED = _reason(
    "POL-02", "550 5.7.1",
    "Certificat client absent ou refusé ; présentez un certificat d'opérateur valide.",
    "Client certificate missing or refused; present a valid operator certificate.",
)
CERTIFICATE_NOT_BOUND = _reason(
    "POL-03", "550 5.7.1",
    "Ce certificat ne permet pas d'écrire pour cet expéditeur ; faites vérifier la liste blanche par votre opérateur.",
    "This certificate may not send for this sender; have your operator check the white list.",
)
SIGN_IN_REQUIRED = _reason(
    "POL-04", "530 5.7.0",
    "Authentification nécessaire ; connectez-vous à votre boîte avant d'écrire.",
    "Authentication required; sign in to your mailbox first.",
)
SENDER_NOT_SIGNED_IN = _reason(
    "POL-04", "550 5.7.1",
    "L'expéditeur n'est pas la boîte connectée ; écrivez depuis votre propre adresse.",
    "Sender is not the signed-in mailbox; send from your own address.",
)
PATIENT_SENDER = _reason(
    "POL-05", "550 5.7.1",
    "Un patient écrit seulement depuis son espace activé ; ouvrez votre espace pour répondre.",
    "Patients write only from their own activated space; open it to reply.",
)
OUTSIDE_SENDER = _reason(
    "POL-11", "550 5.7.1",
    "Domaine de l'expéditeur hors de l'espace de confiance ; utilisez une messagerie sécurisée de santé.",
    "Sender domain is outside the trusted circle; use a secure health mailbox.",
)
UNLISTED_SENDER = _reason(
    "POL-12", "550 5.7.1",
    "Expéditeur absent de l'annuaire ; faites publier votre boîte par votre opérateur.",
    "Sender is not in the directory; have your operator publish your mailbox.",
)
DEPOSITOR_UNNAMED = _reason(
    "POL-13", "550 5.7.1",
    "Le déposant n'est pas nommé ; donnez l'adresse de sa boîte dans le champ From.",
    "The depositor is not named; give the address of its mailbox in the From field.",
)
DEPOSITOR_KIND = _reason(
    "POL-13", "550 5.7.1",
    "Seule la boîte d'une organisation ou d'une application dépose un document ; envoyez-le par message.",
    "Only the mailbox of an organisation or an application may deposit; send the document by mail.",
)
TOO_MANY_RECIPIENTS = _reason(
    "POL-21", "452 4.5.3",
    "Plus de {max_recipients} destinataires ; envoyez aux autres dans un autre message.",
    "More than {max_recipients} recipients; send to the others in another message.",
)
TOO_MANY_MISSES = _reason(
    "POL-21", "421 4.7.0",
    "Plus de {max_misses} adresses inconnues ; vérifiez vos destinataires et réessayez plus tard.",
    "More than {max_misses} unknown recipients; check your addresses and try again later.",
)
OUTSIDE_RECIPIENT = _reason(
    "POL-22", "550 5.7.1",
    "Destinataire hors de l'espace de confiance ; écrivez à une messagerie sécurisée de santé.",
    "Recipient is outside the trusted circle; write to a secure health mailbox.",
)
PATIENT_TO_PATIENT = _reason(
    "POL-23", "550 5.7.1",
    "Un patient n'écrit pas à un autre patient ; répondez à un professionnel qui vous a écrit.",
    "Patients do not write to patients; reply to a professional who wrote to you.",
)
EXCHANGE_NOT_STARTED = _reason(
    "POL-23", "550 5.7.1",
    "Seul un professionnel peut commencer un échange ; attendez qu'il vous écrive.",
    "Only a professional may start an exchange; wait until they write to you.",
)
EXCHANGE_ENDED = _reason(
    "POL-23", "550 5.7.1",
    "Votre correspondant a mis fin à vos échanges ; attendez qu'il vous écrive de nouveau.",
    "Your correspondent has ended the exchange; wait until they write again.",
)
CORRESPONDENT_BLOCKED = _reason(
    "POL-23", "550 5.7.1",
    "Vous avez bloqué ce correspondant ; débloquez-le pour lui écrire.",
    "You have blocked this correspondent; unblock them to write.",
)
WRONG_INS_KEY = _reason(
    "POL-24", "550 5.1.3",
    "Adresse de patient mal formée ; vérifiez le matricule INS et sa clé.",
    "Malformed patient address; check the INS number and its key.",
)
PATIENT_UNREACHABLE = _reason(
    "POL-24", "550 5.1.1",
    "Patient non joignable par cette messagerie ; remettez le document autrement.",
    "Patient cannot be reached by this service; deliver the document by other means.",
)
MAILBOX_UNKNOWN = _reason(
    "POL-25", "550 5.1.1",
    "Boîte inconnue ; vérifiez l'adresse dans l'annuaire.",
    "Unknown mailbox; check the address in the directory.",
)
MESSAGE_TOO_LARGE = _reason(
    "POL-31", "552 5.3.4",
    "Message de plus de {size} ; allégez ou séparez les pièces jointes.",
    "Message larger than {max_bytes} octets; reduce or split the attachments.",
)
HEADER_TOO_LARGE = _reason(
    "POL-31", "552 5.3.4",
    "En-tête de plus de {max_header_bytes} octets ou {max_header_lines} lignes ; réduisez destinataires ou champs.",
    "Header larger than {max_header_bytes} octets or {max_header_lines} lines; use fewer recipients or fields.",
)
CONTENT_REFUSED = _reason(
    "POL-31", "550 5.6.0",
    "Message mal formé, ses lignes ou sa structure sont illisibles ; faites vérifier le logiciel qui l'a écrit.",
    "Message is malformed, its lines or structure cannot be read; have the software that wrote it checked.",
)
TOO_COMPLEX = _reason(
    "POL-31", "550 5.6.0",
    "Message trop complexe, plus de {limite} ; faites vérifier le logiciel qui l'a écrit, ou séparez le message.",
    "Message is too complex, more than {limit}; have the software that wrote it checked, or split the message.",
)
MAIL_LOOP = _reason(
    "POL-32", "554 5.4.6",
    "Message en boucle, plus de {max_received} serveurs ; faites vérifier le routage par votre opérateur.",
    "Mail loop, more than {max_received} servers; have your operator check the routing.",
)
FROM_NOT_SENDER = _reason(
    "POL-33", "550 5.7.1",
    "Le champ From doit nommer une seule boîte, celle de l'expéditeur ; corrigez-le et renvoyez le message.",
    "The From field must name one mailbox, the envelope sender; correct it and send again.",
)
NOT_A_REPORT = _reason(
    "POL-34", "550 5.7.1",
    "Un message sans expéditeur doit être un rapport sur un envoi de cette messagerie ; indiquez un expéditeur.",
    "A null sender is only for reports about mail sent from here; give a sender.",
)
OUTSIDE_ADDRESSEE = _reason(
    "POL-35", "550 5.7.1",
    "Un destinataire de To ou Cc est hors de l'espace de confiance ; retirez-le et renvoyez le message.",
    "An address in To or Cc is outside the trusted circle; remove it and send again.",
)
SEVERAL_PATIENTS = _reason(
    "POL-36", "550 5.7.1",
    "Un message ne s'adresse qu'à un seul patient ; envoyez un message à chacun.",
    "A message may address one patient only; send one message to each.",
)
NEW_SUBJECT = _reason(
    "POL-37", "550 5.7.1",
    "Un nouveau sujet n'est pas possible ; répondez à un message de votre correspondant.",
    "New subjects are not possible; reply to a message of your correspondent.",
)
UNCLEAR_ADDRESS = _reason(
    "POL-38", "550 5.7.1",
    "Une adresse de l'en-tête est ambiguë ; écrivez les adresses sans détour et renvoyez le message.",
    "An address in the header is ambiguous; write addresses plainly and send again.",
)
STRAY_FILE = _reason(
    "POL-39", "550 5.6.0",
    "Structure MIME rompue, une pièce jointe est illisible ; faites vérifier le logiciel d'envoi.",
    "Broken MIME structure: an attachment cannot be read; have the sending software checked.",
)
DOCUMENT_MISSING = _reason(
    "POL-40", "550 5.6.0",
    "L'objet annonce un document (XDM/1.0/DDM) et aucun n'est joint ; joignez-le et renvoyez le message.",
    "The subject announces a document (XDM/1.0/DDM) and none is attached; attach it and send again.",
)
OTHER_AUTHOR = _reason(
    "POL-41", "550 5.7.1",
    "L'en-tête nomme un autre auteur que l'expéditeur (Sender, Resent ou nom affiché) ; retirez-le et renvoyez.",
    "The header names an author other than the sender (Sender, Resent or a display name); remove it and send again.",
)
FOLDED_NAME = _reason(
    "POL-41", "550 5.6.0",
    "Un nom de champ de l'en-tête est coupé avant ses deux-points ; faites vérifier le logiciel d'envoi.",
    "The name of a header field is folded before its colon; have the sending software checked.",
)
PROGRAM_ATTACHED = _reason(
    "POL-42", "550 5.7.1",
    "Une pièce jointe est un programme, ou un document avec des macros ; envoyez-la sans macros, ou en PDF.",
    "An attachment is a program, or a document with macros; send it without macros, or as PDF.",
)

REFUSALS: tuple[Reason, ...] = (
    TLS_REQUIRED, CERTIFICATE_REQUIRED, CERTIFICATE_NOT_BOUND, SIGN_IN_REQUIRED, SENDER_NOT_SIGNED_IN,
    PATIENT_SENDER, OUTSIDE_SENDER, UNLISTED_SENDER, DEPOSITOR_UNNAMED, DEPOSITOR_KIND,
    TOO_MANY_RECIPIENTS, TOO_MANY_MISSES, OUTSIDE_RECIPIENT,
    PATIENT_TO_PATIENT, EXCHANGE_NOT_STARTED, EXCHANGE_ENDED, CORRESPONDENT_BLOCKED, WRONG_INS_KEY,
    PATIENT_UNREACHABLE, MAILBOX_UNKNOWN, MESSAGE_TOO_LARGE, HEADER_TOO_LARGE, CONTENT_REFUSED, TOO_COMPLEX,
    MAIL_LOOP, FROM_NOT_SENDER,
    NOT_A_REPORT, OUTSIDE_ADDRESSEE, SEVERAL_PATIENTS, NEW_SUBJECT, UNCLEAR_ADDRESS,
    STRAY_FILE, DOCUMENT_MISSING, OTHER_AUTHOR, FOLDED_NAME, PROGRAM_ATTACHED,
)  # fmt: skip
"""Every reason for a refusal, in the order of the rules."""

NOT_KNOWN = MappingProxyType({
    rule: _reason(
        rule, "451 4.3.0",
        "Vérification momentanément impossible ; réessayez plus tard.",
        "A check cannot be made just now; please try again later.",
    )
    for rule in dict.fromkeys(reason.rule for reason in REFUSALS)
})
"""The one answer to what is not known now, under the id of the rule that needed it."""


def message_too_large(max_bytes: int) -> Reason:
    """Say how large a message may be: in megabytes to people, in octets to programs."""
    size = f"{max_bytes / 1_000_000:.3g}".replace(".", ",") + " Mo" if max_bytes >= 1_000_000 else f"{max_bytes} octets"
    return MESSAGE_TOO_LARGE.naming(max_bytes=max_bytes, size=size)


def not_known(rule: str, detail: str) -> Defer:
    """Defer because `rule` lacks a fact; `detail` says which, for the audit log."""
    return Defer(NOT_KNOWN[rule], detail)


def gone(names: Sequence[str]) -> str:
    """Say that a correspondent left, as the patient reads it (A24); of several it is not said who."""
    who = names[0] if len(names) == 1 and names[0] else "Votre correspondant" if len(names) == 1 else "Un correspondant"
    return f"{who} n’exerce plus à cette adresse. Pour le joindre, téléphonez à son cabinet ou à son service."


def ended_by(name: str) -> str:
    """Say who ended an exchange, as the patient reads it; `name` is the directory's (A8, STD §2.2)."""
    return f"{name} a mis fin à vos échanges."
