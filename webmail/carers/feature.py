"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.carer_words import part_words, rights_words
from webmail.carers.adapter import CarerPages
from webmail.carers.port import CARERS
from webmail.carers.routes import PATH, routes
from webmail.feature import Feature, SettingsEntry

FEATURE = Feature(
    routes=(routes,),
    settings=(
        SettingsEntry(
            label="Aidants",
            path=PATH,
            about="Inviter un proche à agir en votre nom, et choisir ce qu’il peut faire.",
            icon="profile",
            order=24,
            shows=SpacePart.RIGHTS,
        ),
    ),
    port=CARERS,
    adapter=CarerPages,
    transfers=frozenset({"carer_proof"}),
    filters={"part_words": part_words, "rights_words": rights_words},
)
