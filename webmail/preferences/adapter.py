"""What a person chooses, over `gateway.services.space.notice_choices`."""

from gateway.domain.access import Actor
from gateway.services.space.notice_choices import NoticeChoices
from webmail.preferences.model import NoticeChoice
from webmail.services import SpaceServices


class PreferencePages:
    """Implements `webmail.preferences.port.PreferenceService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._choices = NoticeChoices(services.store, services.clock)

    async def notice_choices(self, actor: Actor) -> tuple[NoticeChoice, ...]:
        """Give every kind of notice that may be switched off."""
        return tuple(NoticeChoice(kind, is_on) for kind, is_on in (await self._choices.chosen(actor)).items())

    async def choose_notices(self, actor: Actor, wanted: frozenset[str]) -> None:
        """Switch kinds of notices on and off."""
        await self._choices.choose(actor, wanted)
