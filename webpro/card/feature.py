"""What this folder gives to the listener that asks for certificates."""

from webmail.feature import Feature
from webpro.card.adapter import CardSteps
from webpro.card.port import CARD
from webpro.card.routes import routes

FEATURE = Feature(routes=(routes,), port=CARD, adapter=CardSteps, public=frozenset({"card"}))
