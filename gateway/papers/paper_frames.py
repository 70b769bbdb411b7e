"""Papers as octets, for the processes that set them: a template and its values there, a PDF back.

A paper of very many entries takes seconds and memory, and the library cannot be interrupted; a process can.
"""

from collections.abc import Callable, Mapping, Sequence

import orjson

from dossier_bridge.sandbox.octets import framed
from gateway.domain.errors import MalformedContent
from gateway.papers.typst_papers import TEMPLATES, source_of
from gateway.ports.papers import PaperValue

SetPaper = Callable[[str, Mapping[str, PaperValue]], bytes]
"""Makes the PDF of a template and its values."""


def encode_paper(template: str, values: Mapping[str, PaperValue]) -> list[bytes]:
    """Write a template's name and its values as the buffers of a frame."""
    return framed({"template": template}, [orjson.dumps(values)])


def decode_pdf(_head: memoryview, body: memoryview) -> bytes:
    """Read a PDF; raise `MalformedContent` when it is none."""
    octets = bytes(body)
    if not octets.startswith(b"%PDF-"):
        raise MalformedContent("not a PDF")
    return octets


def setting(entry: SetPaper) -> Callable[[memoryview, memoryview], Sequence[bytes]]:
    """Make a process's job of octets of what sets papers; called before the process gives up files and threads."""
    for file in TEMPLATES.glob("*.typ"):
        source_of(file.stem)
    entry("proof", {"title": "Pli", "lines": [], "made": ""})  # loads the library, its fonts and its threads

    def job(head: memoryview, body: memoryview) -> Sequence[bytes]:
        return framed({}, [entry(orjson.loads(head)["template"], orjson.loads(body))])

    return job
