"""What this folder gives to the agents' site."""

from webagent.sign_in.adapter import AgentDoors
from webagent.sign_in.port import AGENT_DOOR
from webagent.sign_in.routes import routes
from webmail.feature import Feature

FEATURE = Feature(
    routes=(routes,), port=AGENT_DOOR, adapter=AgentDoors, public=frozenset({"agent_login", "agent_bare"})
)
