"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.guest.guest_app import PREFIX, guest_app

FEATURE = Feature(routes=(), beside={f"{PREFIX}/": guest_app})
