"""Keys of our own are refused to whoever comes in with them, renewed ones and those before them, too."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certs.authority import Authority, Subject
from certs.own_keys import OwnKeys
from certs.peer import PeerRefused, identity_of
from gateway.domain.directory import PeerIdentity
from gateway.domain.errors import ConfigurationError

NOW = datetime(2026, 1, 15, tzinfo=UTC)


class Ours:
    """Our certificate in a file, renewed at will, with its name."""

    def __init__(self, folder: Path) -> None:
        self._authority = Authority.create(folder, NOW)
        self.file = folder / "operator.pem"

    def renewed(self) -> PeerIdentity:
        """Put a new certificate in place and give its holder."""
        issued = self._authority.issue_client(Subject(common_name="smtps.pli.example"), NOW)
        self.file.unlink(missing_ok=True)
        self.file.with_suffix(".key").unlink(missing_ok=True)
        issued.save(self.file, self.file.with_suffix(".key"))
        return identity_of(issued.certificate.public_bytes(Encoding.DER))


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    return Ours(tmp_path)


def test_key_of_our_own_is_refused_and_another_of_the_same_name_is_not(ours: Ours) -> None:
    other, mine = ours.renewed(), ours.renewed()
    keys = OwnKeys([ours.file])
    keys.read()
    with pytest.raises(PeerRefused, match="our own"):
        keys.checked(mine)
    assert keys.checked(other) is other
    assert keys.checked(None) is None


def test_key_before_a_renewal_stays_refused(ours: Ours) -> None:
    keys, holders = OwnKeys([ours.file]), []
    for _ in range(2):
        holders.append(ours.renewed())
        keys.read()
    for holder in holders:
        with pytest.raises(PeerRefused):
            keys.checked(holder)


def test_file_that_is_missing_holds_no_key_and_one_that_cannot_be_read_is_told(ours: Ours, tmp_path: Path) -> None:
    holder, keys = ours.renewed(), OwnKeys([tmp_path / "absent.pem"])
    keys.read()
    assert keys.checked(holder) is holder
    (tmp_path / "absent.pem").write_bytes(os.urandom(20))
    with pytest.raises(ConfigurationError, match=r"absent\.pem cannot be read"):
        keys.read()
