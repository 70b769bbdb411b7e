"""What does each kind of step of the outbox: handlers bound to their adapters, for `gateway.app`."""

import time
from dataclasses import replace
from functools import partial

import msgspec

from certs import contexts, peer
from dossier_bridge.sandbox.workers import ReaderPool
from gateway.config import Settings
from gateway.core import Core
from gateway.directory.holder import SnapshotHolder
from gateway.domain.directory import PeerIdentity
from gateway.domain.errors import ConfigurationError
from gateway.domain.outbox import StepKind
from gateway.fhir.record_bundle import BundleEntries
from gateway.notice_ways import ways_of
from gateway.openpgp.gnupg_program import GnupgProgram
from gateway.papers.proof_files import ProofFiles
from gateway.services.conversation.reading_receipts import ReadingReceipts
from gateway.services.delivery.outgoing import Outgoing
from gateway.services.delivery.post import Post
from gateway.services.delivery.undelivered import DeliveryReports
from gateway.services.export.export_making import ExportMaking
from gateway.services.filing.filing import Filing
from gateway.services.filing.quarantine import QuarantineStep
from gateway.services.filing.receipts import Receipts
from gateway.services.openings.reader_alarm import ReaderAlarm
from gateway.services.outbox.steps import Handler
from gateway.services.requests.access_requests import RequestPassing
from gateway.services.requests.request_letters import RequestLetters
from gateway.services.restoring.legacy_records import LegacyShowing
from gateway.services.space.erasure import Erasure
from gateway.services.space.notices import Notifier
from gateway.services.space.opening_notices import OpeningNotices
from gateway.services.withholding.sender_news import SenderNotices
from gateway.shared_memory import Counted, SharedMemory
from gateway.smtp.courier import CourierSettings, Route, SmtpCourier
from gateway.store.blobs.sweeper import unlink_if_unreferenced
from gateway.tls_files import operator_pair, trust_of


def _courier(settings: Settings, directory: SnapshotHolder, memory: SharedMemory) -> SmtpCourier:
    pair = operator_pair(settings)

    def may_take(domain: str, holder: PeerIdentity) -> bool:
        return peer.bound(holder, domain, directory)

    trust = trust_of(settings)
    files = [pair.certificate, pair.key, trust.authorities]
    context = contexts.Renewable(lambda: contexts.outbound(pair, trust), files, time.monotonic)
    routes = {domain: _route(domain, text) for domain, text in settings.routes.items()}
    return SmtpCourier(
        CourierSettings(hostname=settings.gateway.hostname, routes=routes),
        context.current,
        peer.server_identity,
        may_take,
        memory.counts(Counted.COURIER),
    )


def _route(domain: str, text: str) -> Route:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit()):
        raise ConfigurationError(f'[routes] "{domain}" must be "host:port"')
    return Route(host, int(port))


def _own_share(it: Core) -> Settings:
    """Give the settings with this process's part of the notices that are given at once."""
    notices = it.settings.notices
    own = msgspec.structs.replace(notices, at_once=it.memory.share_of(notices.at_once))
    return replace(it.settings, notices=own)


def step_handlers(it: Core, readers: ReaderPool) -> tuple[dict[StepKind, Handler], dict[StepKind, Handler]]:
    """Give what does each kind of step, and what ends a step of some kinds that is given up."""
    settings = it.settings
    post = Post(it.store, it.blobs, it.trust, it.clock, _courier(settings, it.directory, it.memory))
    domain = settings.gateway.patient_domain
    receipts = Receipts(it.store, it.blobs, post, it.clock, domain)
    filing = Filing(it.store, it.blobs, readers, it.clock, it.identity_oids, receipts, it.hold)
    unlink = partial(unlink_if_unreferenced, it.store, it.blobs, it.clock)
    outgoing = Outgoing(it.store, it.blobs, post, it.clock, domain, unlink)
    notices, proofs = ways_of(_own_share(it), it.clock), ProofFiles(settings.proofs_folder)
    notifier = Notifier(it.store, it.clock, notices, it.patients.code_lifetime)
    help_line = settings.support.telephone, settings.support.postal
    opening = OpeningNotices(it.store, it.clock, notices, settings.place_to_type, *help_line)
    exports = ExportMaking(it.store, it.blobs, it.clock, BundleEntries(), settings.gateway.hostname, GnupgProgram())
    letters, passing = RequestLetters(it.store, post, it.trust, it.clock, domain), RequestPassing(it.store, it.clock)
    handlers: dict[StepKind, Handler] = {
        StepKind.FILE: filing.file,
        StepKind.QUARANTINE: QuarantineStep(it.store, it.clock).move,
        StepKind.RECEIPT: receipts.send,
        StepKind.REPORT: DeliveryReports(post, it.clock, domain).send,
        StepKind.DISPLAYED: ReadingReceipts(post, it.clock, domain).send,
        StepKind.DELIVER: outgoing.deliver, StepKind.UNLINK: outgoing.unlink,
        **dict.fromkeys((StepKind.NOTIFY, StepKind.NOTIFY_DOCUMENT, StepKind.CODE), notifier.notify),
        StepKind.NOTIFY_APART: notifier.notify_apart,
        StepKind.TELL: notifier.tell,
        StepKind.ERASE: Erasure(it.store, it.clock, unlink, notices.forget, proofs.forget).resume,
        StepKind.FIND_AGAIN: it.recovery.find,
        StepKind.OPENING: opening.send,
        StepKind.EXPORT: exports.make,
        StepKind.READER_STOPPED: ReaderAlarm(it.store, it.clock, settings.support.address).tell,
        StepKind.TELL_SENDER: SenderNotices(post, it.clock, domain).send,
        StepKind.ASK: letters.send, StepKind.PASS_ON: passing.pass_on, StepKind.END_REQUEST: passing.end,
        StepKind.SHOW_LEGACY: LegacyShowing(it.clock).show,
    }
    ends: dict[StepKind, Handler] = {
        StepKind.FILE: filing.give_up, StepKind.DELIVER: outgoing.give_up,
        StepKind.EXPORT: exports.give_up, StepKind.ASK: letters.give_up,
    }
    return handlers, ends
