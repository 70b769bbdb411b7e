"""What is said with BYE to a client that is left: why, beyond which limit, and what to do, in English and French."""

from datetime import timedelta

from gateway.imap.wire.refusal import told

NOT_HTTP = told(
    "this is no web server: use a mail client", "ce n'est pas un site web : utilisez un logiciel de messagerie"
)
SHUTTING_DOWN = told("server shutting down: connect again later", "arrêt du service : reconnectez-vous plus tard")
NO_ROOM = told("too much at once: try again later", "trop de données à la fois : réessayez plus tard")
TIMED_OUT = told(
    "no command in time, closing: connect again", "aucune commande à temps, fin de connexion : reconnectez-vous"
)
SIGN_IN_ENDED = told(
    "your sign-in was ended by the operator: sign in again, or ask them",
    "votre connexion a été fermée par l'exploitant : reconnectez-vous, ou demandez-lui pourquoi",
)
MAILBOX_GONE = told(
    "the selected mailbox was deleted: connect again", "le dossier ouvert a été supprimé : reconnectez-vous"
)


def too_slow(octets_per_second: int) -> str:
    """Say that a literal trickles."""
    return told(
        f"data comes at less than {octets_per_second} octets a second, closing: check the network",
        f"données à moins de {octets_per_second} octets par seconde, fin de connexion : vérifiez le réseau",
    )


def too_many_bad_commands(limit: int) -> str:
    """Say that a client writes no IMAP."""
    return told(
        f"{limit} bad commands in a row, closing: have the mail client checked",
        f"{limit} commandes mal formées de suite, fin de connexion : faites vérifier le logiciel de messagerie",
    )


def too_many_failures(limit: int, window: timedelta) -> str:
    """Stop who guesses at passwords."""
    minutes = max(1, round(window / timedelta(minutes=1)))
    return told(
        f"{limit} failed sign-ins: check login and password, try again after {minutes} minutes",
        f"{limit} échecs de connexion : vérifiez identifiant et mot de passe, réessayez après {minutes} minutes",
    )
