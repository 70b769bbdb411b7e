"""What this folder gives to the agents' site."""

from webagent.persons.adapter import Persons
from webagent.persons.port import PERSONS
from webagent.persons.routes import routes
from webmail.feature import Feature, Tab

FEATURE = Feature(
    routes=(routes,),
    tabs=(Tab(name="recherche", label="Chercher une personne", path="/agent/", icon="profile", narrow="Chercher"),),
    sections=("/agent/personnes",),
    port=PERSONS,
    adapter=Persons,
    transfers=frozenset({"agent_proof"}),
)
