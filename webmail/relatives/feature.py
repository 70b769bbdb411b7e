"""What this folder gives to the web space."""

from webmail.carer_words import last_day_before
from webmail.feature import Feature, MenuEntry
from webmail.paths import RELATIVES_PATH
from webmail.relatives.adapter import RelativesPages
from webmail.relatives.offer_routes import routes as offers
from webmail.relatives.port import RELATIVES
from webmail.relatives.routes import routes
from webmail.relatives.wording import kind_words

FEATURE = Feature(
    routes=(routes, offers),
    menu=(MenuEntry(name="proches", label="Mes proches", path=RELATIVES_PATH, icon="profile", order=10),),
    sections=(RELATIVES_PATH,),
    port=RELATIVES,
    adapter=RelativesPages,
    filters={"mandate_words": kind_words, "last_day_before": last_day_before},
    unasked=frozenset({"relatives", "act_for", "act_for_oneself"}),
    acting=frozenset({"relatives", "dependant", "act_for", "act_for_oneself", "offer_code", "renounce"}),
    transfers=frozenset({"mandate_proof"}),
)
