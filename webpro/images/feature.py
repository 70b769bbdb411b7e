"""What this folder gives to the console; pictures are looked at from their document."""

from webmail.feature import Feature
from webpro.images.adapter import RecordImages
from webpro.images.port import RECORD_IMAGES
from webpro.images.routes import routes

FEATURE = Feature(
    routes=(routes,),
    port=RECORD_IMAGES,
    adapter=RecordImages,
    transfers=frozenset({"console_images", "console_image", "console_pixels"}),
)
