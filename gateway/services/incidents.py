"""What is told of an unexpected failure: a number to the other end, the places it went through to the log.

Never its text: messages of exceptions quote what was being worked on.
"""

import secrets
import traceback
from pathlib import PurePath

_INNERMOST = 8


def new_incident() -> str:
    """Draw the number under which a failure is told and logged: eight digits that can be read aloud."""
    return secrets.token_hex(4).upper()


def frames_of(error: BaseException) -> list[str]:
    """Give the innermost places that an exception went through, as ``file.py:12 function``."""
    frames = traceback.extract_tb(error.__traceback__)[-_INNERMOST:]
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
