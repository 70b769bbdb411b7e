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
    NoticeKind.REPRESENTATIVE_DECLINED: NoticeText(
        Wording(
            subject="Une invitation a été refusée",
            lines=("La personne invitée à agir dans cet espace santé a refusé.",),
        ),
        "La personne invitée à agir dans cet espace santé a refusé.",
    ),
    NoticeKind.REPRESENTATION_BEGAN: NoticeText(
        Wording(
            subject="Vous agissez maintenant dans un espace santé",
            lines=(
                "Vous avez accepté d'agir dans l'espace santé d'une autre personne.",
                "Ce n'était pas vous ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Vous avez accepté d'agir dans l'espace santé d'une autre personne. Pas vous ? Signalez-le.",
    ),
    NoticeKind.REPRESENTATION_ENDED: NoticeText(
        Wording(
            subject="Vous n'agissez plus dans un espace santé",
            lines=(
                "Une personne que vous représentiez a 18 ans. Vous n'agissez plus dans son espace santé.",
                "Elle en a été prévenue.",
            ),
        ),
        "Une personne que vous représentiez a 18 ans. Vous n'agissez plus dans son espace santé.",
    ),
    NoticeKind.REPRESENTATIVE_GONE: NoticeText(
        Wording(
            subject="Une personne n'agit plus dans cet espace santé",
            lines=(
                "Une personne qui agissait dans cet espace santé n'y a plus accès.",
                "Cela vous étonne ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Une personne qui agissait dans cet espace santé n'y a plus accès. Cela vous étonne ? Signalez-le.",
    ),
    NoticeKind.REPRESENTATION_RECORDED: NoticeText(
        Wording(
            subject="Vous représentez une personne dans son espace santé",
            lines=(
                "Une mesure de protection a été notée. Vous trouvez cette personne sous « Mes proches ».",
                "Cela vous étonne ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Vous représentez une personne dans son espace santé. Cela vous étonne ? Signalez-le.",
    ),
    NoticeKind.REPRESENTATION_RENOUNCED: NoticeText(
        Wording(
            subject="Vous n'agissez plus dans un espace santé",
            lines=(
                "Comme vous l'avez demandé, vous n'agissez plus dans l'espace santé d'une autre personne.",
                "Ce n'était pas vous ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Vous n'agissez plus dans l'espace santé d'une autre personne, à votre demande. Pas vous ? Signalez-le.",
    ),
    NoticeKind.REPRESENTATION_TAKEN_BACK: NoticeText(
        Wording(
            subject="Vous n'agissez plus dans un espace santé",
            lines=(
                "Votre droit d'agir dans l'espace santé d'une autre personne vous a été retiré.",
                "Rien de ce que vous y aviez fait n'est perdu.",
            ),
        ),
        "Votre droit d'agir dans l'espace santé d'une autre personne vous a été retiré.",
    ),
    NoticeKind.CARER_ADDED: NoticeText(
        Wording(
            subject="Un aidant agit maintenant dans cet espace santé",
            lines=(
                "La personne invitée a accepté. Elle est maintenant aidant dans cet espace santé.",
                "Cela vous étonne ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Un aidant agit maintenant dans cet espace santé. Cela vous étonne ? Signalez-le.",
    ),
    NoticeKind.CARER_CHANGED: NoticeText(
        Wording(
            subject="Les droits d'un aidant ont changé",
            lines=(
                "Dans un espace santé qui vous concerne, les droits d'un aidant ou leur date de fin ont changé.",
                "Le détail est dans votre espace santé. Cela vous étonne ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Dans un espace santé qui vous concerne, les droits d'un aidant ont changé.",
    ),
    NoticeKind.CARER_OVER: NoticeText(
        Wording(
            subject="L'accès d'un aidant a pris fin",
            lines=(
                "Dans un espace santé qui vous concerne, l'accès d'un aidant a pris fin à la date prévue.",
                "Pour continuer, il faut une nouvelle invitation.",
            ),
        ),
        "Dans un espace santé qui vous concerne, l'accès d'un aidant a pris fin à la date prévue.",
    ),
    NoticeKind.CAME_OF_AGE: NoticeText(
        Wording(
            subject="Vous avez 18 ans : votre espace santé est à vous seul",
            lines=(
                "Vous avez 18 ans. Vos représentants légaux n'ont plus accès à votre espace santé.",
                "Pas encore d'identifiant ? La page « Identifiant oublié » du site vous aide à en choisir un.",
            ),
        ),
        "Vous avez 18 ans. Vos représentants légaux n'ont plus accès à votre espace santé.",
    ),
})  # fmt: skip
"""Every kind of these has its texts."""
