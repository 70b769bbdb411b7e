"""Where the page of pictures finds what it asks; see `webpro.documents.port` for what is raised."""

from aiohttp import web

from webmail.medical_pictures import ImageService

RECORD_IMAGES: web.AppKey[ImageService] = web.AppKey("console_images")
"""Where handlers find it on the application."""
