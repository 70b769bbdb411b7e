"""Writes to whoever is asked: the request with its clocks, reminders, its end (F90, F94).

The request is read when the message is made, so nothing is told that is no longer true.
What messages say is in `gateway.services.requests.request_wording`.
"""

from dataclasses import replace

from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.errors import CourierRefused, NotFound
from gateway.domain.outbox import Step
from gateway.domain.request_payloads import AskForData
from gateway.domain.rights_requests import RequestNews, RightsRequest
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.delivery.post import Post
from gateway.services.outbox.steps import Finish, nothing, payload_of
from gateway.services.patient_blocks import blocks
from gateway.services.requests.request_wording import request_letter
from gateway.services.trust.facts import TrustFacts


class RequestLetters:
    """Handles `StepKind.ASK`."""

    def __init__(self, store: Store, post: Post, trust: TrustFacts, clock: Clock, mail_domain: str) -> None:
        self._store = store
        self._post = post
        self._trust = trust
        self._clock = clock
        self._domain = mail_domain

    async def send(self, step: Step) -> Finish:
        """Compose and deliver one message; a step done twice delivers it once.

        Nothing goes to whoever the patient has blocked: no answer of theirs would come in.
        """
        told = payload_of(step, AskForData)
        news = RequestNews(told.what)
        found = await self._store.read(lambda tx: _found(tx, step, told))
        if found is None or found[1].waits == (news is RequestNews.WITHDRAWN):
            return nothing  # withdrawn, answered or gone since
        space, request = found
        to = MailAddress.parse(request.to_address)
        names = self._trust.names(to)
        if await self._store.read(lambda tx: blocks(tx, step.vault, names)) is not False:
            return self._undelivered(step)
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
