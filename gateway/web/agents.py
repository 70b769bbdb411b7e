"""The site of the agents beside the patients' pages, and its door where browsers show certificates.

Part of the composition root.
"""

from dataclasses import replace

from aiohttp import web

from webagent.app import make_agents_site, make_certificate_door, over
from webagent.services import AgentServices
from webagent.sign_in.stored_sessions import AgentSessions
from webmail.settings import WebSettings

AGENTS_PATH = "/agent/"


def agents_site(services: AgentServices, settings: WebSettings) -> web.Application:
    """Make the pages of the agents."""
    sessions = AgentSessions(services.store, services.clock, services.entry)
    return make_agents_site(over(services), sessions, services.clock, settings)


def agents_door(services: AgentServices, settings: WebSettings) -> web.Application:
    """Make what the listener of certificates serves of it."""
    sessions = AgentSessions(services.store, services.clock, services.entry)
    own = replace(settings, origin=services.card_origin)
    return make_certificate_door(over(services), sessions, services.clock, own)
