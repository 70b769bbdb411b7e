"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.recovery.adapter import RecoverySteps
from webmail.recovery.port import RECOVERY
from webmail.recovery.routes import routes

FEATURE = Feature(
    routes=(routes,),
    port=RECOVERY,
    adapter=RecoverySteps,
    public=frozenset({"forgotten_password", "forgotten_identifier", "link_sent", "new_password", "password_changed"}),
    queues=frozenset({"forgotten_password", "forgotten_identifier"}),
)
