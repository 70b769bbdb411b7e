"""What tests of passkeys are arranged with: sessions that were opened just now, and what was told."""

from datetime import timedelta

from gateway.domain.account import Session, Space, digest_of
from gateway.domain.notices import NoticeKind
from gateway.domain.step_payloads import TellHolder
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import PatientSite

ORIGIN, VISIT, SESSION, SOURCE = "https://pli.example", "visit", "session", "192.0.2.7"


async def a_session(site: PatientSite, space: Space, token: str) -> None:
    """Open a session of somebody now."""
    now = site.at.clock.now()
    row = Session(
        digest=digest_of(token), vault=space.vault, kind="web", created=now, used=now, expires=now + timedelta(days=1)
    )
    await site.at.store.write(lambda tx: tx.spaces.save_session(row))


async def kinds_told(site: PatientSite) -> list[NoticeKind]:
    """Give the kinds of what waits to be told."""
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    return [step.payload.kind for step in steps if isinstance(step.payload, TellHolder)]
