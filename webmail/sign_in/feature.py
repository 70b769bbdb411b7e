"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.sign_in.adapter import SignInSteps
from webmail.sign_in.port import SIGN_IN
from webmail.sign_in.routes import routes

FEATURE = Feature(
    routes=(routes,),
    port=SIGN_IN,
    adapter=SignInSteps,
    public=frozenset({"login", "code", "passkey", "sign_in_again"}),
    acting=frozenset({"logout"}),
    queues=frozenset({"login", "passkey"}),
    away=frozenset({"login", "code", "passkey", "logout"}),
)
