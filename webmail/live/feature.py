"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.live.adapter import SpacePulse
from webmail.live.routes import routes
from webmail.pulse import LIVE

FEATURE = Feature(
    routes=(routes,),
    port=LIVE,
    adapter=SpacePulse,
    streams=frozenset({"live"}),
)
