"""What the operator may set for the web space; the values come from the configuration file."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Settings of the web space.

    Attributes:
        origin: scheme, host and port as browsers see them, ``https://localhost:8443``; no final slash.
        typed: what notices tell people to type in their browser; empty for the host of `origin`.
        telephone: number of help for who has no internet; empty when there is none.
        postal: where one writes for help, in one line; empty when there is none.
        time_zone: the zone in which dates are shown.
        idle_timeout: a session that nobody used for so long has ended.
        session_lifetime: a session ends after so long, used or not.
        code_lifetime: how long the browser keeps the reference of a sign-in attempt.
        page_timeout: time in which the services must have answered a page.
        queue_timeout: the same where one may wait for one's turn: longer than the guard lets anybody wait.
        transfer_timeout: time a download or an upload may take.
        live_interval: silence after which a live connection says that it is still there.
        live_connections: live connections that one session may hold.
        max_uploads: files in a reply.
        max_upload_bytes: octets of all files of a reply; 25 MB of mail hold about 18 MB of files (STD §1.8).
        max_document_bytes: octets of a document that a patient adds.
        concurrent_uploads: replies with files read at the same time, one of each account; each is held in memory.
    """

    origin: str
    typed: str = ""
    telephone: str = ""
    postal: str = ""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    idle_timeout: timedelta = timedelta(minutes=30)
    session_lifetime: timedelta = timedelta(hours=8)
    code_lifetime: timedelta = timedelta(minutes=10)
    page_timeout: timedelta = timedelta(seconds=10)
    queue_timeout: timedelta = timedelta(seconds=40)
    transfer_timeout: timedelta = timedelta(minutes=5)
    live_interval: timedelta = timedelta(seconds=20)
    live_connections: int = 6
    max_uploads: int = 10
    max_upload_bytes: int = 18_000_000
    max_document_bytes: int = 25_000_000
    concurrent_uploads: int = 4

    @property
    def place_to_type(self) -> str:
        """Give what people type to come here."""
        return self.typed or urlsplit(self.origin).netloc

    @property
    def is_local(self) -> bool:
        """Say whether the site is on this machine, where HSTS would bind every other program's port too."""
        return urlsplit(self.origin).hostname in ("localhost", "127.0.0.1", "::1")
