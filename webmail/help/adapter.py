"""Requests for help, over `gateway.services.space.help_requests`."""

from gateway.domain.access import Actor
from gateway.services.space.help_requests import HelpRefusal, HelpRequest, HelpRequests
from webmail.help.model import HelpForm, HelpProblem
from webmail.services import SpaceServices


class HelpPages:
    """Implements `webmail.help.port.HelpService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._requests = HelpRequests(services.store, services.clock, services.support, services.counters)

    def can_help(self) -> bool:
        """Say whether there is anybody to ask."""
        return self._requests.is_possible

    async def ask_help(self, actor: Actor | None, source: str, form: HelpForm) -> str | HelpProblem:
        """Send a request and give its number."""
        request = HelpRequest(topic=form.topic, words=form.words, answer_to=form.answer_to)
        answer = await self._requests.ask(actor, source, request)
        return HelpProblem(answer.value) if isinstance(answer, HelpRefusal) else answer
