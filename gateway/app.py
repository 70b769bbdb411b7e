"""Composition root: the only place that knows which adapter stands behind which port.

`core` binds store, directory and services; `serve` adds the listeners and the outbox worker and keeps them
until it is told to stop. Everything is owned by a context manager; nothing starts at import time.
"""

import asyncio
import os
import ssl
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import structlog

from certs import contexts, peer
from dossier_bridge.workers import ReaderPool, ReaderSettings
from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.directory.holder import SnapshotHolder
from gateway.directory.local import LocalRegistry
from gateway.domain.directory import PeerIdentity
from gateway.domain.errors import ConfigurationError, PliError
from gateway.domain.identity import DEMO_OIDS, PRODUCTION_OIDS
from gateway.domain.outbox import StepKind
from gateway.imap.server import ImapServer
from gateway.imap.settings import ImapSettings
from gateway.notices import FileNotices
from gateway.policy.settings import PatientReplies, PolicySettings, UnlistedSenders
from gateway.ports import Clock, Priority
from gateway.services.accounts import AppPasswords
from gateway.services.conversations import Conversations
from gateway.services.document_access import DocumentAccess
from gateway.services.dossier import Filing
from gateway.services.mailbox import Mailboxes
from gateway.services.message_parts import MessageParts
from gateway.services.notify import Notifier
from gateway.services.outbox import Handler, OutboxSettings, OutboxWorker
from gateway.services.outgoing import Outgoing
from gateway.services.patient_sign_in import PatientSignIn, SignInSettings
from gateway.services.people import People
from gateway.services.post import Post
from gateway.services.provisioning import Provisioning
from gateway.services.receipts import Receipts
from gateway.services.receive import Receiver
from gateway.services.replies import Replies
from gateway.services.trust import Staleness, TrustFacts
from gateway.smtp.courier import CourierSettings, Route, SmtpCourier
from gateway.smtp.doors import TlsRoles
from gateway.smtp.server import SmtpServer
from gateway.smtp.settings import SmtpSettings
from gateway.store.blobs import FileBlobs
from gateway.store.sqlite import SqliteStore, StorePaths, open_store
from gateway.store.sweeper import sweep, unlink_if_unreferenced
from gateway.web_listener import WebPlace, WebServices, serving_web

_log = structlog.get_logger("pli.app")
_BUSY = 4
"""Messages being taken in at once from which filing gives way."""
_SWEEP_EVERY = timedelta(hours=1)


def store_paths(settings: Settings) -> StorePaths:
    """Give where the settings keep the store's parts."""
    keys = settings.path(settings.paths.keys)
    return StorePaths(
        database=settings.path(settings.paths.data) / "pli.sqlite",
        blobs=settings.path(settings.paths.blobs),
        key_store=keys / "keys.sqlite",
        kek=keys / "kek",
    )


def policy_settings(settings: Settings) -> PolicySettings:
    """Give the part of the settings that policy reads. Raises `ConfigurationError`."""
    section = settings.gateway
    try:
        unlisted, replies = UnlistedSenders(section.unlisted_senders), PatientReplies(section.patient_replies)
    except ValueError as error:
        raise ConfigurationError(f"in [gateway]: {error}; see docs/configuration.md") from error
    return PolicySettings(
        patient_domain=section.patient_domain,
        local_domains=frozenset(section.local_domains),
        unlisted_senders=unlisted,
        patient_replies=replies,
        max_recipients=settings.smtp.max_recipients,
        max_bytes=settings.smtp.max_message_bytes,
    )


@dataclass(frozen=True, slots=True)
class Core:
    """Everything below the edges, open."""

    settings: Settings
    clock: Clock
    store: SqliteStore
    blobs: FileBlobs
    directory: SnapshotHolder
    trust: TrustFacts
    policy: PolicySettings
    workers: ThreadPoolExecutor
    passwords: AppPasswords
    provisioning: Provisioning
    people: People
    conversations: Conversations
    patients: PatientSignIn


@asynccontextmanager
async def core(settings: Settings) -> AsyncIterator[Core]:
    """Open store and directory and bind the services; on exit what waits is committed."""
    clock, paths = SystemClock(), store_paths(settings)
    white_list_age, directory_age = settings.trust_ages
    with ThreadPoolExecutor(settings.work.threads, "pli-work") as workers:
        async with open_store(paths, clock, readers=settings.work.store_readers) as store:
            directory = SnapshotHolder(
                settings.directory_file, settings.whitelist_file, settings.local_file, time.monotonic
            )
            trust = TrustFacts(directory, clock, Staleness(white_list_age, directory_age))
            blobs = FileBlobs(paths.blobs)
            section = settings.sign_in
            provisioning = Provisioning(store, clock, settings.gateway.patient_domain)
            policy = policy_settings(settings)
            yield Core(
                settings=settings,
                clock=clock,
                store=store,
                blobs=blobs,
                directory=directory,
                trust=trust,
                policy=policy,
                workers=workers,
                passwords=AppPasswords(store),
                provisioning=provisioning,
                people=People(provisioning, LocalRegistry(settings.local_file), policy.local_domains),
                conversations=Conversations(store, clock),
                patients=PatientSignIn(
                    store,
                    clock,
                    SignInSettings(
                        timedelta(minutes=section.code_minutes),
                        section.code_tries,
                        section.codes_a_day,
                        section.failures,
                        timedelta(minutes=section.failure_minutes),
                    ),
                    workers,
                ),
            )


# ---------------------------------------------------------------- outbound and outbox


def _courier(settings: Settings, directory: SnapshotHolder) -> SmtpCourier:
    pair = contexts.KeyPair(
        settings.path(settings.tls.client_certificate), settings.path(settings.tls.client_key)
    )

    def may_take(domain: str, holder: PeerIdentity) -> bool:
        return peer.bound(holder, domain, directory)

    trust = _trust(settings)
    files = [pair.certificate, pair.key, trust.authorities]
    context = contexts.Renewable(lambda: contexts.outbound(pair, trust), files, time.monotonic)
    routes = {domain: _route(domain, text) for domain, text in settings.routes.items()}
    return SmtpCourier(
        CourierSettings(settings.gateway.hostname, routes),
        context.current,
        peer.server_identity,
        may_take,
    )


def _route(domain: str, text: str) -> Route:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit()):
        raise ConfigurationError(f'[routes] "{domain}" must be "host:port"')
    return Route(host, int(port))


def _handlers(it: Core, readers: ReaderPool) -> dict[StepKind, Handler]:
    settings = it.settings
    oids = DEMO_OIDS if settings.gateway.demonstration else PRODUCTION_OIDS
    post = Post(it.store, it.blobs, it.trust, it.clock, _courier(settings, it.directory), it.workers)
    domain = settings.gateway.patient_domain
    filing = Filing(it.store, it.blobs, readers, it.trust, it.clock, oids, it.workers)
    receipts = Receipts(it.store, it.blobs, post, it.clock, domain)
    unlink = partial(unlink_if_unreferenced, it.store, it.blobs, it.clock)
    outgoing = Outgoing(it.store, it.blobs, post, it.clock, domain, it.workers, unlink)
    notices = FileNotices(settings.path(settings.paths.notices), it.clock)
    return {
        StepKind.FILE: filing.file,
        StepKind.QUARANTINE: filing.quarantine,
        StepKind.RECEIPT: receipts.send,
        StepKind.DELIVER: outgoing.deliver,
        StepKind.UNLINK: outgoing.unlink,
        StepKind.NOTIFY: Notifier(it.store, notices).notify,
    }


# ---------------------------------------------------------------- edges


def _trust(settings: Settings) -> contexts.Trust:
    crl = settings.tls.crl
    return contexts.Trust(settings.path(settings.tls.authorities), settings.path(crl) if crl else None)


def _pair(settings: Settings) -> contexts.KeyPair:
    return contexts.KeyPair(settings.path(settings.tls.certificate), settings.path(settings.tls.key))


def _tls_roles(settings: Settings) -> TlsRoles:
    pair, trust = _pair(settings), _trust(settings)
    files = [pair.certificate, pair.key, trust.authorities, *([trust.crl] if trust.crl else [])]
    relay = contexts.Renewable(lambda: contexts.relay(pair, trust), files, time.monotonic)
    submission = contexts.Renewable(lambda: contexts.submission(pair), files[:2], time.monotonic)
    return TlsRoles(relay.current, submission.current, _identified)


def _identified(connection: ssl.SSLObject) -> PeerIdentity | None:
    return peer.peer_identity(connection)


def _receiver(it: Core) -> Receiver:
    return Receiver(
        it.store,
        it.blobs,
        it.trust,
        it.clock,
        it.passwords,
        it.policy,
        it.workers,
        it.settings.gateway.hostname,
    )


def _smtp(it: Core, receiver: Receiver) -> SmtpServer:
    section = it.settings.smtp
    return SmtpServer(
        receiver,
        SmtpSettings(
            hostname=it.settings.gateway.hostname,
            host=section.host,
            relay_port=section.relay_port,
            submission_port=section.submission_port,
            starttls_port=section.starttls_port,
            max_message_bytes=section.max_message_bytes,
            max_in_flight_bytes=section.max_in_flight_bytes,
            max_recipients=section.max_recipients,
            max_connections=section.max_connections,
            max_connections_per_address=section.max_connections_per_address,
        ),
        _tls_roles(it.settings),
    )


def _imap(it: Core) -> ImapServer:
    section = it.settings.imap
    return ImapServer(
        Mailboxes(it.store, it.blobs, it.trust.entry, it.clock, it.passwords, it.workers),
        ImapSettings(
            host=section.host,
            port=section.port,
            max_connections=section.max_connections,
            max_connections_per_address=section.max_connections_per_address,
            max_message_bytes=it.settings.smtp.max_message_bytes,
        ),
        contexts.imap(_pair(it.settings)),
    )


def _web(it: Core) -> AbstractAsyncContextManager[int]:
    section, maximum = it.settings.web, it.settings.smtp.max_message_bytes
    services = WebServices(
        store=it.store,
        clock=it.clock,
        patients=it.patients,
        conversations=it.conversations,
        replies=Replies(it.store, it.blobs, it.trust, it.clock, it.workers, maximum),
        parts=MessageParts(it.store, it.blobs, it.clock, it.workers),
        documents=DocumentAccess(it.store, it.blobs, it.clock, it.workers),
    )
    place = WebPlace(section.host, section.port, it.settings.gateway.hostname, section.origin)
    return serving_web(services, place, _pair(it.settings))


@dataclass(frozen=True, slots=True)
class Running:
    """A serving gateway and the ports it took."""

    core: Core
    relay_port: int | None
    submission_port: int | None
    starttls_port: int | None
    imap_port: int
    web_port: int

    @property
    def ports(self) -> dict[str, int | None]:
        """Give the port of each listener."""
        return {
            "relay": self.relay_port,
            "submission": self.submission_port,
            "starttls": self.starttls_port,
            "imap": self.imap_port,
            "web": self.web_port,
        }

    def describe(self) -> str:
        """Give the listeners in one line for people."""
        return ", ".join(f"{name} {port}" for name, port in self.ports.items() if port is not None)

    def as_json(self) -> bytes:
        """Give process number and ports for programs."""
        return orjson.dumps({"pid": os.getpid(), "ports": self.ports})


@asynccontextmanager
async def serve(settings: Settings) -> AsyncIterator[Running]:
    """Serve until the context ends; then drain: listeners first, then the work under way, then the store."""
    async with AsyncExitStack() as stack:
        it = await stack.enter_async_context(core(settings))
        readers = await stack.enter_async_context(ReaderPool(ReaderSettings(count=settings.work.readers)))
        receiver = _receiver(it)
        worker = OutboxWorker(
            it.store,
            it.clock,
            _handlers(it, readers),
            OutboxSettings(settings.work.outbox_at_once),
            busy=lambda: receiver.in_hand >= _BUSY,
        )
        await stack.enter_async_context(_background(worker.run(), _sweep_for_ever(it)))
        smtp = await stack.enter_async_context(_smtp(it, receiver))
        imap = await stack.enter_async_context(_imap(it))
        web_port = await stack.enter_async_context(_web(it))
        ports = smtp.ports
        yield Running(it, ports.relay, ports.submission, ports.submission_starttls, imap.port, web_port)


@asynccontextmanager
async def _background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run coroutines beside the body; cancel and join them at its end; fail when one of them fails."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(item) for item in work]
        try:
            yield
        finally:
            for task in running:
                task.cancel()


async def _sweep_for_ever(it: Core) -> None:
    while True:
        try:
            await it.store.write(lambda tx: tx.spaces.drop_expired(it.clock.now()), priority=Priority.BULK)
            removed = await sweep(it.store, it.blobs, it.clock)
            if removed:
                _log.info("blobs.swept", removed=removed)
        except PliError as error:
            _log.warning("sweep.failed", reason=error.code)
        await asyncio.sleep(_SWEEP_EVERY.total_seconds())
