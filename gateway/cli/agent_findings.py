"""What ``pli doctor`` says of agents: whether they can come in, and whose certificates end soon."""

from collections.abc import Iterator
from datetime import datetime

from gateway.cli.findings import Finding
from gateway.core import Core
from gateway.domain.agents import Agent
from gateway.services.agents.agent_register import AgentRegister
from gateway.services.space.certificate_ends import SOON


async def agent_findings(it: Core) -> list[Finding]:
    """Tell of agents who cannot come in: no port asks for certificates, or theirs have ended or end within 30 days."""
    agents = [agent for agent in await AgentRegister(it.store, it.clock).all() if agent.removed is None]
    if not agents:
        return []
    found = [finding for agent in agents for finding in _of(agent, it.clock.now())]
    if not it.settings.pro.certificates:
        found.append(Finding("agents cannot come in: no port asks for certificates", True, "set pro.certificates"))
    return found


def _of(agent: Agent, now: datetime) -> Iterator[Finding]:
    ends = max((key.not_after or datetime.max.replace(tzinfo=now.tzinfo) for key in agent.keys), default=now)
    if ends > now + SOON:
        return
    what = f"the last certificate of « {agent.name} » {'ended' if ends <= now else 'ends'} on {ends:%Y-%m-%d}"
    said = what if agent.keys else f"« {agent.name} » has no certificate"
    yield Finding(said, False, f'give another: pli agent certificate "{agent.name}", or take them away')
