"""Every limit of the SMTP edge, frozen; `docs/smtp.md` says what each one protects."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Settings of the three listeners; the defaults are those of the national service where it has one.

    Attributes:
        hostname: what the server calls itself in its greeting, ASCII.
        max_message_bytes: content of one message (STD §1.8).
        max_in_flight_bytes: content being received or committed, over all connections.
        max_recipients: recipients of one message (RFC 5321 §4.5.3.1.8).
        max_letters_per_minute: letters that one sender may begin, over all connections; a minute's worth at once.
        max_command_bytes: one command line with its CRLF.
        max_auth_bytes: one line of a SASL exchange (RFC 4954 §4).
        max_line_bytes: one line of content with its CRLF (RFC 5321 §4.5.3.1.6).
        max_idle_commands: commands in a row that move no mail: errors, NOOP, RSET, VRFY, EHLO.
        max_connections: over all addresses.
        max_connections_per_address: from one address; a hospital's clients share one.
        handshake_timeout: a TLS handshake, from accept or from STARTTLS.
        sign_in_timeout: from the greeting to a sign-in or a client certificate that names somebody.
        idle_timeout: waiting for a command (RFC 5321 §4.5.3.2.7).
        data_window: DATA must bring `min_data_rate` over each such window (it replaces one long timer).
        min_data_rate: octets per second of DATA.
        commit_timeout: waiting for the service behind a command; then 451, the commit running on.
        linger: how long a closing connection still drains, so that its last reply is not lost to a reset.
        drain_timeout: at shutdown, how long messages in flight may take.
        auth_failure_delay: time of a failed sign-in, doubled at each one of the same account and source.
        max_auth_failures: failures of one account from one source before 421.
        auth_failure_window: how long failures are remembered.
    """

    hostname: str
    max_message_bytes: int = 25_000_000
    max_in_flight_bytes: int = 256 * 1024 * 1024
    max_recipients: int = 100
    max_letters_per_minute: int = 60_000
    max_command_bytes: int = 1_024
    max_auth_bytes: int = 12_288
    max_line_bytes: int = 1_000
    max_idle_commands: int = 50
    max_connections: int = 1_000
    max_connections_per_address: int = 200
    handshake_timeout: timedelta = timedelta(seconds=10)
    sign_in_timeout: timedelta = timedelta(seconds=60)
    idle_timeout: timedelta = timedelta(minutes=5)
    data_window: timedelta = timedelta(seconds=30)
    min_data_rate: int = 500
    commit_timeout: timedelta = timedelta(minutes=2)
    linger: timedelta = timedelta(seconds=1)
    drain_timeout: timedelta = timedelta(seconds=20)
    auth_failure_delay: timedelta = timedelta(milliseconds=300)
    max_auth_failures: int = 5
    auth_failure_window: timedelta = timedelta(minutes=15)
