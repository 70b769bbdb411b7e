"""What the pages of activation are told besides the values of `gateway.domain.activation`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChoiceRefused:
    """Identifier or password cannot be taken; `reason` names why, as `webmail.activation.wording` knows it."""

    field: str
    reason: str
