"""What the sites of professionals and agents call, and where they show certificates. Part of the composition root."""

from gateway.core import Core
from gateway.listening import ListeningPort
from gateway.openid_provider import professionals_provider_of
from gateway.ports.readers import Readers
from gateway.services.agents.agent_acts import AgentActs
from gateway.services.agents.agent_looks import AgentLooks
from gateway.services.agents.desk_queue import DeskQueue, desk_kinds
from gateway.services.console.own_patients import OwnPatients
from gateway.services.filing.professional_documents import ProfessionalDocuments
from gateway.services.sign_in.agent_sign_in import AgentSignIn
from gateway.services.sign_in.mailbox_standing import standing_in
from gateway.services.sign_in.professional_provider import ProfessionalProvider
from gateway.smtp.doors import TlsRoles
from gateway.tls_roles import card_context
from gateway.web.connection import WebLimits
from gateway.web.console import CardPlace
from webagent.services import AgentServices
from webmail.services import SpaceServices
from webpro.services import ConsoleServices


def card_place(it: Core, port: ListeningPort | None) -> CardPlace | None:
    """Give where browsers show certificates; None where the settings open no such door."""
    section = it.settings.pro
    if port is None:
        return None
    limits = WebLimits(
        max_connections=section.max_connections, max_connections_per_address=section.max_connections_per_address
    )
    return CardPlace(port=port, tls=card_context(it.settings), limits=limits)


def console_services(it: Core, tls: TlsRoles, space: SpaceServices, readers: Readers) -> ConsoleServices:
    """Give what the console calls; what reads documents and growth is the patients'."""
    return ConsoleServices(
        store=it.store,
        clock=it.clock,
        entry=it.professionals,
        identify=tls.identify,
        patients=OwnPatients(it.store, it.clock),
        provider=professionals_provider(it),
        documents=space.documents,
        pictures=space.pictures,
        added_documents=ProfessionalDocuments(it.store, it.blobs, readers, it.clock, it.identity_oids, it.hold),
        growth=space.growth,
    )


def agent_services(it: Core, tls: TlsRoles) -> AgentServices:
    """Give what the agents' site calls."""
    looks = AgentLooks(it.store, it.clock, it.counters)
    return AgentServices(
        store=it.store,
        clock=it.clock,
        entry=AgentSignIn(it.store, it.clock, it.sign_ins),
        identify=tls.identify,
        looks=looks,
        acts=AgentActs(it.store, it.clock, looks, it.opposition),
        queue=DeskQueue(looks, desk_kinds(it.store, it.clock)),
    )


def professionals_provider(it: Core) -> ProfessionalProvider | None:
    """Give the way by an OpenID provider; None when none is set. Raises `ConfigurationError` for a bad one."""
    provider = professionals_provider_of(it.settings, it.clock)
    if provider is None:
        return None
    standing, local_of = standing_in(it.directory.standings), it.directory.local_of
    return ProfessionalProvider(it.store, it.clock, it.sign_ins, it.guard, provider, local_of, standing)
