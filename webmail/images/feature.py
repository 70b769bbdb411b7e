"""What this folder gives to the web space; pictures are looked at from their document."""

from webmail.feature import Feature
from webmail.images.adapter import ImagePages
from webmail.images.port import IMAGES
from webmail.images.routes import routes

FEATURE = Feature(
    routes=(routes,), port=IMAGES, adapter=ImagePages, transfers=frozenset({"images", "image", "pixels"})
)
