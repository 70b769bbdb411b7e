"""What this folder gives to the web space; « Historique de soins » is a section of « Profil médical »."""

from webmail.care.adapter import CarePages
from webmail.care.port import CARE
from webmail.care.routes import routes
from webmail.feature import Feature

FEATURE = Feature(routes=(routes,), port=CARE, adapter=CarePages)
