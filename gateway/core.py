"""The part of the composition root below the edges: store, directory and services, bound to their adapters.

Commands that do one thing open this much and no listener.
"""

import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.blob_places import blobs_are_remote, open_blobs
from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.directory.holder import SnapshotHolder
from gateway.directory.local import LocalRegistry
from gateway.domain.identity import DEMO_OIDS, PRODUCTION_OIDS
from gateway.papers.typst_papers import TypstPapers
from gateway.policy.settings import PolicySettings
from gateway.ports.clock import Clock
from gateway.ports.counters import Counters
from gateway.processes.serving_place import ServingPlace
from gateway.processes.shared_disk_failure import SharedDiskFailure
from gateway.processor_cores import leave_the_core
from gateway.services.conversation.conversations import Conversations
from gateway.services.counting.counters import StoredCounters
from gateway.services.sign_in.app_passwords import AppPasswords
from gateway.services.sign_in.even_answers import EvenAnswers
from gateway.services.sign_in.mailbox_standing import EndedSignIns, standing_in
from gateway.services.sign_in.own_passkeys import OwnPasskeys
from gateway.services.sign_in.own_sign_in import OwnSignIn
from gateway.services.sign_in.passkey_check import GUARD as PASSKEY_GUARD
from gateway.services.sign_in.passkey_check import PasskeyCheck
from gateway.services.sign_in.passkey_sign_in import PasskeySignIn
from gateway.services.sign_in.patient_sign_in import PatientSignIn, SignInSettings
from gateway.services.sign_in.professional_sign_in import ProfessionalSignIn
from gateway.services.sign_in.recovery import Recovery
from gateway.services.sign_in.sign_in_guard import GuardSettings, SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.services.space.activation import Activation
from gateway.services.space.activation_end import ActivationEnd
from gateway.services.space.activation_passkeys import ActivationPasskeys
from gateway.services.space.campaigns import Campaigns
from gateway.services.space.erasure import Erasure
from gateway.services.space.local_mailboxes import LocalMailboxes
from gateway.services.space.mailbox_certificates import MailboxCertificates
from gateway.services.space.mailbox_endings import MailboxEndings
from gateway.services.space.opposition import Opposition
from gateway.services.space.own_contacts import OwnContacts
from gateway.services.space.own_terms import OwnTerms
from gateway.services.space.provisioning import Provisioning
from gateway.services.trust.facts import Staleness, TrustFacts
from gateway.shared_memory import SharedMemory
from gateway.store.backend.sqlite.commit_lock import NO_NOTES
from gateway.store.blobs.file_blobs import FileBlobs
from gateway.store.blobs.sweeper import unlink_if_unreferenced
from gateway.store.damage_notes import FILE
from gateway.store.opening import StorePaths, open_store
from gateway.store.sql_store import SqlStore
from gateway.terms.terms_files import terms_of_use

if TYPE_CHECKING:
    from gateway.store.blobs.s3_blobs import S3Blobs

    AnyBlobs = FileBlobs | S3Blobs


def store_paths(settings: Settings) -> StorePaths:
    """Give where the settings keep the store's parts."""
    keys, data = settings.path(settings.paths.keys), settings.path(settings.paths.data)
    return StorePaths(
        database=data / "pli.sqlite",
        blobs=data if blobs_are_remote(settings) else settings.path(settings.paths.blobs),
        key_store=keys / "keys.sqlite",
        kek=keys / "kek",
        server=settings.paths.database,
    )


def damage_file(settings: Settings) -> Path:
    """Give the file that notes what did not open when somebody read it."""
    return store_paths(settings).database.with_name(FILE)


def policy_settings(settings: Settings) -> PolicySettings:
    """Give the part of the settings that policy reads."""
    section = settings.gateway
    return PolicySettings(
        patient_domain=section.patient_domain,
        local_domains=frozenset(section.local_domains),
        unlisted_senders=section.unlisted_senders,
        patient_replies=section.patient_replies,
        max_recipients=settings.smtp.max_recipients,
        max_bytes=settings.smtp.max_message_bytes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Everything below the edges, open."""

    settings: Settings
    clock: Clock
    store: SqlStore
    blobs: "AnyBlobs"
    directory: SnapshotHolder
    trust: TrustFacts
    policy: PolicySettings
    memory: SharedMemory
    counters: Counters
    sign_ins: SignInTrace
    guard: SignInGuard
    passkey_check: PasskeyCheck
    passwords: AppPasswords
    provisioning: Provisioning
    identity_oids: frozenset[str]
    local_mailboxes: LocalMailboxes
    mailbox_endings: MailboxEndings
    mailbox_certificates: MailboxCertificates
    ended_sign_ins: EndedSignIns
    conversations: Conversations
    patients: PatientSignIn
    erasure: Erasure
    activation: Activation
    activation_end: ActivationEnd
    opposition: Opposition
    terms: OwnTerms

    @property
    def hold(self) -> timedelta:
        """Give how long a document may be withheld that its author presents first (A27)."""
        return timedelta(days=self.settings.spaces.announcement_days)

    @property
    def recovery(self) -> Recovery:
        """Give what helps whoever forgot; it remembers nothing."""
        return Recovery(self.store, self.clock, self.guard)

    @property
    def own_sign_in(self) -> OwnSignIn:
        """Give what changes one's own sign-in; it remembers nothing."""
        return OwnSignIn(self.store, self.clock, self.guard)

    @property
    def passkeys(self) -> PasskeySignIn:
        """Give what signs in by passkeys; it remembers nothing."""
        return PasskeySignIn(self.store, self.clock, self.passkey_check)

    @property
    def own_passkeys(self) -> OwnPasskeys:
        """Give what looks after passkeys; it remembers nothing."""
        return OwnPasskeys(self.store, self.clock, self.passkey_check)

    @property
    def activation_passkeys(self) -> ActivationPasskeys:
        """Give what has passkeys made at activation; it remembers nothing."""
        return ActivationPasskeys(self.store, self.clock, self.activation_end)

    @property
    def professionals(self) -> ProfessionalSignIn:
        """Give what lets professionals in to the console; it remembers nothing."""
        standing, opened = standing_in(self.directory.standings), self.ended_sign_ins.opened
        return ProfessionalSignIn(self.store, self.clock, self.sign_ins, self.directory, standing, opened)

    @property
    def contacts(self) -> OwnContacts:
        """Give what changes one's own contacts; it remembers nothing."""
        return OwnContacts(self.store, self.clock, _sign_in_settings(self.settings))

    @property
    def campaigns(self) -> Campaigns:
        """Give what tells people by campaigns; it remembers nothing."""
        return Campaigns(self.store, self.clock, self.settings.notices.letter_days)


@asynccontextmanager
async def core(settings: Settings, place: ServingPlace | None = None) -> AsyncIterator[Core]:
    """Open store and directory and bind the services; on exit what waits is committed.

    `place` is that of a process that serves; a command that does one thing has none.
    """
    memory = place.memory if place else SharedMemory()
    clock, paths, disk = SystemClock(), store_paths(settings), SharedDiskFailure(memory)
    with (
        open_blobs(settings, disk) as blobs,
        ThreadPoolExecutor(settings.work.threads, "pli-work", leave_the_core) as workers,
    ):
        async with open_store(
            paths,
            clock,
            readers=settings.work.store_readers,
            writers=settings.work.store_writers,
            workers=workers,
            blobs_wait=blobs_are_remote(settings),
            is_shared=place is not None and not place.is_alone,
            commit_notes=place.commit_notes if place else NO_NOTES,
            disk=disk,
            access_settings=settings.access.settings,
        ) as store:
            yield _bound(settings, clock, store, blobs, memory)


def _bound(settings: Settings, clock: Clock, store: SqlStore, blobs: "AnyBlobs", memory: SharedMemory) -> Core:
    directory = SnapshotHolder(settings.directory_file, settings.whitelist_file, settings.local_file, time.monotonic)
    oids = DEMO_OIDS if settings.gateway.demonstration else PRODUCTION_OIDS
    provisioning = Provisioning(store, clock, settings.gateway.patient_domain, oids, settings.gateway.patient_numbers)
    policy, sign_ins, counters = policy_settings(settings), SignInTrace(store, clock), StoredCounters(store, clock)
    limits, guarding = _sign_in_settings(settings), _guard_settings(settings)
    guard, of_passkeys = (SignInGuard(guarding, counters, clock, name, memory) for name in ("guard", PASSKEY_GUARD))
    trust = TrustFacts(directory, clock, Staleness(*settings.trust_ages))
    local, terms = LocalRegistry(settings.local_file), OwnTerms(store, clock, terms_of_use(settings.terms_folder))
    mailboxes = LocalMailboxes(store, clock, provisioning, local, directory.entry, policy.local_domains)
    ended_sign_ins = EndedSignIns(store, directory.standings)
    patients = PatientSignIn(store, clock, limits, sign_ins, guard)
    return Core(
        settings=settings,
        clock=clock,
        store=store,
        blobs=blobs,
        directory=directory,
        trust=trust,
        policy=policy,
        memory=memory,
        counters=counters,
        sign_ins=sign_ins,
        guard=guard,
        passkey_check=PasskeyCheck(store, clock, sign_ins, of_passkeys),
        passwords=AppPasswords(store, sign_ins, standing_in(directory.standings), ended_sign_ins.opened),
        provisioning=provisioning,
        identity_oids=oids,
        local_mailboxes=mailboxes,
        mailbox_endings=MailboxEndings(store, clock, local, mailboxes),
        mailbox_certificates=MailboxCertificates(local, mailboxes),
        ended_sign_ins=ended_sign_ins,
        conversations=Conversations(store, clock),
        erasure=Erasure(store, clock, partial(unlink_if_unreferenced, store, blobs, clock)),
        patients=patients,
        activation=Activation(store, clock, limits, sign_ins, counters, guard, EvenAnswers()),
        activation_end=ActivationEnd(store, clock, limits, patients, terms),
        opposition=Opposition(store, clock, TypstPapers(), settings.place_to_type),
        terms=terms,
    )


def _sign_in_settings(settings: Settings) -> SignInSettings:
    section = settings.sign_in
    return SignInSettings(
        code_lifetime=timedelta(minutes=section.code_minutes),
        code_tries=section.code_tries,
        codes_a_day=section.codes_a_day,
    )


def _guard_settings(settings: Settings) -> GuardSettings:
    section = settings.sign_in
    return GuardSettings(free=section.failures, window=timedelta(minutes=section.failure_minutes))
