"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.documents.adapter import DocumentPages
from webmail.documents.adding import routes as adding
from webmail.documents.doubting import routes as doubting
from webmail.documents.downloading import routes as downloading
from webmail.documents.keeping import routes as keeping
from webmail.documents.port import DOCUMENTS
from webmail.documents.routes import routes
from webmail.feature import Feature, Tab

FEATURE = Feature(
    routes=(adding, keeping, doubting, downloading, routes),
    tabs=(
        Tab(
            name="documents",
            label="Documents",
            path="/documents",
            icon="document",
            badge=lambda pulse: pulse.new_documents,
            badge_words=("nouveau", "nouveaux"),
            shows=SpacePart.DOCUMENTS,
        ),
    ),
    port=DOCUMENTS,
    adapter=DocumentPages,
    transfers=frozenset({"file", "open", "add_document", "download_documents"}),
)
