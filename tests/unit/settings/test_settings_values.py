"""Settings are checked where they are read: the key at fault is named, with what was expected."""

import tomllib
from pathlib import Path

import pytest

from gateway.config import settings_of
from gateway.domain.access_settings import NOTHING_CHOSEN
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import ConfigurationError

ROOT = Path("gateway-folder")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("[smtp]\nrelay_prt = 1", "smtp.relay_prt is no setting; known in [smtp]: host, relay_port"),
        ('[smtp]\nrelay_port = "25"', "smtp.relay_port must be a whole number"),
        ('[paths]\ndatabase = "mysql://u@h/pli"', "paths.database must be empty or"),
        ('[paths]\ndatabase = "postgresql://u@h"', "paths.database must be empty or"),
        ('[paths]\nblobs = "ftp://h/pli"', "paths.blobs must be a folder or"),
        ('[paths]\nblobs = "s3://B/pli"', "paths.blobs must be a folder or"),
        ('[paths]\nblobs = "s3://ab/pli"', "paths.blobs must be a folder or"),
        ('[s3]\nendpoint = "s3.example"', "s3.endpoint must be empty or"),
        ("[smtp]\nrelay_port = true", "smtp.relay_port must be a whole number"),
        ("[smtp]\nrelay_port = 70000", "smtp.relay_port must be 0 or more, and at most 65535"),
        ("[work]\nthreads = 0", "work.threads must be 1 or more"),
        ("[imap]\nport = -1", "imap.port must be 0 or more"),
        ('[gateway]\ndemonstration = "no"', "gateway.demonstration must be true or false"),
        ('[gateway]\npatient_replies = "never"', "gateway.patient_replies must be one of thread, contact"),
        ('[gateway]\nlocal_domains = "medecin.mssante.fr"', "gateway.local_domains must be a list of texts"),
        ('[gateway]\nhostname = ""', 'gateway.hostname: "" is no host or domain name'),
        ('[gateway]\nhostname = "a b"', 'gateway.hostname: "a b" is no host'),
        ('[gateway]\npatient_domain = "patients@x.example"', "gateway.patient_domain: "),
        ('[gateway]\nlocal_domains = ["chu.example", "-"]', 'gateway.local_domains: "-" is no host'),
        (f'[gateway]\nhostname = "{"a" * 64}.example"', "gateway.hostname: "),
        ('[gateway]\npatient_domain = "x.example"\nlocal_domains = ["X.example"]', "gateway.local_domains must not"),
        ("[mail]\nhost = 1", "[mail] is no section of the settings; known: gateway, paths"),
        ('[support]\naddress = "aide"', 'support.address: "aide" is no mail address'),
        ('[support]\ntelephone = "0800 AIDE"', 'support.telephone: "0800 AIDE" is no number as people dial it'),
        ('[support]\npostal = "1 rue\\n75001"', "support.postal must be one line of at most 200 characters"),
        ("[access]\nreadings_a_day = 0", "access.readings_a_day must be 1 or more"),
        ("[access]\nreadings_by_profession = 60", "access.readings_by_profession must be a table, and each of its"),
        ('[access.readings_by_profession]\n"10" = 0', "access.readings_by_profession must be a table, and each of its"),
        ('[access.readings_by_profession]\n" " = 60', 'access: " " is no profession; write its code'),
        ('[access.readable]\n"10" = ["tout"]', "access.readable must be a table, and each of its values a list of"),
        ('[access.readable]\n"" = []', 'access: "" is no profession'),
        ("[pro]\ncertificates = true", "pro.authorities is missing"),
        ('[access]\nemergency_organisations = ["SAMU"]', 'access.emergency_organisations: "SAMU" is no FINESS'),
        ('gateway = "x"', "[gateway] is no section"),
        ('[routes]\n"labo.example" = "mx"', '[routes] must give "host:port"'),
        ('[routes]\n"labo.example" = "mx:0"', '[routes] must give "host:port"'),
        ('[routes]\n"labo.example" = 25', '[routes] must give "host:port"'),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(wrong: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        settings_of(tomllib.loads(wrong), ROOT)
    assert str(refused.value).startswith(named)


def test_a_wrong_port_hides_no_other_mistake() -> None:
    with pytest.raises(ConfigurationError, match=r"web\.origen is no setting"):
        settings_of({"smtp": {"relay_port": 70_000}, "web": {"origen": ""}}, Path("/"))


def test_domains_are_compared_in_lower_case() -> None:
    gateway = {"patient_domain": "Patient.MSSante.FR", "local_domains": ["CHU.Example"]}
    settings = settings_of({"gateway": gateway, "routes": {"Labo.Example": "mx:25"}}, ROOT)
    assert settings.gateway.patient_domain == "patient.mssante.fr"
    assert settings.gateway.local_domains == ("chu.example",)
    assert settings.routes == {"labo.example": "mx:25"}


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ({"notices": {"place": "espace.example"}, "web": {"origin": "https://pli.example"}}, "espace.example"),
        ({"web": {"origin": "https://pli.example/"}}, "pli.example"),
        ({"web": {"port": 443}}, "localhost"),
        ({"web": {"port": 0}}, "localhost"),
        ({}, "localhost:8443"),
    ],
)
def test_people_type_what_leads_to_the_pages(given: dict[str, dict[str, object]], typed: str) -> None:
    assert settings_of(given, ROOT).place_to_type == typed


def test_what_is_chosen_about_access_is_what_the_rules_read() -> None:
    text = """
    [access]
    emergency_organisations = ["2A0000014", "35000002200014"]
    readings_by_profession = { "10" = 60 }
    readable = { "60" = ["ordonnances"] }
    """
    chosen = settings_of(tomllib.loads(text), ROOT).access.settings
    assert [chosen.budget(*who) for who in (("10", ""), ("60", ""), ("60", "2A0000014"))] == [60, 30, 200]
    assert chosen.readable == {"60": {DocumentCategory.PRESCRIPTIONS}}
    assert settings_of({}, ROOT).access.settings == NOTHING_CHOSEN


def test_rows_and_blobs_may_be_on_servers() -> None:
    for database in ("postgresql://pli@db.example/pli", "postgres://pli@db/pli?sslmode=verify-full", "postgresql:///pli"):
        places = {"database": database, "blobs": "s3://octets/pli/messages"}
        assert settings_of({"paths": places}, ROOT).paths.database == database


def test_paths_are_relative_to_the_folder_of_the_file() -> None:
    settings = settings_of({"paths": {"keys": "/srv/keys"}}, ROOT)
    assert settings.path(settings.paths.data) == ROOT / "data"
    assert settings.path(settings.paths.keys) == Path("/srv/keys")
