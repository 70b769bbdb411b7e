"""What steps about requests for health data are told (F89, F90, F94)."""

from gateway.domain.sealed_payload import SealedPayload


class AskForData(SealedPayload, frozen=True, tag="ask"):
    """Write to whoever is asked for health data; what the message says is read from the request when it is sent.

    Attributes:
        request: number of the request, in the space whose step it is.
        what: what is written (`gateway.domain.rights_requests.RequestNews`).
    """

    request: int
    what: str


class PassOnRequest(SealedPayload, frozen=True, tag="pass-on"):
    """Put a request for access before the person it is about, if they can decide; `request` is its number."""

    request: int


class EndRequest(SealedPayload, frozen=True, tag="end-request"):
    """End a request in the space on the other side.

    Attributes:
        request: its number, the same on both sides.
        other: number of that space's vault.
        state: how it ends (`gateway.domain.rights_requests.RequestState`).
    """

    request: int
    other: int
    state: str
