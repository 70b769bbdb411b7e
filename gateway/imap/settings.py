"""Every limit of the IMAP edge, frozen; `docs/imap.md` says what each one protects."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Settings of the IMAP listener.

    Attributes:
        max_connections: over all addresses.
        max_connections_per_address: from one address; a hospital's clients share one, and open five each.
        max_message_bytes: a message that is appended.
        max_in_flight_bytes: octets of commands being received or carried out, over all connections.
        max_bad_commands: commands in a row that were no IMAP.
        handshake_timeout: the TLS handshake.
        sign_in_timeout: from the greeting to a successful sign-in.
        idle_timeout: waiting for a client, in IDLE too; clients renew IDLE after 29 minutes (RFC 2177).
        data_window: a literal must bring `min_data_rate` over each such window.
        min_data_rate: octets per second of a literal.
        write_timeout: waiting for a client to read anything at all of its answer.
        drain_timeout: at shutdown, how long commands under way may take.
        linger: how long a closing connection is given to take its last answer.
        auth_failure_delay: time of a failed sign-in, doubled at each one of the same account and source.
        max_auth_failures: failures of one account from one source before BYE.
        auth_failure_window: how long failures are remembered.
    """

    max_connections: int = 2_000
    max_connections_per_address: int = 1_000
    max_message_bytes: int = 25_000_000
    max_in_flight_bytes: int = 256 * 1024 * 1024
    max_bad_commands: int = 20
    handshake_timeout: timedelta = timedelta(seconds=10)
    sign_in_timeout: timedelta = timedelta(seconds=60)
    idle_timeout: timedelta = timedelta(minutes=30)
    data_window: timedelta = timedelta(seconds=30)
    min_data_rate: int = 500
    write_timeout: timedelta = timedelta(minutes=2)
    drain_timeout: timedelta = timedelta(seconds=10)
    linger: timedelta = timedelta(seconds=1)
    auth_failure_delay: timedelta = timedelta(milliseconds=300)
    max_auth_failures: int = 5
    auth_failure_window: timedelta = timedelta(minutes=15)
