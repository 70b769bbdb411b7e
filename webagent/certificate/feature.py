"""What this folder gives to the listener that asks for certificates."""

from webagent.certificate.adapter import CertificateSteps
from webagent.certificate.port import CERTIFICATE
from webagent.certificate.routes import routes
from webmail.feature import Feature

FEATURE = Feature(
    routes=(routes,), port=CERTIFICATE, adapter=CertificateSteps, public=frozenset({"agent_certificate"})
)
