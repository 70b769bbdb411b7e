"""The agent of the invented world, who comes in to ``/agent/`` by a certificate."""

from pathlib import Path

from certs.authority import Authority, Subject
from certs.peer import spki_sha256
from gateway.core import Core
from gateway.domain.agents import AgentKey
from gateway.services.agents.agent_register import AgentRegister

NAME = "Agent 12"


async def add_agent(it: Core, authority: Authority, folder: Path) -> dict[str, str]:
    """Add the agent, with a certificate in a folder; give the name, and the files of certificate and key."""
    made = authority.issue_client(Subject(common_name=NAME, organisation="Agents"), it.clock.now())
    certificate, key = folder / "agent.pem", folder / "agent.key"
    made.save(certificate, key)
    own = AgentKey(spki_sha256(made.certificate), made.certificate.not_valid_after_utc)
    await AgentRegister(it.store, it.clock).add(NAME, own)
    return {"name": NAME, "cert_file": str(certificate), "key_file": str(key)}
