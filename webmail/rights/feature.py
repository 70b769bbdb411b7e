"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.feature import Feature, SettingsEntry
from webmail.rights.access_routes import routes as access_routes
from webmail.rights.adapter import RightsPages
from webmail.rights.correction_routes import routes as correction_routes
from webmail.rights.entry_correction_routes import routes as entry_correction_routes
from webmail.rights.port import RIGHTS
from webmail.rights.report_routes import routes as report_routes
from webmail.rights.routes import PATH, routes

FEATURE = Feature(
    routes=(routes, access_routes, correction_routes, entry_correction_routes, report_routes),
    settings=(
        SettingsEntry(
            label="Vos droits",
            path=PATH,
            about="Lire, emporter, faire corriger ou effacer vos données.",
            icon="shield",
            order=45,
            shows=SpacePart.RIGHTS,
        ),
    ),
    port=RIGHTS,
    adapter=RightsPages,
)
