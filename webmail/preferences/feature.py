"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.feature import Feature, SettingsEntry
from webmail.preferences.adapter import PreferencePages
from webmail.preferences.port import PREFERENCES
from webmail.preferences.routes import routes

FEATURE = Feature(
    routes=(routes,),
    settings=(
        SettingsEntry(
            label="Notifications",
            path="/parametres/notifications",
            about="Choisir ce dont nous vous prévenons.",
            icon="bell",
            order=50,
            shows=SpacePart.SPACE,
        ),
    ),
    sections=("/parametres",),
    port=PREFERENCES,
    adapter=PreferencePages,
)
