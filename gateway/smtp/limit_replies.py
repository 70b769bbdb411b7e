"""Replies that name a limit: its number, what is beyond it, what to do, in English and French (RFC 5321 §4.5.3.1)."""

from datetime import timedelta
from functools import lru_cache
from typing import assert_never

from gateway.smtp import replies
from gateway.smtp.data import DataFault
from gateway.smtp.replies import Reply, told


@lru_cache(maxsize=16)
def too_big(max_bytes: int) -> Reply:
    """Refuse a message that is larger than the setting allows."""
    return told(
        552, "5.3.4",
        f"Message larger than {max_bytes} octets; reduce or split the attachments",
        f"Message de plus de {max_bytes} octets ; allégez ou séparez les pièces jointes",
    )


@lru_cache(maxsize=16)
def content_line_too_long(max_line_bytes: int) -> Reply:
    """Refuse content with a line over the limit, whose CRLF is not counted in the sentence."""
    octets = max_line_bytes - 2
    return told(
        500, "5.6.0",
        f"A line of the content is longer than {octets} octets; encode the content in base64 or quoted-printable",
        f"Une ligne du contenu dépasse {octets} octets ; encodez le contenu en base64 ou quoted-printable",
    )


def of_fault(fault: DataFault, max_bytes: int, max_line_bytes: int) -> Reply:
    """Give the reply to content that is not taken."""
    match fault:
        case DataFault.SIZE:
            return too_big(max_bytes)
        case DataFault.LINE:
            return content_line_too_long(max_line_bytes)
        case DataFault.FULL:
            return replies.NO_ROOM
        case DataFault.BARE:
            return replies.BARE_CONTENT
    assert_never(fault)


@lru_cache(maxsize=16)
def line_too_long(max_bytes: int, *, closes: bool = False) -> Reply:
    """Refuse a command line over the limit; `closes` when no end of it has come."""
    return told(
        500, "5.5.6",
        f"A command line is longer than {max_bytes} octets; shorten it",
        f"Une ligne de commande dépasse {max_bytes} octets ; raccourcissez-la", closes=closes,
    )


@lru_cache(maxsize=16)
def too_many_recipients(limit: int) -> Reply:
    """Leave what comes beyond the limit for another message (RFC 5321 §4.5.3.1.10)."""
    return told(
        452, "4.5.3",
        f"More than {limit} recipients; send to the others in another message",
        f"Plus de {limit} destinataires ; envoyez aux autres dans un autre message",
    )


@lru_cache(maxsize=16)
def too_many_letters(limit: int) -> Reply:
    """Put off who writes faster than the setting allows."""
    return told(
        450, "4.7.1",
        f"More than {limit} letters a minute from you; send the others later",
        f"Plus de {limit} messages par minute de votre part ; envoyez les autres plus tard",
    )


@lru_cache(maxsize=16)
def too_many_connections(per_address: int, limit: int) -> Reply:
    """Say that there is no place; which of the two limits is reached is not told."""
    return told(
        421, "4.7.0",
        f"More than {per_address} connections from your address, or {limit} in all; try again later",
        f"Plus de {per_address} connexions de votre adresse, ou {limit} en tout ; réessayez plus tard",
    )


@lru_cache(maxsize=16)
def too_many_commands(limit: int) -> Reply:
    """End a conversation that moves no mail."""
    return told(
        421, "4.7.0",
        f"More than {limit} commands without a message, closing; check the sending software",
        f"Plus de {limit} commandes sans message, fin de connexion ; faites vérifier le logiciel d'envoi",
    )


@lru_cache(maxsize=16)
def too_many_failures(limit: int, window: timedelta) -> Reply:
    """Stop who guesses at passwords."""
    minutes = _minutes(window)
    return told(
        421, "4.7.0",
        f"{limit} failed sign-ins; check login and password, and try again after {minutes} minutes",
        f"{limit} échecs de connexion ; vérifiez identifiant et mot de passe, réessayez après {minutes} minutes",
    )


@lru_cache(maxsize=16)
def timed_out(limit: timedelta) -> Reply:
    """End a conversation in which no command has come in time."""
    seconds = round(limit.total_seconds())
    return told(
        421, "4.4.2",
        f"No command within {seconds} seconds, closing; connect again",
        f"Aucune commande en {seconds} secondes, fin de connexion ; connectez-vous de nouveau",
    )


@lru_cache(maxsize=16)
def too_slow(octets_per_second: int) -> Reply:
    """End a message that trickles."""
    return told(
        421, "4.4.2",
        f"Content comes at less than {octets_per_second} octets a second, closing; check the network and send again",
        f"Contenu à moins de {octets_per_second} octets par seconde, fin de connexion ; vérifiez le réseau et renvoyez",
    )


def _minutes(window: timedelta) -> int:
    return max(1, round(window / timedelta(minutes=1)))
