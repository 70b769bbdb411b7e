"""A PDF as octets, for the processes that read its words: the file there, the words back. Pure."""

from collections.abc import Callable, Sequence

from dossier_bridge.sandbox.octets import framed
from gateway.domain.errors import MalformedContent


def encode_pdf(data: bytes) -> list[bytes]:
    """Write a PDF as the buffers of a frame."""
    return framed({}, [data])


def decode_words(_head: memoryview, body: memoryview) -> str:
    """Read the words; raise `MalformedContent` when they are none."""
    try:
        return bytes(body).decode()
    except UnicodeError as error:
        raise MalformedContent("not words") from error


def wording(entry: Callable[[bytes], str]) -> Callable[[memoryview, memoryview], Sequence[bytes]]:
    """Make a process's job of octets of what reads words."""

    def job(_head: memoryview, body: memoryview) -> Sequence[bytes]:
        return framed({}, [entry(bytes(body)).encode("utf-8", "replace")])

    return job
