"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.profile.adapter import RecordProfile
from webpro.profile.port import RECORD_PROFILE
from webpro.profile.routes import routes

FEATURE = Feature(routes=(routes,), port=RECORD_PROFILE, adapter=RecordProfile)
