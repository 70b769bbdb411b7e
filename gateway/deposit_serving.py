"""The listener of depositors, bound to its services; part of the composition root.

It has the contexts, the trust and the own keys of the relay: a certificate that may not write mail may not deposit.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.core import Core
from gateway.deposit.api import make_app
from gateway.deposit.receiving import DepositServices
from gateway.domain.address import MailAddress
from gateway.listening import ListeningPort
from gateway.ports.readers import Readers
from gateway.services.filing.care_feeds import CareFeeds
from gateway.services.filing.deposit_gate import DepositGate
from gateway.services.filing.deposited_documents import DepositedDocuments
from gateway.shared_memory import Edge
from gateway.smtp.doors import TlsRoles
from gateway.web.connection import WebLimits
from gateway.web.listener import serving_site


@asynccontextmanager
async def serving_deposits(
    it: Core, tls: TlsRoles, readers: Readers, port: ListeningPort | None
) -> AsyncIterator[int | None]:
    """Serve depositors until the context ends, and give the port; None where the settings open no such door."""
    section = it.settings.deposit
    if port is None:
        yield None
        return
    issuers = [MailAddress.parse(address) for address in section.issuers]
    gate = DepositGate(it.store, it.trust, it.clock, it.policy, it.counters.recipients, issuers)
    documents = DepositedDocuments(it.store, it.blobs, readers, it.clock, it.identity_oids, gate, it.hold)
    payers = [MailAddress.parse(address) for address in section.payers]
    care = CareFeeds(it.store, it.clock, it.identity_oids, gate, payers)
    services = DepositServices(gate=gate, documents=documents, care=care, clock=it.clock, identify=tls.identify)
    limits = WebLimits(
        max_connections=section.max_connections, max_connections_per_address=section.max_connections_per_address
    )
    edge = it.memory.edge(Edge.DEPOSIT)
    site = make_app(services, section.max_document_bytes, edge.octets)
    async with serving_site(site, port, tls.relay, limits, edge=edge):
        yield port.number

