"""How clients that want something else begin: a browser that a page sends to a port of mail is to say no more."""

from typing import Final

HTTP_METHODS: Final = frozenset(
    {b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"CONNECT", b"DELETE", b"PATCH", b"TRACE", b"PRI"}
)
