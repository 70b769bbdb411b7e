"""French sentences for protocols that carry ASCII only: accents are dropped, quotation marks made plain."""

import unicodedata


def plain_ascii(text: str) -> str:
    """Give a text without accents, ligatures and no-break spaces."""
    text = text.replace("’", "'").replace("«", '"').replace("»", '"').replace("œ", "oe").replace("Œ", "OE")
    # NFKD first: no-break spaces become spaces, accents separate from their letters.
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
