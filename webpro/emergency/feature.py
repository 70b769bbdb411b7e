"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.emergency.adapter import EmergencyPages
from webpro.emergency.port import EMERGENCY
from webpro.emergency.routes import routes

FEATURE = Feature(routes=(routes,), port=EMERGENCY, adapter=EmergencyPages)
