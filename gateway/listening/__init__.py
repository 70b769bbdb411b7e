"""What all listeners have in common: sockets, places, handshakes, the tasks of connections, the end.

Knows no protocol: SMTP, IMAP and the web each give a `Door` that makes the `Talk` of one connection.
"""

from gateway.listening.budget import OctetBudget
from gateway.listening.handshake import handshake_fault
from gateway.listening.http_methods import HTTP_METHODS
from gateway.listening.listener import Door, Listener, ListenerLimits, Talk
from gateway.listening.listening_port import FairShare, ListeningPort
from gateway.listening.places import Places
from gateway.listening.progress import octets_acknowledged, octets_queued
from gateway.listening.sockets import bound, port_of

__all__ = [
    "HTTP_METHODS",
    "Door",
    "FairShare",
    "Listener",
    "ListenerLimits",
    "ListeningPort",
    "OctetBudget",
    "Places",
    "Talk",
    "bound",
    "handshake_fault",
    "octets_acknowledged",
    "octets_queued",
    "port_of",
]
