"""The development authority writes its files once, keeps keys to itself and issues what listeners need."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certs.authority import AUTHORITY_VALIDITY, Authority, Subject
from certs.contexts import KeyPair, Trust, outbound, submission
from certs.peer import identity_of, name_of
from gateway.domain.directory import DistinguishedName
from gateway.domain.errors import ConfigurationError
from tests.builders.certificates import FAR, LONG_AGO, handshake

NOW = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path, NOW)


def test_loaded_authority_is_the_one_created(authority: Authority, tmp_path: Path) -> None:
    loaded = Authority.load(tmp_path)

    assert loaded.certificate == authority.certificate
    assert loaded.key.private_numbers() == authority.key.private_numbers()


def test_keys_are_readable_by_their_owner_only(authority: Authority, tmp_path: Path) -> None:
    authority.issue_server(["localhost"], NOW).save(tmp_path / "server.pem", tmp_path / "server.key")

    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_nothing_is_overwritten(authority: Authority, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    with pytest.raises(ConfigurationError, match=r"ca\.key exists and is never overwritten"):
        Authority.create(tmp_path, NOW)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_no_key_is_left_when_its_certificate_cannot_be_written(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"ca\.pem exists"):
        authority.issue_server(["localhost"], NOW).save(tmp_path / "ca.pem", tmp_path / "new.key")

    assert not (tmp_path / "new.key").exists()


def test_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        Authority.create(tmp_path / "absent", NOW)


def test_missing_authority_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="pli init"):
        Authority.load(tmp_path)


def test_key_of_another_authority_is_noticed(authority: Authority, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Authority.create(other, NOW)
    (other / "ca.key").replace(tmp_path / "ca.key")

    with pytest.raises(ConfigurationError, match="is not the key of"):
        Authority.load(tmp_path)


def test_server_certificate_answers_to_its_names(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path, LONG_AGO, FAR - LONG_AGO)
    pair = KeyPair(tmp_path / "server.pem", tmp_path / "server.key")
    issued = authority.issue_server(["localhost", "127.0.0.1", "::1"], LONG_AGO, FAR - LONG_AGO)
    issued.save(pair.certificate, pair.key)
    names = issued.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    handshake(submission(pair), outbound(pair, Trust(tmp_path / "ca.pem")))
    assert [str(name) for name in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]


def test_client_certificate_bears_the_name_that_was_asked(authority: Authority) -> None:
    subject = Subject(
        common_name="smtps1.lilas.example", unit="318003502400041", organisation="Les Lilas, SA", state="Paris (75)"
    )
    name = name_of(authority.issue_client(subject, NOW).certificate.subject)

    assert name == DistinguishedName.parse(
        "CN=smtps1.lilas.example,OU=318003502400041,O=Les Lilas\\, SA,ST=Paris (75),C=FR"
    )


def test_every_certificate_has_its_own_key_and_serial(authority: Authority) -> None:
    one, two = (authority.issue_client(Subject(common_name="a.example"), NOW).certificate for _ in range(2))

    assert one.serial_number != two.serial_number
    assert one.public_key() != two.public_key()


def test_certificate_is_valid_from_a_little_before_now(authority: Authority) -> None:
    certificate = authority.issue_client(Subject(common_name="a.example"), NOW, timedelta(days=1)).certificate

    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc == NOW + timedelta(days=1)
    assert authority.certificate.not_valid_after_utc == NOW + AUTHORITY_VALIDITY


def test_keys_are_on_the_p256_curve(authority: Authority) -> None:
    assert isinstance(authority.key.curve, ec.SECP256R1)


def test_revocation_list_names_what_is_revoked(authority: Authority) -> None:
    revoked = authority.issue_client(Subject(common_name="a.example"), NOW).certificate
    crl = x509.load_pem_x509_crl(authority.revocation_list([revoked.serial_number], NOW))

    assert crl.get_revoked_certificate_by_serial_number(revoked.serial_number)
    assert crl.get_revoked_certificate_by_serial_number(1) is None
    assert crl.is_signature_valid(authority.key.public_key())


def test_client_certificate_identifies_its_holder(authority: Authority) -> None:
    issued = authority.issue_client(Subject(common_name="a.example"), NOW).certificate

    assert identity_of(issued.public_bytes(Encoding.DER)).serial == issued.serial_number
