"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.happenings.adapter import NewsPages
from webmail.happenings.port import NEWS
from webmail.happenings.routes import routes

FEATURE = Feature(
    routes=(routes,),
    sections=("/nouveautes",),
    port=NEWS,
    adapter=NewsPages,
)
