"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.access_codes.adapter import AccessCodePages
from webmail.access_codes.port import ACCESS_CODES
from webmail.access_codes.routes import PATH, routes
from webmail.feature import Feature, SettingsEntry

FEATURE = Feature(
    routes=(routes,),
    settings=(
        SettingsEntry(
            label="Donner un code d’accès",
            path=PATH,
            about="Un professionnel ouvre votre dossier, une fois, avec votre code.",
            icon="lock",
            order=22,
            shows=SpacePart.RIGHTS,
        ),
    ),
    port=ACCESS_CODES,
    adapter=AccessCodePages,
)
