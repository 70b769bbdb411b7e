"""What this folder gives to the console."""

from webmail.feature import Feature, Tab
from webpro.patients.routes import routes

FEATURE = Feature(
    routes=(routes,), tabs=(Tab(name="patients", label="Mes patients", path="/pro/", icon="folder"),)
)
