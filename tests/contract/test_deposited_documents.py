"""Deposits over the real store: readers that are busy or crash, a space that closes meanwhile, guesses at addresses."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dossier_bridge.bare_document import bare_document
from dossier_bridge.nesting import FoundFile
from dossier_bridge.request import ReadOutcome, ReadRequest
from gateway.domain.access import Audience
from gateway.domain.address import MailAddress
from gateway.domain.care_contact import ContactWay
from gateway.domain.directory import CertificateBinding, DistinguishedName, PeerIdentity
from gateway.domain.errors import LimitExceeded, PliError, ReaderBusy, ReaderFailed, ReaderSlow, ReaderSpent
from gateway.domain.identity import DEMO_OIDS
from gateway.domain.mailbox import OPERATOR
from gateway.domain.mime import Kind
from gateway.domain.smtp_connection import SmtpConnection, SmtpListener
from gateway.domain.space import SpaceState
from gateway.domain.verdict import Defer, Reject
from gateway.policy import reasons
from gateway.policy.settings import PolicySettings
from gateway.services.counting.counters import CountersInMemory
from gateway.services.filing.deposit_gate import AdmittedDepositor, DepositGate
from gateway.services.filing.deposited_documents import (
    Deposited,
    DepositedDocuments,
    DepositedFile,
    DepositFault,
    DepositRefused,
)
from gateway.services.trust.facts import Staleness, TrustFacts
from tests.builders.patient_site import LABORATORY, ListedPeople, PatientSite, patient_site

PDF = b"%PDF-1.7\n1 0 obj <</Type /Page>> endobj\nstartxref\n9\n%%EOF\n"
FILE = DepositedFile("application/pdf", "Attestation", PDF)
UNKNOWN = "2790351215{:03}"


class OneDepositor(ListedPeople):
    """A directory that binds every key to the laboratory."""

    def binding(self, spki_sha256: bytes) -> CertificateBinding:
        return CertificateBinding(LABORATORY.address, spki_sha256)


class ScriptedReaders:
    """Readers that fail as they are told, then read one file as it is."""

    def __init__(self, *failures: PliError) -> None:
        self.failures = list(failures)

    async def read(
        self, request: ReadRequest, sender: str = "", *, at_leisure: bool = False  # noqa: ARG002 - the port's name
    ) -> ReadOutcome:
        assert sender == LABORATORY.issuer
        if self.failures:
            raise self.failures.pop(0)
        (file,) = request.attachments
        found = FoundFile(section=file.section, kind=Kind.PDF, name=file.filename, data=file.data)
        return ReadOutcome((bare_document(found, "application/pdf", "PDF"),))


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


def a_gate(site: PatientSite, max_misses: int = 50) -> DepositGate:
    trust = TrustFacts(OneDepositor(LABORATORY), site.at.clock, Staleness())
    ours = PolicySettings(local_domains=frozenset({LABORATORY.address.domain}), max_misses=max_misses)
    return DepositGate(site.at.store, trust, site.at.clock, ours, CountersInMemory().recipients)


def deposits(site: PatientSite, *failures: PliError) -> DepositedDocuments:
    readers = ScriptedReaders(*failures)
    return DepositedDocuments(site.at.store, site.at.blobs, readers, site.at.clock, DEMO_OIDS, a_gate(site))


def admitted(site: PatientSite) -> AdmittedDepositor:
    return AdmittedDepositor(entry=LABORATORY, vault=site.camille.vault, connection="c1", ahead=False)


async def refusals(site: PatientSite) -> list[str]:
    events = await site.at.store.read(lambda tx: tx.audit.events(OPERATOR))
    return [event.outcome for event in events if event.action == "deposit.refused"]


@pytest.mark.parametrize("failure", [ReaderBusy("busy"), ReaderSlow("slow")])
async def test_document_that_nobody_can_read_now_is_put_off(site: PatientSite, failure: PliError) -> None:
    done = await deposits(site, failure).file(admitted(site), FILE)
    assert isinstance(done, DepositRefused)
    assert done.fault is DepositFault.BUSY
    assert await site.at.store.read(lambda tx: tx.documents.all_of(site.camille.vault, Audience.PATIENT)) == []


@pytest.mark.parametrize("failures", [[ReaderSpent("spent")], [LimitExceeded("large")], [ReaderFailed("crash")] * 3])
async def test_document_that_cannot_be_read_is_refused_with_906(site: PatientSite, failures: list[PliError]) -> None:
    done = await deposits(site, *failures).file(admitted(site), FILE)
    assert isinstance(done, DepositRefused)
    assert (done.fault, done.code) == (DepositFault.CONTENT, "906")
    assert await refusals(site) == ["906"]


async def test_crash_that_was_chance_costs_nothing(site: PatientSite) -> None:
    done = await deposits(site, ReaderFailed("crash"), ReaderFailed("crash")).file(admitted(site), FILE)
    assert isinstance(done, Deposited)
    assert done.is_new
    # Who deposits is in contact: the patient may authorise or block them (F78).
    (known,) = await site.services.care_circle.known(site.actor)
    assert (known.label, known.ways) == (LABORATORY.name, frozenset({ContactWay.DOCUMENT}))


async def test_space_that_closed_meanwhile_is_not_reachable(site: PatientSite) -> None:
    closed = replace(site.camille, state=SpaceState.CLOSED)
    await site.at.store.write(lambda tx: tx.spaces.save(closed))
    done = await deposits(site).file(admitted(site), FILE)
    assert isinstance(done, Reject)
    assert done.reason is reasons.PATIENT_UNREACHABLE
    assert await refusals(site) == ["POL-24"]


async def test_new_documents_are_hidden_as_their_patient_wants(site: PatientSite) -> None:
    await site.at.store.write(lambda tx: tx.spaces.save(replace(site.camille, hides_documents=True)))
    done = await deposits(site).file(admitted(site), FILE)
    assert isinstance(done, Deposited)
    (filed,) = await site.at.store.read(lambda tx: tx.documents.all_of(site.camille.vault, Audience.PATIENT))
    assert filed.hidden_from is Audience.PROFESSIONALS
    assert (filed.sender, filed.sender_name) == (str(LABORATORY.address), LABORATORY.name)


async def test_who_guesses_at_addresses_waits(site: PatientSite) -> None:
    gate, minute = a_gate(site, max_misses=2), timedelta(minutes=1)
    now = site.at.clock.now()
    holder = DistinguishedName.of([[("2.5.4.3", "labo")]])
    peer = PeerIdentity(dn=holder, spki_sha256=b"key", serial=1, not_before=now - minute, not_after=now + minute)
    here = SmtpConnection(
        id="c1", listener=SmtpListener.RELAY, remote_ip="192.0.2.1", tls_version="TLSv1.3", peer=peer
    )
    said = []
    for number in range(1, 5):
        stem = UNKNOWN.format(number)
        address = MailAddress.parse(f"{stem}{97 - int(stem) % 97:02}@patient.mssante.fr")
        verdict = await gate.judge(here, None, address)
        assert isinstance(verdict, Reject | Defer)
        said.append((type(verdict), verdict.reason.rule))
    assert said == [(Reject, "POL-24")] * 3 + [(Defer, "POL-21")]
