"""What is written to a doctor who is asked for documents: the request with its clocks, reminders, its end (F90).

The request is read when the message is made, so nothing is told that is no longer true. A message goes in the
gateway's name; `Reply-To` is the patient's address, and an answer names the request by its Message-ID.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.errors import CourierRefused, NotFound
from gateway.domain.local_days import PLACE, birth_in_words, day_in_words, local_day
from gateway.domain.mime import ComposedMessage, Mailbox, compose
from gateway.domain.outbox import Step
from gateway.domain.patient_names import shown_name
from gateway.domain.rights_requests import RequestNews, RightsRequest, request_message_id
from gateway.domain.step_payloads import AskForData
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.delivery.post import Post
from gateway.services.delivery.postmaster import postmaster
from gateway.services.outbox.steps import Finish, nothing, payload_of

_TITLES: Mapping[RequestNews, str] = MappingProxyType({
    RequestNews.ASKED: "Demande de documents",
    RequestNews.REMINDED: "Rappel, demande de documents",
    RequestNews.OVERDUE: "Délai dépassé, demande de documents",
    RequestNews.WITHDRAWN: "Demande retirée",
})
_BEGINNINGS: Mapping[RequestNews, str] = MappingProxyType({
    RequestNews.ASKED: "{who} demande à lire ses documents de santé par votre intermédiaire.\n"
    "C'est son droit (article L1111-7 du code de la santé publique).\n",
    RequestNews.REMINDED: "Vous n'avez pas encore répondu à la demande de {who}.\nLe délai prend fin demain.\n",
    RequestNews.OVERDUE: "Le délai pour répondre à la demande de {who} est dépassé.\n"
    "Nous en avons prévenu le patient.\n",
    RequestNews.WITHDRAWN: "{who} a retiré sa demande de documents.\nVous n'avez plus rien à faire.\n",
})
_CLOCKS = (
    "\nDélais :\n"
    "- au plus tôt le {earliest}, après 48 heures de réflexion ;\n"
    "- au plus tard le {latest}, soit {span}.\n"
    "Des documents envoyés plus tôt seront visibles à la fin des 48 heures.\n"
)
_TO_DO = (
    "\nQue faire : répondez à ce message et joignez les documents.\n"
    "Votre réponse ira à {address}.\n"
    "Si vous n'avez pas ces documents, dites-le dans votre réponse.\n"
)


class RequestLetters:
    """Handles `StepKind.ASK`."""

    def __init__(self, store: Store, post: Post, clock: Clock, mail_domain: str) -> None:
        self._store = store
        self._post = post
        self._clock = clock
        self._domain = mail_domain

    async def send(self, step: Step) -> Finish:
        """Compose and deliver one message; a step done twice delivers it once."""
        told = payload_of(step, AskForData)
        news = RequestNews(told.what)
        found = await self._store.read(lambda tx: _found(tx, step, told))
        if found is None or found[1].waits == (news is RequestNews.WITHDRAWN):
            return nothing  # withdrawn, answered or gone since
        space, request = found
        to = MailAddress.parse(request.to_address)
        try:
            raw = request_letter(space, request, news, step.due, self._domain)
            await self._post.deliver(step, raw, None, to, f"request {told.request:x} {news.value}")
        except CourierRefused:
            return self._undelivered(step)
        return nothing

    async def give_up(self, step: Step) -> Finish:
        """Note that a message could not be delivered, however often it was tried."""
        return self._undelivered(step)

    def _undelivered(self, step: Step) -> Finish:
        now, number = self._clock.now(), payload_of(step, AskForData).request

        def note(tx: Tx) -> None:
            request = tx.rights_requests.get(step.vault, number)
            if request is not None and request.waits and not request.undelivered:
                tx.rights_requests.save(step.vault, replace(request, undelivered=True))
                event = system_in(step.vault).event(now, "request.not-delivered", objects=(request.name,))
                tx.audit.append(step.vault, event)
                tx.changed(step.vault)

        return note


def _found(tx: Tx, step: Step, told: AskForData) -> tuple[Space, RightsRequest] | None:
    try:
        request = tx.rights_requests.get(step.vault, told.request)
        return None if request is None else (tx.spaces.space(step.vault), request)
    except NotFound:
        return None


def request_letter(space: Space, request: RightsRequest, news: RequestNews, at: datetime, mail_domain: str) -> bytes:
    """Write one message to whoever is asked, dated at an aware instant."""
    traits, address = space.identity.traits, str(space.address.mail)
    born = f", date de naissance : {birth_in_words(traits.birth_date)}" if traits.birth_date else ""
    who = f"{shown_name(traits)}{born}"
    text = f"Bonjour,\n\n{_BEGINNINGS[news].format(who=who)}"
    if request.asker != space.vault:
        text += f"La demande est faite par {request.asked_by}, qui représente cette personne.\n"
    if news is not RequestNews.WITHDRAWN:
        text += f"\nDocuments demandés :\n{request.words}\n"
        text += _clocks_of(request) + _TO_DO.format(address=address)
    first = request_message_id(request.number, RequestNews.ASKED, mail_domain)
    is_first = news is RequestNews.ASKED
    return compose(
        ComposedMessage(
            from_=postmaster(mail_domain),
            to=(Mailbox.at(MailAddress.parse(request.to_address)),),
            subject=f"{_TITLES[news]} : {shown_name(traits)}",
            text=text,
            message_id=request_message_id(request.number, news, mail_domain),
            date=at,
            in_reply_to=None if is_first else first,
            references=() if is_first else (first,),
            headers=(("Reply-To", address), ("Auto-Submitted", "auto-generated")),
        )
    )


def _clocks_of(request: RightsRequest) -> str:
    if request.clocks is None:
        return ""
    span = "deux mois, car ces documents ont plus de cinq ans" if request.older else "huit jours"
    clocks = request.clocks
    return _CLOCKS.format(earliest=_words_of(clocks.earliest), latest=_words_of(clocks.latest), span=span)


def _words_of(instant: datetime) -> str:
    return f"{day_in_words(local_day(instant))} à {instant.astimezone(PLACE):%H h %M}"
