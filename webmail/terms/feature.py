"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.feature import Feature, SettingsEntry
from webmail.terms.adapter import TermsPages
from webmail.terms.port import TERMS
from webmail.terms.routes import routes

FEATURE = Feature(
    routes=(routes,),
    settings=(
        SettingsEntry(
            label="Conditions d’utilisation",
            path="/parametres/conditions",
            about="Relire ce que vous avez accepté.",
            icon="document",
            order=60,
            shows=SpacePart.SPACE,
        ),
    ),
    port=TERMS,
    adapter=TermsPages,
    oneself=frozenset({"new_terms", "own_terms"}),
    unasked=frozenset({"new_terms", "own_terms"}),
)
