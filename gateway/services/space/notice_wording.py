"""The texts of one kind of notice, and how words in braces are filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.domain.notices import Wording

NO_LINK = "Ce courriel ne contient aucun lien : c'est voulu."


@dataclass(frozen=True, slots=True)
class NoticeText:
    """The texts of one kind.

    Attributes:
        full: of an e-mail or a letter.
        short: of an SMS.
        only_email: what an e-mail says at its end.
    """

    full: Wording
    short: str
    only_email: tuple[str, ...] = (NO_LINK,)


def quoted(wording: Wording) -> Wording:
    """Keep quotation marks with what they quote at the end of a line; an SMS, which has no lines, is not asked."""
    return Wording(
        subject=_quoted(wording.subject),
        lines=tuple(map(_quoted, wording.lines)),
        steps=tuple(map(_quoted, wording.steps)),
        after=tuple(map(_quoted, wording.after)),
    )


def _quoted(text: str) -> str:
    return text.replace("« ", "«\N{NO-BREAK SPACE}").replace(" »", "\N{NO-BREAK SPACE}»")


def filled(wording: Wording, values: Mapping[str, str]) -> Wording:
    """Fill in what is in braces. Raises `KeyError` when a value is missing."""
    return Wording(
        subject=wording.subject.format_map(values),
        lines=tuple(line.format_map(values) for line in wording.lines),
        steps=tuple(step.format_map(values) for step in wording.steps),
        after=tuple(line.format_map(values) for line in wording.after),
    )
