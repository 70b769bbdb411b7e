"""What must be right before a gateway serves, beside its ports: certificates, keys, key store, database, S3 store.

Nothing is made or changed here. Listeners and store look again when they open; here all of it is looked at before any
port is, so that a port that is taken hides no other mistake.
"""

from certs import contexts
from gateway.blob_places import require_blobs
from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.core import store_paths
from gateway.openid_provider import openid_provider_of, professionals_provider_of
from gateway.store.backend.sqlite.soundness import check_key_store
from gateway.store.opening import require_made
from gateway.store.seal.key_rotation import keks_in_use


def require_servable(settings: Settings) -> None:
    """Refuse to start with files that cannot be used.

    Raises:
        ConfigurationError: a certificate, a key, the database or the OpenID provider cannot be used as set, or the S3
            store knows us not.
        KeyUnavailable: the key store is missing or damaged.
        StoreUnavailable: a disk or a server does not allow it now.
    """
    tls, paths = settings.tls, store_paths(settings)
    server = contexts.KeyPair(settings.path(tls.certificate), settings.path(tls.key))
    client = contexts.KeyPair(settings.path(tls.client_certificate), settings.path(tls.client_key))
    trust = contexts.Trust(settings.path(tls.authorities), settings.path(tls.crl) if tls.crl else None)
    contexts.relay(server, trust)
    contexts.outbound(client, trust)
    require_made(paths, for_upgrade=True)
    keks_in_use(paths.kek)
    check_key_store(paths.key_store)
    openid_provider_of(settings, SystemClock())
    professionals_provider_of(settings, SystemClock())
    require_blobs(settings)
