"""What this folder gives to the web space."""

from aiohttp import web

from webmail.activation.adapter import ActivationPages
from webmail.activation.choice_routes import routes as choice
from webmail.activation.end_routes import routes as end
from webmail.activation.entry_routes import routes as entry
from webmail.activation.port import ACTIVATION
from webmail.activation.provider_routes import routes as provider
from webmail.activation.terms_routes import routes as terms
from webmail.feature import Feature

_TABLES = (entry, provider, choice, end, terms)

FEATURE = Feature(
    routes=_TABLES,
    port=ACTIVATION,
    adapter=ActivationPages,
    # Nobody here has a space that opens yet.
    public=frozenset(
        str(route.kwargs["name"]) for table in _TABLES for route in table if isinstance(route, web.RouteDef)
    ),
    queues=frozenset({"activation_card", "activation_identify", "activation_provider", "activation_provider_return"}),
)
