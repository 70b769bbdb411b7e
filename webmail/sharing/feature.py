"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.sharing.adapter import SharingPages
from webmail.sharing.port import SHARING
from webmail.sharing.routes import PATH, routes

FEATURE = Feature(
    routes=(routes,),
    sections=(PATH,),
    port=SHARING,
    adapter=SharingPages,
    transfers=frozenset({"share"}),
    public=frozenset({"read_shared"}),
)
