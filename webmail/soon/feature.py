"""What this folder gives to the web space."""

from webmail.feature import Feature, Tab
from webmail.soon.routes import routes

FEATURE = Feature(
    routes=(routes,),
    tabs=(
        Tab(name="profil", label="Profil médical", path="/profil", icon="profile", narrow="Profil"),
    ),
)
