"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.feature import Feature, SettingsEntry
from webmail.leaving.adapter import LeavingPages
from webmail.leaving.away_routes import routes as away_routes
from webmail.leaving.port import LEAVING
from webmail.leaving.routes import routes

FEATURE = Feature(
    routes=(routes, away_routes),
    settings=(
        SettingsEntry(
            label="Fermer mon espace",
            path="/parametres/fermer",
            about="Tout est gardé dix ans. Vous pouvez revenir.",
            icon="lock",
            order=96,
            shows=SpacePart.SPACE,
        ),
        SettingsEntry(
            label="Effacer mes données",
            path="/parametres/effacer",
            about="Dans quelques jours, ou tout de suite et pour toujours.",
            icon="cancel",
            order=97,
            shows=SpacePart.SPACE,
        ),
    ),
    port=LEAVING,
    adapter=LeavingPages,
    unasked=frozenset({"close_space", "erase_space", "erasure_code"}),
    away=frozenset({"away", "reopen", "proof_of_asking"}),
)
