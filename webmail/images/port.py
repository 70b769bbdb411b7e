"""Where the page of pictures finds what it asks; see `webmail.documents.port` for what is raised."""

from aiohttp import web

from webmail.medical_pictures import ImageService

IMAGES: web.AppKey[ImageService] = web.AppKey("images")
"""Where handlers find it on the application."""
