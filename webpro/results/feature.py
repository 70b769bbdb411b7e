"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.results.adapter import RecordResults
from webpro.results.goal_routes import routes as goals
from webpro.results.port import RESULTS
from webpro.results.routes import routes

FEATURE = Feature(routes=(routes, goals), port=RESULTS, adapter=RecordResults)
