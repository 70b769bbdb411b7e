"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.activity.adapter import ActivityPages
from webmail.activity.port import ACTIVITY
from webmail.activity.routes import PATH, routes
from webmail.feature import Feature, MenuEntry

FEATURE = Feature(
    routes=(routes,),
    menu=(
        MenuEntry(
            name="historique", label="Historique d’activité", path=PATH, icon="clock", order=30, shows=SpacePart.TRACE
        ),
    ),
    sections=(PATH,),
    port=ACTIVITY,
    adapter=ActivityPages,
    transfers=frozenset({"activity_file", "activity_journal"}),
)
