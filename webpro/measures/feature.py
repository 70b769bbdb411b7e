"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.measures.adapter import RecordMeasures
from webpro.measures.port import MEASURES
from webpro.measures.routes import routes

FEATURE = Feature(routes=(routes,), port=MEASURES, adapter=RecordMeasures)
