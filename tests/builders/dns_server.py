"""A real DNS server on a free port of this machine: it answers what it was told, says no, or says nothing."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


@contextmanager
def dns_server(records: Mapping[str, Sequence[str]], rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> Iterator[
    dns.resolver.Resolver
]:
    """Serve TXT records by name; give a resolver that asks nobody else. Another `rcode` is the answer to everything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        serving = threading.Thread(target=_serve, args=(door, records, rcode), daemon=True)
        serving.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], door.getsockname()[1]
        try:
            yield resolver
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", door.getsockname())
            serving.join()


def _serve(door: socket.socket, records: Mapping[str, Sequence[str]], rcode: dns.rcode.Rcode) -> None:
    while True:
        asked, peer = door.recvfrom(4096)
        if not asked:
            return
        query = dns.message.from_wire(asked)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name = query.question[0].name
        found = records.get(name.to_text(omit_final_dot=True), ())
        answer.set_rcode(rcode if found or rcode != dns.rcode.NOERROR else dns.rcode.NXDOMAIN)
        if found and rcode == dns.rcode.NOERROR:
            quoted = [" ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200)) for text in found]
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        door.sendto(answer.to_wire(), peer)
