"""What this folder gives to the web space."""

from webmail.feature import Feature, SettingsEntry
from webmail.help.adapter import HelpPages
from webmail.help.port import HELP
from webmail.help.routes import routes
from webmail.help.site_routes import routes as site_routes

FEATURE = Feature(
    routes=(routes, site_routes),
    settings=(
        SettingsEntry(
            label="Reconnaître un vrai message",
            path="/vrai-message",
            about="Ce que Pli n’envoie et ne demande jamais.",
            icon="shield",
            order=80,
        ),
        SettingsEntry(
            label="Aide",
            path="/aide",
            about="Poser une question à ceux qui tiennent ce service.",
            icon="help",
            order=90,
        ),
    ),
    sections=("/aide", "/vrai-message", "/plan", "/accessibilite"),
    port=HELP,
    adapter=HelpPages,
    public=frozenset({"help", "ask_help", "advice", "plan", "helper_sheet", "accessibility"}),
)
