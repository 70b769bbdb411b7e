"""What this folder gives to the console."""

from webmail.feature import Feature
from webpro.documents.adapter import RecordDocuments
from webpro.documents.adding import routes as adding
from webpro.documents.port import DOCUMENTS
from webpro.documents.routes import routes

FEATURE = Feature(
    routes=(adding, routes),
    port=DOCUMENTS,
    adapter=RecordDocuments,
    transfers=frozenset({"console_file", "console_open", "console_add_document"}),
)
