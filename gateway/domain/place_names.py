"""Names of hosts, and addresses of databases and object stores: what has their form, not what exists."""

import re

from gateway.domain.errors import ConfigurationError

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[\w!*'().-]+)*/?", re.ASCII)
_ENDPOINT = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:/[\w./-]*)?", re.ASCII)
_SERVER = re.compile(r"postgres(?:ql)?://[^/\s]*/[^/\s?]+(?:\?\S*)?")


def is_host_name(text: str) -> bool:
    """Say whether a text in lower case has the form of a host or domain name (RFC 1123 §2.1)."""
    return bool(_HOST_NAME.fullmatch(text))


def is_bucket(text: str) -> bool:
    """Say whether it names a bucket of an S3 store, with a prefix or without: ``s3://bucket/prefix``."""
    return bool(_BUCKET.fullmatch(text))


def is_database_server(text: str) -> bool:
    """Say whether it names a database on a PostgreSQL server: ``postgresql://user@host/name``."""
    return bool(_SERVER.fullmatch(text))


def is_endpoint(text: str) -> bool:
    """Say whether it is the address of a server of HTTP or HTTPS: ``https://s3.example:9000``."""
    return bool(_ENDPOINT.fullmatch(text))


def require_places(database: str, blobs: str, endpoint: str) -> None:
    """Check where settings put rows and blobs; empty for none of its own. Raises `ConfigurationError`."""
    if database and not is_database_server(database):
        raise ConfigurationError('paths.database must be empty or "postgresql://user@host/name"')
    if "://" in blobs and not is_bucket(blobs):
        raise ConfigurationError(
            'paths.blobs must be a folder or "s3://bucket/prefix"; a bucket has 3 to 63 of a-z, 0-9, "-" and "."'
        )
    if endpoint and not is_endpoint(endpoint):
        raise ConfigurationError('s3.endpoint must be empty or "https://host:port"')


def is_host_and_port(value: object) -> bool:
    """Say whether it is a text with a host and the number of a port: ``mx.example:25``."""
    if not isinstance(value, str):
        return False
    host, _, port = value.rpartition(":")
    return bool(host) and port.isdecimal() and 0 < int(port) < 65_536
