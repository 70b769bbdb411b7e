"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.feature import Feature, Tab
from webmail.messages import new_message_routes, routes
from webmail.messages.adapter import MessagePages
from webmail.messages.keeping_routes import routes as keeping
from webmail.messages.message_text import blocks_of, spans_of
from webmail.messages.port import MESSAGES

FEATURE = Feature(
    routes=(new_message_routes.routes, routes.routes, keeping),
    tabs=(
        Tab(
            name="messages",
            label="Messages",
            path="/messages",
            icon="mail",
            badge=lambda pulse: pulse.unread,
            badge_words=("non lu", "non lus"),
            shows=SpacePart.MESSAGES,
        ),
    ),
    port=MESSAGES,
    adapter=MessagePages,
    filters={"blocks": blocks_of, "spans": spans_of},
    agreed=frozenset({"new_message"}),
    transfers=frozenset({"reply", "send_new_message", "attachment", "keep_attachment"}),
)
