"""The end of a connection, from wherever it is noticed."""


class SessionEnded(Exception):
    """The connection is to end; `farewell` is what to say with BYE, if anyone listens still."""

    def __init__(self, reason: str, farewell: str = "", code: bytes | None = None) -> None:
        """Keep the reason for the log."""
        super().__init__(reason)
        self.reason = reason
        self.farewell = farewell
        self.code = code
