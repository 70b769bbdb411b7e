"""Camille's space, what she asks in it, and what another operator's mailboxes get of that (F89, F90, F94)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path

from gateway.domain.address import MailAddress
from gateway.domain.errors import CourierRefused
from gateway.domain.mailbox import VaultId
from gateway.domain.request_payloads import AskForData
from gateway.domain.rights_requests import RightsRequest
from gateway.domain.step_payloads import TellHolder
from gateway.ports.store import Tx
from gateway.services.delivery.post import Post
from gateway.services.outbox.steps import finished
from gateway.services.requests.doctor_requests import DoctorQuestion, DoctorRequests
from gateway.services.requests.own_requests import OwnRequests, RequestFault
from gateway.services.requests.request_keeper import RequestKeeper
from gateway.services.requests.request_letters import RequestLetters
from tests.builders.outbox import A_WORKER, in_its_place
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site

HOUR = timedelta(hours=1)
WORDS = "Le compte rendu de mon opération du genou."


def kept(tx: Tx, *, vault: VaultId, request: RightsRequest) -> None:
    """Keep a request."""
    tx.rights_requests.save(vault, request)


@dataclass
class Letterbox:
    """Another operator, which takes or refuses everything; satisfies `gateway.ports.courier.Courier`."""

    refuses: bool = False
    taken: list[EmailMessage] = field(default_factory=list)

    async def deliver(self, reverse_path: str, recipient: MailAddress, raw: bytes) -> None:
        """Take it, or refuse it."""
        assert reverse_path == ""
        if self.refuses:
            raise CourierRefused("550")
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert str(recipient) == str(message["To"])
        self.taken.append(message)


@dataclass(frozen=True, slots=True)
class RequestDesk:
    """Camille's space, what asks in it, and what the doctors got."""

    site: PatientSite
    doctors: DoctorRequests
    letters: RequestLetters
    letterbox: Letterbox

    @property
    def own(self) -> OwnRequests:
        """Give what was asked."""
        return OwnRequests(self.site.at.store, self.site.at.clock)

    async def ask(self, doctor: str = str(CLAIRE.address), *, older: bool = False) -> RightsRequest | RequestFault:
        question = DoctorQuestion(reference="", address=doctor, words=WORDS, older=older)
        return await self.doctors.ask(self.site.actor, question)

    async def asked(self, *, older: bool = False) -> RightsRequest:
        """Ask Claire, and let the message go."""
        made = await self.ask(older=older)
        assert isinstance(made, RightsRequest)
        await self.post()
        return made

    async def post(self) -> list[TellHolder]:
        """Do the steps that write to doctors; give what the holder is told."""
        at = self.site.at
        now = at.clock.now()
        steps = await at.store.write(lambda tx: tx.outbox.lease(now, now + HOUR, 50, holder=A_WORKER))
        for step in steps:
            if isinstance(step.payload, AskForData):
                finish = await in_its_place(self.letters.send, step)
                assert callable(finish)
                await at.store.write(partial(finished, step=step, finish=finish))
        return [step.payload for step in steps if isinstance(step.payload, TellHolder)]

    async def after(self, pause: timedelta) -> int:
        """Move on, and do what is due."""
        self.site.at.clock.advance(pause)
        return await RequestKeeper(self.site.at.store, self.site.at.clock).keep()

    async def now(self, request: RightsRequest) -> RightsRequest:
        """Read a request again."""
        vault = self.site.camille.vault
        found = await self.site.at.store.read(lambda tx: tx.rights_requests.get(vault, request.number))
        assert found is not None
        return found


@asynccontextmanager
async def request_desk(folder: Path) -> AsyncIterator[RequestDesk]:
    """Open Camille's space, before anything is asked."""
    async with patient_site(folder) as site:
        at, letterbox = site.at, Letterbox()
        post = Post(at.store, at.blobs, site.trust, at.clock, letterbox)
        doctors = DoctorRequests(at.store, at.clock, site.services.care_circle)
        letters = RequestLetters(at.store, post, site.trust, at.clock, "patient.mssante.fr")
        yield RequestDesk(site, doctors, letters, letterbox)
