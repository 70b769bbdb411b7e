"""The activity of a space for pages that are looked at: a line of each shape, and older ones on the next page."""

from collections.abc import AsyncIterator
from datetime import timedelta

from gateway.domain.access import Actor
from tests.builders.web_people import NOW
from webmail.activity.model import ActivityList, AskedActivity, ShownActivity, ShownProof

LINES = (
    ShownActivity(
        number=42, at=NOW, who="Dr Anne Martin", about="professionnel · Hôpital des Lilas",
        what="Lecture d’un document", why="urgence, «\N{NO-BREAK SPACE}Malaise dans la rue\N{NO-BREAK SPACE}»",
        things=("Allergies", "2\N{NO-BREAK SPACE}conversations"), documents=(("d-bilan", "Bilan sanguin"),), more=3,
    ),
    ShownActivity(number=41, at=NOW - timedelta(hours=3), who="Vous", about="par le site", what="Connexion"),
    ShownActivity(
        number=40, at=NOW - timedelta(days=2), who="Personne non identifiée", what="Connexion\N{NO-BREAK SPACE}: échec",
        is_refusal=True,
    ),
)  # fmt: skip


class ActivityOfTests:
    """Satisfies `webmail.activity.port.ActivityService`."""

    async def activity(self, _actor: Actor, asked: AskedActivity) -> ActivityList:
        """Give the lines, and once that there are older ones."""
        return ActivityList(lines=() if asked.who else LINES, further=None if asked.before else 40)

    async def trace_proof(self, _actor: Actor) -> ShownProof | None:
        """Give one of most lines."""
        return ShownProof(lines=40, at=NOW, file=b"{}")

    async def journal(self, _actor: Actor) -> AsyncIterator[bytes]:
        """Give one line."""

        async def pieces() -> AsyncIterator[bytes]:
            yield b"{}\n"

        return pieces()

    async def all_activity(self, _actor: Actor, _asked: AskedActivity) -> AsyncIterator[tuple[ShownActivity, ...]]:
        """Give them all."""

        async def pieces() -> AsyncIterator[tuple[ShownActivity, ...]]:
            yield LINES

        return pieces()
