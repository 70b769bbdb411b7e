"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.delays.adapter import DelayPages
from webmail.delays.port import DISPLAY_DELAYS
from webmail.delays.routes import PATH, routes
from webmail.feature import Feature, SettingsEntry

FEATURE = Feature(
    routes=(routes,),
    settings=(
        SettingsEntry(
            label="Voir plus tard",
            path=PATH,
            about="Attendre quelques jours avant de voir certains documents.",
            icon="clock",
            order=42,
            shows=SpacePart.RIGHTS,
        ),
    ),
    port=DISPLAY_DELAYS,
    adapter=DelayPages,
)
