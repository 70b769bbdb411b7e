"""How a patient is named to correspondents and on their own pages."""

from gateway.domain.identity import Traits


def shown_name(traits: Traits) -> str:
    """Give the first given name and the used name, else the birth name: « Camille Lefèvre »."""
    return f"{given_name(traits)} {_cased(traits.used_name or traits.birth_name)}".strip()


def given_name(traits: Traits) -> str:
    """Give the first given name, by which children of one card are told apart (E82)."""
    return _cased(traits.given_names[0]) if traits.given_names else ""


def _cased(name: str) -> str:
    # The national identity service writes every name in capitals.
    return name.title() if name.isupper() else name
