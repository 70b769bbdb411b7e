"""What Camille has asked for, for pages that are looked at: one that waits, one too late, one answered, one refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.domain.access import Actor
from gateway.domain.document import DocumentEntry
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.profile_links import EntryName
from gateway.domain.rights_requests import (
    Relation,
    RequestKind,
    RequestState,
    RightsRequest,
    correction_clocks,
    request_clocks,
)
from gateway.services.requests.access_requests import AccessQuestion
from gateway.services.requests.doctor_requests import AskableDoctor, DoctorQuestion
from gateway.services.requests.entry_corrections import EntryRequests
from gateway.services.requests.own_requests import RequestFault
from gateway.services.requests.reports import Reported
from tests.builders.web_people import CAMILLE, NOW
from tests.builders.web_profile import CONFIRMED
from webmail.identifiers import DocumentId

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
        a_request(
            0x32, NOW - 3 * day, kind=RequestKind.CORRECTION, to="Dr Iris Modèle", to_detail="Laboratoire des Lilas",
            words="Je suis née en 1950, pas en 1951.", clocks=correction_clocks(NOW - 3 * day), document=5,
            title="Bilan de contrôle", state=RequestState.REFUSED, ended_at=NOW - day, next=None,
            answer="La date est celle de votre carte.",
        ),
        a_request(
            0x33, NOW - day, kind=RequestKind.REPORT, to="Dr Inconnu", to_detail="professional", to_address="",
            words="Il a lu mon dossier, et je ne le connais pas.", clocks=None, next=None,
        ),
        a_request(
            0x34, NOW - day, kind=RequestKind.ACCESS_OF, to="Odile Garnier", to_detail="3 mai 1958", to_address="",
            words="Je suis sa personne de confiance.", clocks=None, next=None, relation=Relation.TRUSTED,
        ),
        a_request(
            0x35, NOW - day, kind=RequestKind.ACCESS, to="La personne concernée", to_detail="Paul Garnier",
            to_address="", words="Il est mort en mars.", relation=Relation.HEIR,
            clocks=correction_clocks(NOW - day), next=NOW,
        ),
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

    async def corrections_of(self, actor: Actor, _: DocumentId) -> tuple[FiledDocument, Sequence[RightsRequest]]:
        """Give one that was refused, of any document of Camille's."""
        if actor.vault != CAMILLE.actor.vault:
            raise NotFound("there is no such document")
        filed = FiledDocument(
            id=5, mid=None, filed_at=NOW, dated=NOW, entry=DocumentEntry(unique_id="1.5", title="Bilan de contrôle"),
            sha256=b"", sender="", identity_verified=True, result_count=0, has_alert=False, files=(),
        )  # fmt: skip
        return filed, [one for one in self.requested if one.kind is RequestKind.CORRECTION]

    async def ask_correction(self, actor: Actor, document: DocumentId, words: str) -> RequestFault | None:
        """Take what has words."""
        await self.corrections_of(actor, document)
        return None if words.strip() else RequestFault.NO_WORDS

    async def entry_corrections_of(self, actor: Actor, name: EntryName) -> EntryRequests:
        """Give a vaccination that is confirmed, with one that was answered."""
        if actor.vault != CAMILLE.actor.vault or name.id != CONFIRMED.id:
            raise NotFound("there is no such entry")
        answered = a_request(
            0x36, NOW - timedelta(days=3), kind=RequestKind.CORRECTION, to="Dr Hélène Vasseur", entry=str(name),
            words="Le lot est B12.", state=RequestState.ANSWERED, ended_at=NOW, next=None, title="ROR",
            answer="Le carnet dit A12.", answered_by="Dr Hélène Vasseur",
        )  # fmt: skip
        return EntryRequests(entry=CONFIRMED, heading="ROR", requests=[answered])

    async def ask_entry_correction(self, actor: Actor, name: EntryName, words: str) -> RequestFault | None:
        """Take what has words."""
        await self.entry_corrections_of(actor, name)
        return None if words.strip() else RequestFault.NO_WORDS

    async def report(self, _: Actor, what: Reported, name: str, words: str) -> RequestFault | None:
        """Take what has words."""
        return None if what and name.strip() and words.strip() else RequestFault.NO_WORDS

    async def ask_access(self, _: Actor, question: AccessQuestion) -> RequestFault | None:
        """Take what has words."""
        return None if question.words.strip() else RequestFault.NO_WORDS

    async def decide_access_request(self, actor: Actor, name: str, *, grants: bool) -> None:  # noqa: ARG002 - the port's name
        """Find it."""
        if name != "34" or actor.vault != CAMILLE.actor.vault:
            raise NotFound("nobody asks that")
