"""What is told of requests about health data (F89, F90)."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.domain.notices import NoticeKind, Wording
from gateway.services.space.notice_wording import NoticeText

REQUESTS: Mapping[NoticeKind, NoticeText] = MappingProxyType({
    NoticeKind.REQUEST_OVERDUE: NoticeText(
        Wording(
            subject="Votre demande est sans réponse",
            lines=(
                "Le délai de réponse à l'une de vos demandes est dépassé.",
                "Pour savoir quoi faire, ouvrez votre espace comme d'habitude, puis « Paramètres » et « Vos droits ».",
            ),
        ),
        "Le délai de réponse à l'une de vos demandes est dépassé. Votre espace dit quoi faire.",
    ),
    NoticeKind.ACCESS_ASKED: NoticeText(
        Wording(
            subject="Quelqu'un demande à lire vos données",
            lines=(
                "Une personne demande à lire vos données de santé. Vous décidez.",
                "Pour savoir qui, ouvrez votre espace comme d'habitude, puis « Paramètres » et « Vos droits ».",
            ),
        ),
        "Une personne demande à lire vos données de santé. Vous décidez, dans votre espace.",
    ),
})  # fmt: skip
"""Texts of these kinds."""
