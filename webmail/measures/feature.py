"""What this folder gives to the web space; « Mesures » is a section of « Profil médical »."""

from gateway.domain.measure_kinds import KINDS
from webmail.feature import Feature
from webmail.measures.adapter import MeasurePages
from webmail.measures.follow_up_routes import routes as follow_up_routes
from webmail.measures.goal_routes import routes as goal_routes
from webmail.measures.port import MEASURES
from webmail.measures.proposal_routes import routes as proposal_routes
from webmail.measures.routes import routes

FEATURE = Feature(
    routes=(proposal_routes, goal_routes, follow_up_routes, routes),
    sections=("/profil/mesures", *(f"/profil/mesures/{kind.value}" for kind in KINDS)),
    port=MEASURES,
    adapter=MeasurePages,
)
