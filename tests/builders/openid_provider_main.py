"""Serve other people's OpenID provider (oidc-provider-mock) over HTTPS until standard input ends.

A process of its own: its libraries warn of themselves, and warnings fail tests. Arguments: the PEM file of certificate
and key, and a JSON object of users, claims by their name. The port is written to standard output.
"""

import json
import ssl
import sys
import threading

import oidc_provider_mock
from werkzeug.serving import make_server


def main() -> None:
    """Serve."""
    pem, users = sys.argv[1], json.loads(sys.argv[2])
    known = [oidc_provider_mock.User(sub=name, claims=claims) for name, claims in users.items()]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    provider = oidc_provider_mock.app(require_nonce=True, user_claims=known)
    server = make_server("localhost", 0, provider, threaded=True, ssl_context=context)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
