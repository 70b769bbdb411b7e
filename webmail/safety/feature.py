"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.feature import Feature, SettingsEntry
from webmail.safety.adapter import SafetyPages
from webmail.safety.passkey_routes import routes as passkeys
from webmail.safety.port import SAFETY
from webmail.safety.routes import routes

FEATURE = Feature(
    routes=(routes, passkeys),
    settings=(
        SettingsEntry(
            label="Sécurité",
            path="/parametres/securite",
            about="Voir où vous êtes connecté, changer de mot de passe.",
            icon="shield",
            order=10,
            shows=SpacePart.SIGN_IN,
        ),
    ),
    oneself=frozenset({
        "safety", "change_password", "change_identifier", "prove", "prove_by_passkey", "end_sessions", "add_passkey",
        "rename_passkey", "remove_passkey",
    }),
    port=SAFETY,
    adapter=SafetyPages,
    queues=frozenset({"change_password", "change_identifier", "prove", "prove_by_passkey"}),
)
