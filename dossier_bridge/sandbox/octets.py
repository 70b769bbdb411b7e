"""Frames: what goes through the socket between a server and a worker process, either way.

A frame is two big-endian lengths (4 octets for the JSON head, 8 for the body), the head, then the body.
"""

import struct
from collections.abc import Mapping, Sequence

import orjson

LENGTHS = struct.Struct(">IQ")


def framed(head: Mapping[str, object], files: Sequence[bytes]) -> list[bytes]:
    """Give the buffers of a frame: its head, and files end to end."""
    written = orjson.dumps(head)
    return [LENGTHS.pack(len(written), sum(map(len, files))), written, *files]


def cut(body: memoryview, lengths: Sequence[int]) -> list[bytes]:
    """Cut a body into files again; raise `ValueError` when the lengths are not those of the body."""
    files, at = [], 0
    for length in lengths:
        if length < 0 or at + length > len(body):
            raise ValueError("lengths do not fit the body")
        files.append(bytes(body[at : at + length]))
        at += length
    if at != len(body):
        raise ValueError("lengths do not fit the body")
    return files
