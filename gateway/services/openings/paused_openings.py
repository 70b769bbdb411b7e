"""An opening that waits while its professional signs in afresh: what they asked for comes back filled in (A23).

It is a row of their mailbox for ten minutes, found by a secret of their browser. It opens nothing: whoever comes back
sends the form again, and everything is decided then.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.account import Session, digest_of
from gateway.domain.mailbox import VaultId
from gateway.domain.record_openings import LONGEST_REASON, OpenedBy
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx

PAUSED_LASTS = timedelta(minutes=10)
_KIND = "pro-paused"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PausedOpening:
    """What a professional asked for.

    Attributes:
        person: whose record; nobody says that there is one.
        reason: what they wrote.
        lasts: how long an emergency was to last.
    """

    person: VaultId
    how: OpenedBy
    reason: str
    lasts: timedelta


class PausedOpenings:
    """Keeps openings that wait."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def pause(self, actor: Actor, opening: PausedOpening) -> str:
        """Keep what the holder of `actor.vault`, their mailbox, asked for; give the secret that finds it."""
        now, token = self._clock.now(), secrets.token_urlsafe(32)
        row = Session(
            digest=digest_of(token), vault=actor.vault, kind=_KIND, created=now, used=now, expires=now + PAUSED_LASTS,
            about={
                "person": f"{opening.person:x}",
                "how": opening.how.value,
                "reason": opening.reason[:LONGEST_REASON],
                "seconds": str(int(opening.lasts.total_seconds())),
            },
        )  # fmt: skip
        await self._store.write(lambda tx: tx.spaces.save_session(row))
        return token

    async def paused(self, actor: Actor, token: str) -> PausedOpening | None:
        """Give what waits for the holder of `actor.vault`; None when that is over, or is somebody else's."""
        now, digest = self._clock.now(), digest_of(token)

        def look(tx: Tx) -> PausedOpening | None:
            row = tx.spaces.session(digest)
            if row is None or row.kind != _KIND or row.vault != actor.vault or now >= row.expires:
                return None
            about = tx.spaces.session_about(digest)
            return PausedOpening(
                person=VaultId(int(about["person"], 16)),
                how=OpenedBy(about["how"]),
                reason=about["reason"],
                lasts=timedelta(seconds=int(about["seconds"])),
            )

        return await self._store.read(look)
