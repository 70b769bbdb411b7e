"""What relay, deposit face and console need of `certs`: contexts that follow their files, and who the peer is.

Part of the composition root.
"""

import ssl
import time
from collections.abc import Callable

from certs import contexts, peer
from certs.own_keys import OwnKeys
from gateway.config import Settings
from gateway.smtp.doors import TlsRoles
from gateway.tls_files import card_trust_of, operator_pair, server_pair, trust_of


def card_context(settings: Settings) -> Callable[[], ssl.SSLContext]:
    """Give what makes the context of the place where professionals' browsers show certificates."""
    pair, trust = server_pair(settings), card_trust_of(settings)
    files = [pair.certificate, pair.key, trust.authorities, *([trust.crl] if trust.crl else [])]
    return contexts.Renewable(lambda: contexts.relay(pair, trust), files, time.monotonic).current


def tls_roles(settings: Settings) -> TlsRoles:
    """Give the contexts of the SMTP doors as the settings name their files; a key of ours is nobody's here."""
    pair, trust = server_pair(settings), trust_of(settings)
    own = OwnKeys([pair.certificate, operator_pair(settings).certificate])
    files = [pair.certificate, pair.key, trust.authorities, *([trust.crl] if trust.crl else [])]

    def relay_context() -> ssl.SSLContext:
        own.read()
        return contexts.relay(pair, trust)

    relay = contexts.Renewable(relay_context, [*files, *own.files], time.monotonic)
    submission = contexts.Renewable(lambda: contexts.submission(pair), files[:2], time.monotonic)
    return TlsRoles(relay.current, submission.current, lambda connection: own.checked(peer.peer_identity(connection)))
