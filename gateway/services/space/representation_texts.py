"""What is told of who acts for whom (A14, A22)."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.domain.notices import NoticeKind, Wording
from gateway.services.space.notice_wording import NoticeText

REPRESENTATION: Mapping[NoticeKind, NoticeText] = MappingProxyType({
    NoticeKind.REPRESENTATIVE_ADDED: NoticeText(
        Wording(
            subject="Une personne de plus agit pour cet espace santé",
            lines=(
                "Un autre représentant légal agit maintenant dans cet espace santé.",
                "Cela vous étonne ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Un autre représentant légal agit maintenant dans cet espace santé. Cela vous étonne ? Signalez-le.",
    ),
})  # fmt: skip
"""Every kind of these has its texts."""
