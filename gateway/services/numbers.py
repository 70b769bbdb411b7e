"""Random numbers that name what is stored."""

import secrets


def random_number() -> int:
    """Give a random positive 62-bit number, drawn outside the transaction so that a replay repeats it."""
    return secrets.randbits(61) | 1 << 61
