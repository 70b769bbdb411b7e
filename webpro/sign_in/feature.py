"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.sign_in.adapter import ConsoleDoors
from webpro.sign_in.port import CONSOLE_DOOR
from webpro.sign_in.routes import routes

FEATURE = Feature(
    routes=(routes,), port=CONSOLE_DOOR, adapter=ConsoleDoors, public=frozenset({"console_login", "console_bare"})
)
