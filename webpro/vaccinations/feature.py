"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.vaccinations.adapter import RecordVaccinations
from webpro.vaccinations.port import VACCINATIONS
from webpro.vaccinations.routes import routes

FEATURE = Feature(routes=(routes,), port=VACCINATIONS, adapter=RecordVaccinations)
