"""What the page says of a line: who, for whom, what, why, with which data, through what."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from gateway.domain.access import Actor
from gateway.domain.activity import ActivityKind, ActivitySide
from gateway.domain.audit import AuditEvent
from gateway.domain.measure_kinds import KINDS
from gateway.domain.pro_sante_connect import PROFESSIONS
from gateway.domain.profile_sections import SECTIONS
from webmail.activity.acts import ACTS
from webmail.wording import NBSP, count

SIDES: Mapping[ActivitySide, tuple[str, str]] = MappingProxyType({
    ActivitySide.OWN: ("Vous", "Ce que vous avez fait, et ce que d’autres ont fait en votre nom."),
    ActivitySide.PROFESSIONALS: ("Professionnels", "Qui vous a écrit, et qui a ouvert votre dossier."),
    ActivitySide.SERVICES: ("Services", "Vos applications, les agents et les tâches automatiques."),
})  # fmt: skip
KINDS_OF_ACT: Mapping[ActivityKind, str] = MappingProxyType({
    ActivityKind.READ: "Lectures",
    ActivityKind.CHANGED: "Changements",
    ActivityKind.EXCHANGED: "Messages et dépôts",
    ActivityKind.SHARED: "Partages et téléchargements",
    ActivityKind.SIGNED_IN: "Connexions",
    ActivityKind.REFUSED: "Refus et échecs",
})  # fmt: skip
_PURPOSES = {
    "PATRQT": "à la demande de la personne",
    "FAMRQT": "au nom de la personne",
    "TREAT": "pour soigner",
    "ETREAT": "urgence",
    "PATADMIN": "démarche administrative",
    "HOPERAT": "fonctionnement du service",
}
_FACES = {
    "web": "par le site", "fhir": "par une application", "imap": "par un logiciel de messagerie",
    "smtp": "par un logiciel de messagerie", "caldav": "par un calendrier", "agenda": "par un lien d’agenda",
    "agenda-all": "par un lien d’agenda", "pro": "par l’espace des professionnels",
    "agent": "par le site des agents",
    "cli": "par une commande de l’opérateur", "export": "pour une archive", "share": "par un partage sur place",
}  # fmt: skip
_ROLES = {
    "patient": "titulaire de l’espace", "guardian": "représentant légal", "carer": "aidant",
    "professional": "professionnel", "application": "application", "agent": "agent de l’opérateur",
    "operator": "opérateur", "system": "automatique",
}  # fmt: skip
_NOBODY = {"pli": "Le service, automatiquement", "unknown": "Personne non identifiée", "<>": "Un serveur de messagerie"}
_THINGS = {
    "message": ("message", "messages"),
    "thread": ("conversation", "conversations"),
    "event": ("entrée de l’agenda", "entrées de l’agenda"),
    "examination": ("examen", "examens"),
}
_NAMES = {
    "measure": {kind.value: rules.label for kind, rules in KINDS.items()},
    "profile": {section.value: rules.label for section, rules in SECTIONS.items()},
    "part": {
        "documents": "Documents", "messages": "Messages", "profile": "Profil médical", "agenda": "Agenda",
        "care-history": "Historique de soins", "results": "Résultats", "measures": "Mesures",
        "synthesis": "Synthèse", "emergency": "Données pour les urgences",
    },
}  # fmt: skip
_REFUSED = frozenset({"refused", "wrong", "failed"})


def who_of(event: AuditEvent, reader: Actor) -> str:
    """Say who acted: « Vous », a name, a mailbox, a program."""
    if event.actor == reader.account and event.role == reader.role.value:
        return "Vous"
    if event.person or event.organisation:
        return event.person or event.organisation
    if event.role == "application":
        return "Une application" if not event.actor.startswith("share") else "Qui a lu votre code de partage"
    if event.role in ("operator", "agent"):
        return "L’opérateur du service" if event.role == "operator" else "Un agent de l’opérateur"
    return _NOBODY.get(event.actor, event.actor) if event.role != "system" else _NOBODY["pli"]


def about_of(event: AuditEvent, reader: Actor) -> str:
    """Say what somebody is, for whom they act and through what; empty where nothing adds to the name."""
    is_told = event.role not in ("", "system") and who_of(event, reader) != "Vous"
    role = (_profession(event) or _ROLES.get(event.role, "")) if is_told else ""
    for_whom = event.organisation if event.person else ""
    under = f"sous la responsabilité de {event.responsible}" if event.responsible else ""
    return " · ".join(filter(None, (role, for_whom, under, _FACES.get(event.face, ""))))


def _profession(event: AuditEvent) -> str:
    """Say the profession of a professional, by its words or by the code that stands in the line; else nothing."""
    words = PROFESSIONS.get(event.profession, event.profession)
    return words[:1].lower() + words[1:] if words and not words.isdigit() else ""


def what_of(event: AuditEvent) -> str:
    """Name the act; one that has no words here by its code."""
    named = ACTS.get(event.action) or f"Autre opération ({event.action})"
    return f"{named}{NBSP}: échec" if event.outcome in _REFUSED and not event.action.endswith(".refused") else named


def why_of(event: AuditEvent) -> str:
    """Say why, and what was written for it."""
    reason = f"«{NBSP}{event.reason}{NBSP}»" if event.reason else ""
    return ", ".join(filter(None, (_PURPOSES.get(event.purpose, ""), reason)))


def things_of(event: AuditEvent) -> tuple[str, ...]:
    """Say which data were touched, documents apart: sections and measures by name, others by how many."""
    named = [word for one in (*event.objects, *event.data) if (word := _named(one))]
    counted = [
        count(number, *_THINGS[kind])
        for kind in _THINGS
        if (number := sum(one.startswith(f"{kind}:") for one in event.objects))
    ]
    return tuple(dict.fromkeys((*named, *counted)))


def _named(one: str) -> str:
    kind, _, rest = one.partition(":")
    code = rest.partition("/")[0]
    return _NAMES.get(kind, {}).get(code, "")


def documents_of(event: AuditEvent) -> Iterator[int]:
    """Give the numbers of the documents that a line names."""
    return (int(one[9:], 16) for one in dict.fromkeys(event.objects) if one.startswith("document:"))
