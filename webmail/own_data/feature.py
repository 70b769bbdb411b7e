"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.feature import Feature, MenuEntry
from webmail.own_data.adapter import OwnDataPages
from webmail.own_data.port import OWN_DATA
from webmail.own_data.routes import PATH, routes

FEATURE = Feature(
    routes=(routes,),
    menu=(
        MenuEntry(
            name="mes-donnees", label="Mes données", path=PATH, icon="download", order=20, shows=SpacePart.SPACE
        ),
    ),
    sections=(PATH,),
    port=OWN_DATA,
    adapter=OwnDataPages,
    public=frozenset({"operator_key"}),
    transfers=frozenset({"archive"}),
)
