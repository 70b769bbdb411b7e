"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.guest.guest_app import PREFIX, guest_app
from webmail.guest.routes import routes

FEATURE = Feature(routes=(routes,), public=frozenset({"guest"}), beside={f"{PREFIX}/": guest_app})
