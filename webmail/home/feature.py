"""What this folder gives to the web space."""

from webmail.feature import Feature, Tab
from webmail.home.adapter import HomePage
from webmail.home.port import HOME
from webmail.home.routes import routes

FEATURE = Feature(
    routes=(routes,),
    tabs=(Tab(name="accueil", label="Accueil", path="/", icon="home"),),
    port=HOME,
    adapter=HomePage,
)
