"""What messages to whoever is asked say, by what is asked of them (F90, F94).

A message goes in the gateway's name; `Reply-To` is the patient's address, and an answer names the request by its
Message-ID.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.local_days import PLACE, birth_in_words, day_in_words, local_day
from gateway.domain.mime import ComposedMessage, Mailbox, compose
from gateway.domain.patient_names import shown_name
from gateway.domain.rights_requests import RequestKind, RequestNews, RightsRequest, request_message_id
from gateway.services.delivery.postmaster import postmaster


@dataclass(frozen=True, slots=True, kw_only=True)
class _RequestWords:
    """What is said of one kind: what it is called, how each message begins, its clocks, what to do."""

    name: str
    beginnings: Mapping[RequestNews, str]
    asked: str
    clocks: str
    to_do: str


_PREFIXES: Mapping[RequestNews, str] = MappingProxyType({
    RequestNews.ASKED: "Demande {name}",
    RequestNews.REMINDED: "Rappel, demande {name}",
    RequestNews.OVERDUE: "Délai dépassé, demande {name}",
    RequestNews.WITHDRAWN: "Demande retirée",
})
_REMINDED = "Vous n'avez pas encore répondu à la demande de {who}.\nLe délai prend fin demain.\n"
_OVERDUE = "Le délai pour répondre à la demande de {who} est dépassé.\nNous en avons prévenu le patient.\n"
_WITHDRAWN = "{who} a retiré sa demande.\nVous n'avez plus rien à faire.\n"
_WORDS = {
    RequestKind.DOCTOR: _RequestWords(
        name="de documents",
        beginnings=MappingProxyType({
            RequestNews.ASKED: "{who} demande à lire ses documents de santé par votre intermédiaire.\n"
            "C'est son droit (article L1111-7 du code de la santé publique).\n",
            RequestNews.REMINDED: _REMINDED,
            RequestNews.OVERDUE: _OVERDUE,
            RequestNews.WITHDRAWN: _WITHDRAWN,
        }),
        asked="\nDocuments demandés :\n{words}\n",
        clocks="\nDélais :\n"
        "- au plus tôt le {earliest}, après 48 heures de réflexion ;\n"
        "- au plus tard le {latest}, soit {span}.\n"
        "Des documents envoyés plus tôt seront visibles à la fin des 48 heures.\n",
        to_do="\nQue faire : répondez à ce message et joignez les documents.\n"
        "Votre réponse ira à {address}.\n"
        "Si vous n'avez pas ces documents, dites-le dans votre réponse.\n",
    ),
    RequestKind.CORRECTION: _RequestWords(
        name="de correction",
        beginnings=MappingProxyType({
            RequestNews.ASKED: "{who} demande la correction d'un document que vous lui avez envoyé.\n"
            "C'est son droit (article 16 du règlement général sur la protection des données).\n",
            RequestNews.REMINDED: _REMINDED,
            RequestNews.OVERDUE: _OVERDUE,
            RequestNews.WITHDRAWN: _WITHDRAWN,
        }),
        asked="\nDocument : {title}\nIdentifiant : {unique_id}\n\nCe qui est à corriger :\n{words}\n",
        clocks="\nDélai : répondez au plus tard le {latest}, soit un mois.\n",
        to_do="\nQue faire : répondez à ce message, ou envoyez une version corrigée du document.\n"
        "Votre réponse ira à {address}.\n"
        "Si vous ne corrigez pas, dites pourquoi. Le document reste, avec la demande et votre réponse.\n",
    ),
}
_OF_DOCUMENT = _WORDS[RequestKind.CORRECTION]
_OF_ENTRY = replace(
    _OF_DOCUMENT,
    beginnings=MappingProxyType({
        **_OF_DOCUMENT.beginnings,
        RequestNews.ASKED: "{who} demande la correction de ce qui est confirmé en votre nom dans son profil médical.\n"
        "C'est son droit (article 16 du règlement général sur la protection des données).\n",
    }),
    asked="\nVaccination confirmée : {title}\n\nCe qui est à corriger :\n{words}\n",
    to_do="\nQue faire : répondez à ce message.\n"
    "Si vous pouvez ouvrir ce dossier, répondez plutôt dans la console, à la page des vaccins.\n"
    "Vous pouvez y retirer votre confirmation, ou dire pourquoi vous la gardez.\n"
    "Votre réponse ira à {address}. La fiche reste, avec la demande et votre réponse.\n",
)
"""Of an entry of the profile that a professional confirmed (E52); vaccinations are what is confirmed."""


def request_letter(space: Space, request: RightsRequest, news: RequestNews, at: datetime, mail_domain: str) -> bytes:
    """Write one message to whoever is asked, dated at an aware instant."""
    traits, address = space.identity.traits, str(space.address.mail)
    words = _OF_ENTRY if request.entry else _WORDS[request.kind]
    born = f", date de naissance : {birth_in_words(traits.birth_date)}" if traits.birth_date else ""
    who = f"{shown_name(traits)}{born}"
    text = f"Bonjour,\n\n{words.beginnings[news].format(who=who)}"
    if request.asker != space.vault:
        text += f"La demande est faite par {request.asked_by}, qui représente cette personne.\n"
    if news is not RequestNews.WITHDRAWN:
        text += words.asked.format(words=request.words, title=request.title, unique_id=request.unique_id)
        text += _clocks_of(request, words.clocks) + words.to_do.format(address=address)
    first = request_message_id(request.number, RequestNews.ASKED, mail_domain)
    is_first = news is RequestNews.ASKED
    return compose(
        ComposedMessage(
            from_=postmaster(mail_domain),
            to=(Mailbox.at(MailAddress.parse(request.to_address)),),
            subject=f"{_PREFIXES[news].format(name=words.name)} : {shown_name(traits)}",
            text=text,
            message_id=request_message_id(request.number, news, mail_domain),
            date=at,
            in_reply_to=None if is_first else first,
            references=() if is_first else (first,),
            headers=(("Reply-To", address), ("Auto-Submitted", "auto-generated")),
        )
    )


def _clocks_of(request: RightsRequest, text: str) -> str:
    if request.clocks is None:
        return ""
    span = "deux mois, car ces documents ont plus de cinq ans" if request.older else "huit jours"
    clocks = request.clocks
    return text.format(earliest=_words_of(clocks.earliest), latest=_words_of(clocks.latest), span=span)


def _words_of(instant: datetime) -> str:
    return f"{day_in_words(local_day(instant))} à {instant.astimezone(PLACE):%H h %M}"
