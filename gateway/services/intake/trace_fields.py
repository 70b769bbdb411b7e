"""The trace of a message: the fields that an accepting server puts before it (RFC 5321 §4.4)."""

import re
from datetime import datetime

from gateway.domain.mime import format_date
from gateway.domain.smtp_connection import SmtpConnection, SmtpListener
from gateway.services.intake.port import Envelope

_HELO = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,252}|\[[0-9A-Fa-f.:IPv]{2,60}\]")
_PROTOCOL = {SmtpListener.RELAY: "ESMTPS", SmtpListener.SUBMISSION: "ESMTPSA"}  # RFC 3848


def trace_fields(connection: SmtpConnection, envelope: Envelope, hostname: str, queue_id: str, at: datetime) -> bytes:
    """Give Return-Path and Received; what the client calls itself is kept only when it is a name or a literal.

    The recipient is not named: one copy of the octets may serve several (RFC 5321 §7.2).
    """
    helo = connection.helo if _HELO.fullmatch(connection.helo) else "unknown"
    protocol = _PROTOCOL[connection.listener]
    return (
        f"Return-Path: <{envelope.reverse_path or ''}>\r\n"
        f"Received: from {helo} ([{connection.remote_ip}])\r\n"
        f"\tby {hostname} with {protocol} id {queue_id};\r\n"
        f"\t{format_date(at)}\r\n"
    ).encode("ascii", "replace")
