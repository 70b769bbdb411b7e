"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.results.adapter import ResultPages
from webmail.results.port import RESULTS
from webmail.results.routes import routes

FEATURE = Feature(
    routes=(routes,),
    sections=("/resultats",),
    port=RESULTS,
    adapter=ResultPages,
    transfers=frozenset({"results_csv", "results_fhir"}),
)
