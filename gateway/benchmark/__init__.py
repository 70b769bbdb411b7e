"""``pli bench``: measures this gateway from outside, as a laboratory and a mail client meet it, always the same way."""
