"""What Camille has asked for, for pages that are looked at: one that waits, one too late, one answered, one refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.rights_requests import RequestKind, RequestState, RightsRequest, request_clocks
from gateway.services.requests.doctor_requests import AskableDoctor, DoctorQuestion, RequestFault
from tests.builders.web_people import CAMILLE, NOW

DOCTOR = AskableDoctor(reference="1" * 32, label="Dr Hélène Vasseur", detail="Médecin généraliste · Lyon")
REQUEST = "2d"


def a_request(number: int, asked_at: datetime, **changes: object) -> RightsRequest:
    """Make a request to a doctor; `changes` are fields of it."""
    clocks = request_clocks(asked_at, older=False)
    request = RightsRequest(
        number=number, kind=RequestKind.DOCTOR, state=RequestState.WAITING, asked_at=asked_at, asked_by="Camille",
        asker=CAMILLE.actor.vault, to=DOCTOR.label, to_detail=DOCTOR.detail, to_address="vasseur@medecin.example",
        words="Le compte rendu de mon opération du genou.", clocks=clocks, next=clocks.latest - timedelta(days=1),
    )  # fmt: skip
    return replace(request, **changes)  # type: ignore[arg-type]  # fields of the caller


def _requests() -> list[RightsRequest]:
    day = timedelta(days=1)
    ended = {"ended_at": NOW - day, "next": None}
    return [
        a_request(0x2D, NOW - day),
        a_request(0x2E, NOW - 10 * day, overdue=True, to="Dr Samir Kaddour", to_detail="Cardiologue · Villeurbanne"),
        a_request(0x2F, NOW - day, state=RequestState.ANSWERED, shown_from=NOW + day, **ended),
        a_request(0x30, NOW - 2 * day, undelivered=True),
        a_request(0x31, NOW - 9 * day, state=RequestState.WITHDRAWN, **ended),
    ]


@dataclass
class RightsOfTests:
    """Satisfies `webmail.rights.port.RightsService`."""

    requested: list[RightsRequest] = field(default_factory=_requests)

    async def own_requests(self, actor: Actor) -> Sequence[RightsRequest]:
        """Give those of Camille."""
        return self.requested if actor.vault == CAMILLE.actor.vault else ()

    async def askable_doctors(self, actor: Actor) -> Sequence[AskableDoctor]:
        """Give one."""
        return (DOCTOR,) if actor.vault == CAMILLE.actor.vault else ()

    async def ask_doctor(self, _: Actor, question: DoctorQuestion) -> RequestFault | None:
        """Take what has words, for the one doctor."""
        if not question.words.strip():
            return RequestFault.NO_WORDS
        return None if question.reference == DOCTOR.reference else RequestFault.UNKNOWN

    async def withdraw_request(self, actor: Actor, name: str) -> None:
        """Find it."""
        if name != REQUEST or actor.vault != CAMILLE.actor.vault:
            raise NotFound("no such request waits")

    async def note_request_answered(self, actor: Actor, name: str) -> None:
        """Find it."""
        await self.withdraw_request(actor, name)
