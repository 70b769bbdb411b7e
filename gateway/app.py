"""Composition root: the only place that knows which adapter stands behind which port.

`core` binds store, directory and services; `serve` adds the listeners and the outbox worker and keeps them
until it is told to stop. Everything is owned by a context manager; nothing starts at import time.
"""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta

from certs import contexts
from dossier_bridge.sandbox.workers import ReaderPool, ReaderSettings
from gateway.background_work import background, work_beside
from gateway.config import Settings
from gateway.console_entry import agent_services, card_place, console_services
from gateway.core import Core, core
from gateway.deposit_serving import serving_deposits
from gateway.fhir.bundles import results_bundle
from gateway.fhir.patient_summary import summary_bundle
from gateway.growth.growth_files import GrowthFiles
from gateway.imap.server import ImapServer
from gateway.imap.settings import ImapSettings
from gateway.letter_processes import letter_processes
from gateway.listening import ListeningPort
from gateway.medical_picture_processes import ProcessDrawer, medical_picture_processes
from gateway.openid_provider import openid_provider_of
from gateway.openpgp.gnupg_program import GnupgProgram
from gateway.paper_processes import PapersAside, paper_processes
from gateway.papers.typst_papers import TypstPapers
from gateway.pdf_text_processes import PdfTexts, pdf_text_processes
from gateway.ports.readers import Readers
from gateway.ports.sandbox import Sandbox
from gateway.processes.serving_place import ServingPlace
from gateway.running import Running
from gateway.services.agenda.invitation_answers import InvitationAnswers
from gateway.services.agenda.link_reading import LinkReading
from gateway.services.agenda.own_agenda import OwnAgenda
from gateway.services.agenda.subscriptions import AgendaSubscriptions
from gateway.services.conversation.contacts import Contacts
from gateway.services.conversation.message_parts import MessageParts
from gateway.services.conversation.new_messages import NewMessages
from gateway.services.conversation.patient_post import PatientPost
from gateway.services.conversation.patient_writing import PatientWriting
from gateway.services.conversation.replies import Replies
from gateway.services.counting.count_sharing import share_counts
from gateway.services.export.own_exports import OwnExports
from gateway.services.filing.added_documents import AddedDocuments
from gateway.services.intake.content_intake import ContentIntake
from gateway.services.intake.receiver import Receiver
from gateway.services.mailbox.mailbox import Mailboxes
from gateway.services.outbox.worker import MAX_OCTETS, OutboxSettings, OutboxWorker
from gateway.services.privacy.care_circle import CareCircle
from gateway.services.record.document_access import DocumentAccess
from gateway.services.record.document_downloads import DocumentDownloads
from gateway.services.record.document_words import DocumentWords
from gateway.services.record.medical_pictures import MedicalPictures
from gateway.services.sign_in.throttle import throttle_of
from gateway.services.space.forgetting import ErasedForgotten
from gateway.services.space.leaving import Leaving
from gateway.services.space.provider_entry import ProviderEntry
from gateway.services.trace.activity_history import ActivityHistory
from gateway.shared_memory import Edge, Total
from gateway.smtp.doors import SmtpDoor, TlsRoles
from gateway.smtp.server import SmtpServer
from gateway.smtp.settings import SmtpSettings
from gateway.step_handlers import step_handlers
from gateway.tls_files import server_pair
from gateway.tls_roles import tls_roles
from gateway.vocabulary.vocabulary_files import VocabularyFiles
from gateway.web.connection import WebLimits
from gateway.web.listener import WebPlace, WebPorts, WebServices, serving_web
from webmail.services import SpaceServices

# ---------------------------------------------------------------- edges


def _receiver(it: Core) -> Receiver:
    hostname, days = it.settings.gateway.hostname, timedelta(days=it.settings.smtp.resend_days)
    contents = ContentIntake(it.store, it.blobs, it.trust, it.clock, it.policy, hostname, days)
    return Receiver(it.store, it.trust, it.clock, it.passwords, it.policy, contents, it.counters.recipients)


def _smtp(it: Core, receiver: Receiver, tls: TlsRoles, place: ServingPlace) -> SmtpServer:
    section = it.settings.smtp
    smtp = SmtpSettings(
        hostname=it.settings.gateway.hostname,
        max_message_bytes=section.max_message_bytes,
        max_in_flight_bytes=section.max_in_flight_bytes,
        max_recipients=section.max_recipients,
        max_letters_per_minute=section.max_letters_per_minute,
        max_connections=section.max_connections,
        max_connections_per_address=section.max_connections_per_address,
    )
    names = zip(SmtpDoor, ("relay", "submission", "starttls"), strict=True)
    doors = {door: port for door, name in names if (port := place.port(name))}
    return SmtpServer(receiver, smtp, tls, throttle_of(smtp, "smtp", it.counters, it.clock), doors, it.memory)


def _imap(it: Core, port: ListeningPort) -> ImapServer:
    section, pair = it.settings.imap, server_pair(it.settings)
    imap = ImapSettings(
        max_connections=section.max_connections,
        max_connections_per_address=section.max_connections_per_address,
        max_message_bytes=it.settings.smtp.max_message_bytes,
    )
    return ImapServer(
        Mailboxes(it.store, it.blobs, it.trust.entry, it.clock, it.passwords),
        imap,
        contexts.following(lambda: contexts.imap(pair), (pair.certificate, pair.key), time.monotonic),
        throttle_of(imap, "imap", it.counters, it.clock),
        port,
        it.memory.edge(Edge.IMAP),
    )


def _leaving(it: Core) -> Leaving:
    pause = timedelta(days=it.settings.spaces.erasure_days)
    return Leaving(it.store, it.clock, TypstPapers(), it.erasure, pause, it.patients.code_lifetime)


def _provider_entry(it: Core) -> ProviderEntry | None:
    provider = openid_provider_of(it.settings, it.clock)
    return ProviderEntry(it.store, it.clock, it.sign_ins, it.guard, provider) if provider else None


def _space(
    it: Core, letters: Sandbox, papers: Sandbox, readers: Readers, words: DocumentWords, drawer: ProcessDrawer
) -> SpaceServices:
    writing = PatientWriting(it.trust, it.policy)
    post = PatientPost(it.store, it.blobs, it.trust, it.clock, writing)
    contacts = Contacts(it.store, it.trust)
    replies, room = Replies(it.store, contacts, writing, post), it.settings.spaces.max_added_bytes
    return SpaceServices(
        store=it.store, clock=it.clock, patients=it.patients, recovery=it.recovery,
        own_sign_in=it.own_sign_in,
        passkeys=it.passkeys,
        own_passkeys=it.own_passkeys,
        conversations=it.conversations, replies=replies,
        new_messages=NewMessages(it.store, contacts, writing, post),
        care_circle=CareCircle(it.store, it.clock, it.trust.entry),
        parts=MessageParts(it.store, it.blobs, it.clock),
        documents=DocumentAccess(it.store, it.blobs, it.clock, words),
        pictures=MedicalPictures(it.store, it.blobs, drawer, it.clock, it.memory.total(Total.PICTURES)),
        added_documents=AddedDocuments(it.store, it.blobs, readers, it.clock, it.identity_oids, room),
        document_downloads=DocumentDownloads(it.store, it.blobs, it.clock),
        leaving=_leaving(it), letters=letters,
        activation=it.activation, activation_end=it.activation_end, activation_passkeys=it.activation_passkeys,
        opposition=it.opposition, terms=it.terms, contacts=it.contacts, counters=it.counters,
        provider_entry=_provider_entry(it),
        agenda=OwnAgenda(it.store, it.clock),
        invitation_answers=InvitationAnswers(it.store, it.clock, replies),
        vocabularies=VocabularyFiles(it.settings.path(it.settings.paths.directory)),
        growth=GrowthFiles(it.settings.path(it.settings.paths.directory)),
        agenda_links=AgendaSubscriptions(it.store, it.clock),
        agenda_reading=LinkReading(it.store, it.clock, it.sign_ins, memory=it.memory),
        activity=ActivityHistory(it.store, it.clock),
        exports=OwnExports(it.store, it.blobs, it.clock, GnupgProgram()),
        papers=PapersAside(papers), support=it.settings.support.address,
        results_bundle=results_bundle, summary_bundle=summary_bundle,
    )


def _web(
    it: Core, space: SpaceServices, readers: Readers, tls: TlsRoles, ports: ServingPlace
) -> AbstractAsyncContextManager[WebPorts]:
    section = it.settings.web
    console, agents = console_services(it, tls, space, readers), agent_services(it, tls)
    services = WebServices(
        space=space, console=console, agents=agents, clock=it.clock, sign_ins=it.sign_ins, memory=it.memory
    )
    place = WebPlace(
        port=_required(ports, "web"),
        hostname=it.settings.gateway.hostname,
        origin=section.origin,
        typed=it.settings.notices.place,
        telephone=it.settings.support.telephone,
        postal=it.settings.support.postal,
        card=card_place(it, ports.port("card")),
    )
    limits = WebLimits(
        max_connections=section.max_connections,
        max_connections_per_address=section.max_connections_per_address,
        header_timeout=timedelta(seconds=section.header_seconds),
        keep_alive=timedelta(seconds=section.keep_alive_seconds),
        min_rate=section.min_rate,
    )
    return serving_web(services, place, server_pair(it.settings), limits)


def _required(place: ServingPlace, name: str) -> ListeningPort:
    port = place.port(name)
    assert port is not None  # noqa: S101 - no settings leave it out
    return port


def _worker(it: Core, readers: ReaderPool, receiver: Receiver) -> OutboxWorker:
    handlers, given_up = step_handlers(it, readers)
    section = it.settings.work
    pace = OutboxSettings(
        at_once=it.memory.share_of(section.outbox_at_once),
        max_octets=it.memory.share_of(MAX_OCTETS),
        notice_pause=timedelta(milliseconds=section.notice_pause_ms),
    )
    return OutboxWorker(it.store, it.clock, handlers, pace, load=receiver.load, given_up=given_up, memory=it.memory)


@asynccontextmanager
async def serve(settings: Settings, place: ServingPlace) -> AsyncIterator[Running]:
    """Serve until the context ends; then drain: listeners first, then the work under way, then the store.

    The sockets of `place` are this process's to close.
    """
    async with AsyncExitStack() as stack:
        stack.callback(place.close)
        it = await stack.enter_async_context(core(settings, place))
        many = ReaderSettings(count=place.share_of(settings.work.readers))
        readers = await stack.enter_async_context(ReaderPool(many))
        receiver = _receiver(it)
        worker = _worker(it, readers, receiver)
        texts = PdfTexts(await stack.enter_async_context(pdf_text_processes()))
        words = DocumentWords(it.store, it.blobs, texts, it.memory.total(Total.PDF_FILES))
        drawer = ProcessDrawer(await stack.enter_async_context(medical_picture_processes()))
        forgotten = ErasedForgotten(it.store, it.clock, (receiver.forget,))
        beside = words.run(), worker.run(), forgotten.run(), *work_beside(it, place)
        await stack.enter_async_context(background(*beside))
        tls = tls_roles(settings)
        await share_counts(it.counters)  # before anybody can try: what was counted before this start
        smtp, imap = _smtp(it, receiver, tls, place), _imap(it, _required(place, "imap"))
        await stack.enter_async_context(smtp)
        await stack.enter_async_context(imap)
        letters = await stack.enter_async_context(letter_processes(settings.work))
        space = _space(it, letters, await stack.enter_async_context(paper_processes()), readers, words, drawer)
        web = await stack.enter_async_context(_web(it, space, readers, tls, place))
        yield Running(
            core=it,
            relay_port=smtp.ports.relay,
            submission_port=smtp.ports.submission,
            starttls_port=smtp.ports.submission_starttls,
            imap_port=imap.port,
            web_port=web.pages,
            card_port=web.card,
            deposit_port=await stack.enter_async_context(serving_deposits(it, tls, readers, place.port("deposit"))),
        )
