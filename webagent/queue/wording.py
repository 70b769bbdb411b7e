"""The words for what waits: its kind, what is known of it, what may be decided."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from gateway.domain.local_days import day_in_words, local_day
from gateway.services.agents.desk_queue import DeskEntry

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "code": ("Codes non envoyés", "Ces personnes ont demandé un code, et aucun n’est parti."),
    "representant": ("Représentants légaux", "Ces personnes disent ne pas représenter un enfant."),
    "document": ("Documents signalés", "Ces patients disent qu’un document n’est pas le leur."),
    "demande": ("Demandes sans réponse", "Personne n’a encore répondu à ces demandes."),
})  # fmt: skip
REASONS: Mapping[str, str] = MappingProxyType({
    "code": "File d’attente\u00a0: code demandé et non envoyé",
    "representant": "File d’attente\u00a0: vérification d’un représentant légal",
    "document": "File d’attente\u00a0: document signalé",
    "demande": "File d’attente\u00a0: demande sans réponse",
})  # fmt: skip
"""What the trace of whoever is concerned says when an entry is opened."""
DECISIONS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "is-not": (
        "Elle n’est ni son parent, ni son tuteur",
        "L’enfant n’est plus rattaché à elle. L’espace ne s’ouvre pas tout seul.",
    ),
    "is-representative": (
        "Elle est bien son parent ou son tuteur",
        "Elle peut de nouveau activer l’espace. S’il attendait, il s’ouvre de lui-même à son heure.",
    ),
    "give-back": ("Rendre le document", "Il est bien à ce patient, qui lit votre motif."),
    "keep-aside": ("Garder le document à l’écart", "Il n’est pas à ce patient, qui lit votre motif."),
    "answered": ("La demande a reçu une réponse", "La personne lit votre motif."),
    "refused": ("La demande est refusée", "La personne lit votre motif."),
})  # fmt: skip
SETTLED = "C’est réglé, et noté à votre nom."
_WHY = {
    "nobody": "Personne n’a ces numéros ici",
    "other_card": "Une autre date de naissance ou une autre carte est connue, ou aucune",
    "no_contact": "Aucun e-mail ni téléphone n’est connu",
}
_ASKS = {
    "doctor": "Des documents, à un médecin", "access": "Un accès, par un proche",
    "correction": "Une correction", "report": "Un signalement",
}


def lines_of(entry: DeskEntry) -> tuple[tuple[str, str], ...]:
    """Say what is known of an entry, label and words."""
    facts = entry.facts
    said = (
        ("Pourquoi", _WHY.get(facts.get("why", ""), "")),
        ("Qui a répondu non", facts.get("who", "")),
        ("Expéditeur", facts.get("sender", "")),
        ("Demande", _ASKS.get(facts.get("asks", ""), "Une demande attend" if "asks" in facts else "")),
        ("À qui", facts.get("to", "")),
        ("Dernier jour", _day(facts.get("due", ""))),
        ("Retard", "Le délai est dépassé" if facts.get("overdue") else ""),
    )
    return tuple((label, words) for label, words in said if words)


def _day(instant: str) -> str:
    return day_in_words(local_day(datetime.fromisoformat(instant))) if instant else ""
