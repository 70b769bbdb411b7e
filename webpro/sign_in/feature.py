"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.sign_in.adapter import ConsoleDoors
from webpro.sign_in.port import CONSOLE_DOOR
from webpro.sign_in.provider_routes import routes as provider
from webpro.sign_in.routes import routes

FEATURE = Feature(
    routes=(routes, provider),
    port=CONSOLE_DOOR,
    adapter=ConsoleDoors,
    public=frozenset(
        {"console_login", "console_bare", "console_provider", "console_provider_return", "console_exercise"}
    ),
    queues=frozenset({"console_provider", "console_provider_return"}),
)
