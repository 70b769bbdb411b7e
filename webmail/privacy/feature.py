"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.feature import Feature, SettingsEntry
from webmail.privacy.adapter import PrivacyPages
from webmail.privacy.port import PRIVACY
from webmail.privacy.refusal_routes import routes as refusal_routes
from webmail.privacy.routes import routes

FEATURE = Feature(
    routes=(routes, refusal_routes),
    settings=(
        SettingsEntry(
            label="Confidentialité",
            path="/parametres/confidentialite",
            about="Choisir qui peut voir votre espace, et quoi.",
            icon="lock",
            order=40,
            shows=SpacePart.RIGHTS,
        ),
    ),
    port=PRIVACY,
    adapter=PrivacyPages,
)
