"""A browser and what it runs on, in words that its user knows, from the header that it sends: of a fixed list only."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
_LONGEST = 400


def device_words(user_agent: str) -> str:
    """Say « Firefox sur Windows »; « Navigateur inconnu » for what is not known."""
    seen = user_agent[:_LONGEST]
    browser = next((name for mark, name in _BROWSERS if mark in seen), "Navigateur inconnu")
    system = next((name for mark, name in _SYSTEMS if mark in seen), "")
    return f"{browser} sur {system}" if system else browser
