"""Random numbers that name what is stored."""

from gateway.randomness import RandomPool

_pool = RandomPool()


def random_number() -> int:
    """Give a random positive 62-bit number, drawn outside the transaction so that a replay repeats it."""
    return int.from_bytes(_pool.octets(8), "big") >> 3 | 1 << 61
