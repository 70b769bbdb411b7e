"""Where a code goes, shown so that its owner knows it again and nobody else learns it (F7): « h•••@••• », « •• •• 12 ».

Of who does not exist the same is shown, drawn from a keyed digest of what was typed: the same at every try.
"""

from gateway.domain.account import Space
from gateway.domain.activation import MaskedContacts
from gateway.domain.notices import Channel

_FIRST_LETTERS = "aabcccdeffghijjjlllmmmmmnnoppprrsstv"
"""As often as first names and names begin so."""


def masked_email(email: str) -> str:
    """Mask an address for e-mail."""
    return f"{email[:1]}•••@•••" if email else ""


def masked_phone(phone: str) -> str:
    """Mask a telephone number."""
    return f"••\u00a0••\u00a0••\u00a0••\u00a0{phone[-2:]}" if phone else ""


def masked(to: tuple[Channel, str]) -> str:
    """Mask a contact by its way."""
    return masked_email(to[1]) if to[0] is Channel.EMAIL else masked_phone(to[1])


def masks_of(space: Space) -> MaskedContacts:
    """Give what is shown of a space's contacts."""
    return MaskedContacts(masked_email(space.email), masked_phone(space.phone))


def masks_of_nobody(seed: bytes) -> MaskedContacts:
    """Give what is shown of who does not exist, or has no contact: most have both ways, some one."""
    letter, number, ways = _FIRST_LETTERS[seed[0] % len(_FIRST_LETTERS)], seed[1] % 100, seed[2] % 10
    return MaskedContacts(
        masked_email(letter) if ways else "", masked_phone(f"{number:02}") if ways != 1 else ""
    )


def mask_of(masks: MaskedContacts, channel: Channel) -> str:
    """Give what is shown of one way; of the other where that way is none."""
    return (masks.email or masks.phone) if channel is Channel.EMAIL else (masks.phone or masks.email)
