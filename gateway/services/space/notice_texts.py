"""What notices say: one row a kind, in French, in sentences of twenty words at most (E99).

To who is told for a child, any of them begins with whose space it is about.

A new kind is a member of `NoticeKind`, a row here and a `TellHolder` step; nothing else. Texts name nothing of what
waits, bear no link to sign in by and no medical word (F71, F88). The two that somebody asked for who forgot how to sign
in bear one to a new password (F20, F21). Words in braces are given by whoever sends.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from gateway.domain.notices import Channel, NoticeKind, Wording
from gateway.services.space.notice_wording import NoticeText, filled, quoted
from gateway.services.space.opening_texts import OPENING
from gateway.services.space.record_texts import RECORDS
from gateway.services.space.representation_texts import REPRESENTATION
from gateway.services.space.request_texts import REQUESTS
from gateway.services.space.sign_in_texts import SIGN_IN

_NOT_YOU = "Vous n'avez rien demandé ? Signalez-le vite à l'organisme qui gère votre espace."
_AS_USUAL = "Pour le lire, ouvrez votre espace comme d'habitude, depuis votre navigateur."

_FOR_A_CHILD = "Cet avis est pour {child}. Vous le recevez en tant que représentant légal."
TEXTS: Mapping[NoticeKind, NoticeText] = MappingProxyType({
    NoticeKind.OPENING: OPENING,
    **SIGN_IN,
    **REPRESENTATION,
    **RECORDS,
    **REQUESTS,
    NoticeKind.CODE: NoticeText(
        Wording(
            subject="Votre code de connexion",
            lines=(
                "Votre code de connexion à votre espace santé : {code}. Il est valable {life}, une seule fois.",
                "Ne le communiquez à personne, pas même à un soignant ou à un agent.",
            ),
        ),
        "Votre code de connexion à votre espace santé : {code}. Il est valable {life}, une seule fois."
        " Ne le communiquez à personne.",
        (),
    ),
    NoticeKind.MESSAGE: NoticeText(
        Wording(
            subject="Un nouveau message dans votre espace santé",
            lines=("Vous avez un nouveau message dans votre espace santé.", _AS_USUAL),
        ),
        "Vous avez un nouveau message dans votre espace santé. Ouvrez-le comme d'habitude.",
    ),
    NoticeKind.DOCUMENT: NoticeText(
        Wording(
            subject="Un nouveau document dans votre espace santé",
            lines=("Vous avez un nouveau document dans votre espace santé.", _AS_USUAL),
        ),
        "Vous avez un nouveau document dans votre espace santé. Ouvrez-le comme d'habitude.",
    ),
    NoticeKind.REMINDER: NoticeText(
        Wording(
            subject="Un rappel dans votre espace santé",
            lines=("Vous avez un rappel dans votre espace santé.", _AS_USUAL),
        ),
        "Vous avez un rappel dans votre espace santé. Ouvrez-le comme d'habitude.",
    ),
    NoticeKind.HELP: NoticeText(
        Wording(
            subject="Demande d'aide {reference}",
            lines=(
                "Demande d'aide {reference}, faite sur la page « Aide ».",
                "Sujet : {topic}.",
                "Réponse attendue à : {answer_to}.",
                "{words}",
            ),
        ),
        "Demande d'aide {reference}.",
        (),
    ),
    NoticeKind.SPACE_OPENED: NoticeText(
        Wording(
            subject="Votre espace santé est ouvert",
            lines=(
                "Votre espace santé est ouvert, car vous ne l'avez ni activé ni refusé en six semaines.",
                "Pour l'utiliser, activez-le depuis votre navigateur. Vous pourrez aussi le fermer.",
            ),
        ),
        "Votre espace santé est ouvert : vous ne l'avez ni activé ni refusé en six semaines."
        " Vous pouvez l'activer, puis le fermer.",
    ),
    NoticeKind.SPACE_OPENED_ON_REQUEST: NoticeText(
        Wording(
            subject="Votre espace santé est ouvert",
            lines=(
                "Votre espace santé vient d'être ouvert, à votre demande. Pour l'utiliser, activez-le.",
                _NOT_YOU,
            ),
        ),
        "Votre espace santé vient d'être ouvert, à votre demande. Vous n'avez rien demandé ? Signalez-le-nous.",
    ),
    NoticeKind.OPPOSED_BY_TELEPHONE: NoticeText(
        Wording(
            subject="Votre refus est enregistré",
            lines=(
                "Vous avez refusé votre espace santé par téléphone. Votre refus est enregistré.",
                "Vous pouvez changer d'avis : activez votre espace depuis votre navigateur.",
                _NOT_YOU,
            ),
        ),
        "Votre refus de l'espace santé, fait par téléphone, est enregistré. Vous pouvez changer d'avis.",
    ),
    NoticeKind.SPACE_SUSPENDED: NoticeText(
        Wording(
            subject="Votre espace santé est suspendu",
            lines=(
                "Votre espace santé est suspendu, car une fraude est soupçonnée.",
                "Sans opposition de votre part, il sera fermé le {day}.",
                "Pour vous y opposer, écrivez ou téléphonez à l'organisme qui gère votre espace.",
            ),
        ),
        "Votre espace santé est suspendu. Sans opposition de votre part, il sera fermé le {day}.",
    ),
    NoticeKind.SUSPENSION_TAKEN_BACK: NoticeText(
        Wording(
            subject="Votre espace santé n'est plus suspendu",
            lines=("Votre espace santé n'est plus suspendu. Il ne sera pas fermé. Rien n'y a été perdu.",),
        ),
        "Votre espace santé n'est plus suspendu. Il ne sera pas fermé.",
    ),
    NoticeKind.CONTACT_CORRECTED: NoticeText(
        Wording(
            subject="Vos coordonnées ont changé",
            lines=("Votre adresse ou votre téléphone ont changé dans votre espace santé.", _NOT_YOU),
        ),
        "Vos coordonnées ont changé dans votre espace santé. Vous n'avez rien demandé ? Signalez-le-nous.",
    ),
    NoticeKind.SPACE_CLOSED_UNOBJECTED: NoticeText(
        Wording(
            subject="Votre espace santé est fermé",
            lines=(
                "Votre espace santé était suspendu. Personne ne s'y est opposé en six semaines : il est fermé.",
                "Son contenu est gardé dix ans, puis effacé. Vous pouvez écrire à l'organisme qui gère votre espace.",
            ),
        ),
        "Votre espace santé était suspendu. Personne ne s'y est opposé en six semaines : il est fermé.",
    ),
    NoticeKind.PROVISIONAL_CODE: NoticeText(
        Wording(
            subject="Votre code provisoire",
            lines=(
                "Votre code provisoire pour activer ou refuser votre espace santé : {code}.",
                "Respectez les majuscules et les minuscules. Il sert une seule fois, pendant six semaines.",
                "Il remplace tout code reçu avant, même par courrier. Ne le communiquez à personne.",
            ),
        ),
        "Votre code provisoire : {code}. Respectez majuscules et minuscules. Ne le communiquez à personne.",
    ),
    NoticeKind.CODE_HANDED_OUT: NoticeText(
        Wording(
            subject="Un code provisoire vous a été remis",
            lines=(
                "Un agent a contrôlé votre identité et vous a remis un code provisoire pour votre espace santé.",
                "Il remplace tout code reçu avant, même par courrier. Ne le communiquez à personne.",
                "Ce n'était pas vous ? Signalez-le à l'assistance.",
            ),
        ),
        "Un agent vous a remis un code provisoire pour votre espace santé. Ce n'était pas vous ? Signalez-le.",
    ),
    NoticeKind.CONTACT_CODE: NoticeText(
        Wording(
            subject="Votre code de vérification",
            lines=(
                "Votre code pour confirmer cette adresse dans votre espace santé : {code}. Il est valable {life}.",
                "Vous n'avez rien demandé ? Ne faites rien.",
            ),
        ),
        "Votre code pour confirmer ce numéro dans votre espace santé : {code}. Il est valable {life}.",
    ),
    NoticeKind.CONTACT_CHANGED: NoticeText(
        Wording(
            subject="Vos coordonnées ont changé",
            lines=(
                "Les coordonnées de votre espace santé viennent d'être changées.",
                "Vos codes et vos avis pourront arriver ici : {new}.",
                "Ce n'était pas vous ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Nouvelles coordonnées de votre espace santé : {new}. Pas vous ? Signalez-le par la page « Aide ».",
    ),
    NoticeKind.CONTACT_REMOVED: NoticeText(
        Wording(
            subject="Une de vos coordonnées est retirée",
            lines=(
                "Votre espace santé ne vous préviendra plus ici : {gone}.",
                "Vos codes et vos avis arrivent désormais ici : {left}.",
                "Ce n'était pas vous ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Votre espace santé n'écrit plus ici : {gone}. Pas vous ? Signalez-le par la page « Aide ».",
    ),
    NoticeKind.ACTIVATED: NoticeText(
        Wording(
            subject="Votre espace santé est activé",
            lines=(
                "Votre espace santé est activé.",
                "Ce n'était pas vous ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Votre espace santé est activé. Ce n'était pas vous ? Signalez-le par la page « Aide » du site.",
    ),
    NoticeKind.OPPOSED: NoticeText(
        Wording(
            subject="Votre opposition est enregistrée",
            lines=(
                "Votre opposition à l'ouverture de votre espace santé est enregistrée. Vous pouvez changer d'avis.",
                "Ce n'était pas vous ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Votre opposition à l'ouverture de votre espace santé est enregistrée. Vous pouvez changer d'avis.",
    ),
    NoticeKind.SPACE_CLOSED: NoticeText(
        Wording(
            subject="Votre espace santé est fermé",
            lines=(
                "Votre espace santé est fermé. Personne ne peut plus l'ouvrir ni vous y écrire.",
                "Il est gardé jusqu'au {until}. D'ici là, connectez-vous pour le rouvrir.",
                "Ce n'était pas vous ? Connectez-vous sans attendre et rouvrez-le.",
            ),
        ),
        "Votre espace santé est fermé. Il est gardé jusqu'au {until}. Connectez-vous pour le rouvrir.",
    ),
    NoticeKind.SPACE_REOPENED: NoticeText(
        Wording(
            subject="Votre espace santé est rouvert",
            lines=("Votre espace santé est de nouveau ouvert. Tout y est comme avant.",),
        ),
        "Votre espace santé est de nouveau ouvert. Tout y est comme avant.",
    ),
    NoticeKind.ERASURE_ASKED: NoticeText(
        Wording(
            subject="Votre espace santé sera effacé",
            lines=(
                "Votre espace santé est fermé. Il sera effacé le {day}, pour toujours.",
                "Pour le garder, connectez-vous avant ce jour et choisissez « Garder mon espace ».",
            ),
        ),
        "Votre espace santé sera effacé le {day}. Pour le garder, connectez-vous avant ce jour.",
    ),
    NoticeKind.ERASURE_CANCELLED: NoticeText(
        Wording(
            subject="Votre espace santé ne sera pas effacé",
            lines=("La demande d'effacement est annulée. Votre espace santé est de nouveau ouvert.",),
        ),
        "La demande d'effacement est annulée. Votre espace santé est de nouveau ouvert.",
    ),
    NoticeKind.ERASURE_CODE: NoticeText(
        Wording(
            subject="Votre code pour effacer votre espace",
            lines=(
                "Votre code pour effacer votre espace santé : {code}. Il est valable {life}, une seule fois.",
                "Vous n'avez rien demandé ? Ne donnez ce code à personne et changez votre mot de passe.",
            ),
        ),
        "Votre code pour effacer votre espace santé : {code}. Il est valable {life}, une seule fois."
        " Ne le donnez à personne.",
        (),
    ),
    NoticeKind.EXPORT_READY: NoticeText(
        Wording(
            subject="Votre archive est prête",
            lines=(
                "L'archive que vous avez demandée est prête dans votre espace santé, jusqu'au {until}.",
                "Vous n'avez rien demandé ? Changez votre mot de passe et signalez-le par la page « Aide » du site.",
            ),
        ),
        "L'archive demandée est prête dans votre espace santé, jusqu'au {until}. Pas vous ? Signalez-le.",
    ),
    NoticeKind.SPACE_ERASED: NoticeText(
        Wording(
            subject="Votre espace santé est effacé",
            lines=("Votre espace santé est effacé, pour toujours. Nous ne gardons rien de ce qu'il contenait.",),
        ),
        "Votre espace santé est effacé, pour toujours. Nous ne gardons rien de ce qu'il contenait.",
    ),
})  # fmt: skip
"""Every kind has its texts."""


def worded(kind: NoticeKind, channel: Channel, values: Mapping[str, str]) -> Wording:
    """Word a notice for a channel; `child` among the values is the first name of whose representative reads it.

    Raises `KeyError` when a value is missing that its text names.
    """
    text, child = TEXTS[kind], values.get("child")
    if channel is Channel.SMS:
        whose = f"Espace santé de {child}. " if child else ""
        return Wording(subject="", lines=(whose + text.short.format_map(values),))
    after = (*text.full.after, *(text.only_email if channel is Channel.EMAIL else ()))
    wording = filled(quoted(replace(text.full, after=after)), values)
    return replace(wording, lines=(_FOR_A_CHILD.format(child=child), *wording.lines)) if child else wording
