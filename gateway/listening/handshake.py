"""Why TLS handshakes fail, in words that may be logged."""

import ssl


def handshake_fault(error: OSError) -> str:
    """Name why a handshake failed, in OpenSSL's fixed words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return (error.reason if isinstance(error, ssl.SSLError) else None) or type(error).__name__
