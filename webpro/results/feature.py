"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.results.adapter import RecordResults
from webpro.results.port import RESULTS
from webpro.results.routes import routes

FEATURE = Feature(routes=(routes,), port=RESULTS, adapter=RecordResults)
