"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.record.adapter import RecordPages
from webpro.record.port import RECORD
from webpro.record.routes import routes

FEATURE = Feature(routes=(routes,), port=RECORD, adapter=RecordPages)
