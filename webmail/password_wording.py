"""What is said about passwords that are refused."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.services.sign_in.password_rules import MIN_CHARACTERS, PasswordFault

HINT = f"Au moins {MIN_CHARACTERS} caractères. Quelques mots sans lien entre eux font un bon mot de passe."
_OTHER = "Choisissez-en un autre."
FAULTS: Mapping[PasswordFault, str] = MappingProxyType({
    PasswordFault.TOO_SHORT: f"Ce mot de passe est trop court. Il faut au moins {MIN_CHARACTERS} caractères.",
    PasswordFault.TOO_LONG: "Ce mot de passe est trop long. Raccourcissez-le.",
    PasswordFault.PERSONAL: f"Ce mot de passe contient votre nom, une date ou un numéro qui vous concerne. {_OTHER}",
    PasswordFault.COMMON: f"Ce mot de passe est trop courant\u00a0: il serait vite deviné. {_OTHER}",
    PasswordFault.KEYBOARD: f"Ces touches se suivent sur le clavier\u00a0: ce serait vite deviné. {_OTHER}",
    PasswordFault.REPEATED: f"Ce mot de passe se répète\u00a0: il serait vite deviné. {_OTHER}",
    PasswordFault.SEQUENCE: f"Ce mot de passe est une suite\u00a0: il serait vite deviné. {_OTHER}",
    PasswordFault.DATE: f"Ce mot de passe ressemble à une date\u00a0: il serait vite deviné. {_OTHER}",
})  # fmt: skip
DIFFERENT = "Les deux mots de passe ne sont pas les mêmes. Saisissez deux fois le même."
