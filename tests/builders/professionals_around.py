"""Professionals and agents around a patient, each signed in: allowed, blocked, unknown, gone, a delegate."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Final

from gateway.demonstration.invented_people import PAYER, PROFESSIONALS
from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.agents import AgentEntry, AgentKey
from gateway.domain.care_party import names_of
from gateway.domain.console import entry_by_certificate
from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from gateway.domain.record_openings import OpenedBy
from gateway.services.access.actors import professional_at_console
from gateway.services.agents.agent_looks import AgentLooks
from gateway.services.agents.agent_register import AgentRegister
from gateway.services.openings.record_openings import AskedOpening, OpenRecord, RecordOpenings
from gateway.services.sign_in.agent_sign_in import AgentSignIn
from gateway.services.sign_in.mailbox_standing import standing_in
from tests.builders.marked_space import APART, IDENTITY, a_day_ago, mark
from tests.builders.running_world import Site
from tests.builders.somebody import Somebody
from webagent.agent import signed_in_agent
from webagent.app import ENTRANCE as AGENTS
from webagent.sign_in.stored_sessions import AgentSessions
from webmail.sessions import Sessions
from webmail.settings import WebSettings
from webpro.app import ENTRANCE
from webpro.professional import professional_of
from webpro.sign_in.stored_sessions import ConsoleSessions

CLAIRE, PAUL, SOFIA = PROFESSIONALS
THEO: Final = replace(
    CLAIRE, address=replace(CLAIRE.address, local="theo.inconnu"), identifier="810000000045", name="Dr Théo Inconnu"
)

async def professionals_around(site: Site, ada: Space) -> dict[str, Somebody]:
    """Sign them in, the one who left before they did."""
    it = site.running.core
    await it.local_mailboxes.add(THEO)
    binding = CertificateBinding(CLAIRE.address, bytes(range(32)), it.clock.now() + timedelta(days=1), "Léa Roux")
    await it.mailbox_certificates.bind(binding)
    while it.directory.console_binding(binding.spki_sha256) is None or it.directory.entry(THEO.address) is None:
        await asyncio.sleep(0)  # told by a file, which is looked at once a second
    choices = PatientChoices(parties=(
        replace(_choice(1, CLAIRE, PartyStanding.ALLOWED), administers=a_day_ago()),
        _choice(2, PAUL, PartyStanding.BLOCKED), _choice(3, SOFIA, PartyStanding.ALLOWED),
        _choice(4, PAYER, PartyStanding.BLOCKED),
    ))  # fmt: skip
    await it.store.write(lambda tx: tx.patient_choices.put(ada.vault, choices))
    shown = frozenset({IDENTITY, "documents", "profile", "care-history", APART})
    own = shown | {"messages"}
    people = {
        "professional allowed": Somebody(headers=await _console(site, ada, CLAIRE, opens=True), sees=own, changes=own),
        "delegate": Somebody(headers=await _console(site, ada, CLAIRE, binding), sees=own, changes=own),
        "professional blocked": Somebody(headers=await _console(site, ada, PAUL)),
        "professional unknown": Somebody(headers=await _console(site, ada, THEO)),
        "professional who left": Somebody(headers=await _console(site, ada, SOFIA, opens=True)),
    }
    known = it.local_mailboxes.find(SOFIA.address, frozenset({MailboxKind.PERSON}))
    await it.mailbox_endings.suspend(known, "a quitté le cabinet")
    standing = standing_in(it.directory.standings)
    while standing(SOFIA.address) == 0:
        await asyncio.sleep(0)
    return people


def _choice(number: int, party: DirectoryEntry, standing: PartyStanding) -> PartyChoice:
    label = f"{party.name} {mark('rights')}"
    return PartyChoice(number=number, names=names_of(party), label=label, standing=standing, since=a_day_ago())


async def _console(
    site: Site, ada: Space, holder: DirectoryEntry, bound: CertificateBinding | None = None, *, opens: bool = False
) -> dict[str, str]:
    it = site.running.core
    key, delegate = (bound.spki_sha256.hex(), bound.delegate) if bound else ("", "")
    entry = entry_by_certificate(holder, key, standing_in(it.directory.standings)(holder.address) or 0, delegate)
    found = await it.store.read(lambda tx: tx.spaces.resolve(holder.address))
    assert found is not None
    actor = professional_at_console(found[0], entry)
    if opens:
        await _open(site, replace(actor, vault=ada.vault))
    sessions = Sessions(
        ConsoleSessions(it.store, it.clock, it.professionals), it.clock, WebSettings(origin=site.web)
    )
    return {"Cookie": f"{ENTRANCE.cookie}={await sessions.open(professional_of(actor, entry))}"}


async def _open(site: Site, actor: Actor) -> None:
    it = site.running.core
    opened = await RecordOpenings(it.store, it.clock).open(actor, AskedOpening(how=OpenedBy.CONSENT))
    assert isinstance(opened, OpenRecord), opened


async def agents_around(site: Site, ada: Space) -> dict[str, Somebody]:
    """Sign in an agent to whom Ada spoke by telephone, and one who looked for nobody."""
    told = frozenset({IDENTITY, "space"})
    return {
        "agent": Somebody(headers=await _agent(site, 1, ada), sees=told, changes=told),
        "agent who did not look": Somebody(headers=await _agent(site, 2)),
    }


async def _agent(site: Site, number: int, looks_for: Space | None = None) -> dict[str, str]:
    it, key = site.running.core, AgentKey(bytes([number]) * 32)
    agent = await AgentRegister(it.store, it.clock).add(f"Agent {number}", key)
    entry = AgentEntry(number=agent.number, name=agent.name, key=key.fingerprint)
    sign_in = AgentSignIn(it.store, it.clock, it.sign_ins)
    actor = await sign_in.let_in(entry, "192.0.2.1")
    assert actor is not None
    if looks_for is not None:
        await AgentLooks(it.store, it.clock, it.counters).open(entry, looks_for.vault, "appel de la personne")
    sessions = Sessions(AgentSessions(it.store, it.clock, sign_in), it.clock, WebSettings(origin=site.web))
    return {"Cookie": f"{AGENTS.cookie}={await sessions.open(signed_in_agent(actor, entry))}"}
