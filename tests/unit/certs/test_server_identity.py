"""The certificate of another operator's server, when we are the client."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs.authority import Authority, Subject
from certs.peer import PeerRefused, identity_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_certificate_for_servers_only_names_a_server(tmp_path: Path) -> None:
    issued = Authority.create(tmp_path, NOW).issue_server(["relais.example"], NOW)
    der = issued.certificate.public_bytes(Encoding.DER)

    assert "relais.example" in str(identity_of(der, ExtendedKeyUsageOID.SERVER_AUTH).dn)
    with pytest.raises(PeerRefused, match="not for clients"):
        identity_of(der)


def test_certificate_for_clients_only_names_no_server(tmp_path: Path) -> None:
    issued = Authority.create(tmp_path, NOW).issue_client(Subject(common_name="relais.example"), NOW)

    with pytest.raises(PeerRefused, match="not for servers"):
        identity_of(issued.certificate.public_bytes(Encoding.DER), ExtendedKeyUsageOID.SERVER_AUTH)
