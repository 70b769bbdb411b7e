"""Whatever octets an import or a snapshot file holds, there is a value or a documented error."""

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import orjson
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.container import ContainerKind, SnapshotBroken
from gateway.directory.container_writer import ContainerWriter
from gateway.directory.extraction import Extraction
from gateway.directory.local_file import LocalEntries
from gateway.directory.snapshot import DirectorySnapshot, add_entries
from gateway.directory.whitelist import NAMESPACE, parse_whitelist
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, DistinguishedName, MailboxKind
from gateway.domain.errors import DirectoryUnavailable, InvalidValue, MalformedContent

DAY = datetime(2026, 1, 15, tzinfo=UTC)
HEADER = b"Type de BAL|Adresse BAL|Liste rouge|Nom d'exercice\n"

name_text = st.text(st.sampled_from('CNOU=,;+\\"#/ .()0123456789abé\u0301\u202e\x00\n'), max_size=60) | st.text()
columns = st.sampled_from(["PER", "ORG", "", "a@b.example", "A@B.EXAMPLE", "O", "é", "\x00", "\u202e", " ", "|"])
lines = st.lists(st.lists(columns, max_size=6).map(lambda line: "|".join(line).encode()) | st.binary(max_size=40))
xml_parts = st.lists(
    st.sampled_from([
        "<Domaine>", "</Domaine>", "<Nom>a.example</Nom>", "<Nom/>",
        "<DNCertificatOperateur>CN=a</DNCertificatOperateur>", "<DateMAJ>2026-01-01</DateMAJ>", "<DateMAJ>x</DateMAJ>",
        "<!-- x -->", "<?x y?>", "&amp;", "&x;", "<![CDATA[x]]>",
    ])
    | st.text(max_size=5)
)  # fmt: skip


@given(name_text)
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    try:
        name = DistinguishedName.parse(text)
    except InvalidValue:
        return
    assert name.rdns


attributes = st.tuples(st.sampled_from(["cn", "o", "2.5.4.97", "1.2.3"]), name_text)


@given(st.lists(st.lists(attributes, min_size=1), min_size=1))
def test_any_name_reads_back_from_its_text(rdns: list[list[tuple[str, str]]]) -> None:
    try:
        name = DistinguishedName.of(rdns)
    except InvalidValue:
        return
    if len(str(name)) <= 2_000:
        assert DistinguishedName.parse(str(name)) == name


@given(st.binary())
def test_any_octets_are_a_white_list_or_are_refused(octets: bytes) -> None:
    try:
        parse_whitelist(octets)
    except MalformedContent:
        return
    raise AssertionError("no white list is that short")


@given(xml_parts)
def test_any_content_of_a_white_list_gives_named_holders_or_is_refused(parts: list[str]) -> None:
    xml = (
        f'<ListeBlancheMSSante xmlns="{NAMESPACE}"><DateDeGeneration>2026-01-15</DateDeGeneration><ListeDomaines>'
        f"{''.join(parts)}</ListeDomaines></ListeBlancheMSSante>"
    )
    try:
        whitelist = parse_whitelist(xml.encode("utf-8", "replace"))
    except MalformedContent:
        return
    assert all(domain.holders and name == domain.name for name, domain in whitelist.domains.items())


@given(lines)
def test_every_line_of_an_extraction_is_an_entry_or_a_fault(content: list[bytes]) -> None:
    octets = b"\n".join(content)
    extraction = Extraction(io.BytesIO(HEADER + octets))
    entries = sum(1 for _ in extraction)

    assert entries + extraction.faults.count == sum(1 for line in octets.split(b"\n") if line and not line.isspace())


@given(st.binary(max_size=200))
def test_any_first_line_names_the_columns_or_is_refused(header: bytes) -> None:
    try:
        Extraction(io.BytesIO(header))
    except MalformedContent:
        return
    raise AssertionError("the mandatory columns are not guessed")


def _snapshot() -> bytes:
    entries = [
        DirectoryEntry(
            address=MailAddress(f"m{i}", "a.example"), kind=MailboxKind.PERSON, identifier=str(i), name=f"Dr {i}"
        )
        for i in range(30)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot"
        with ContainerWriter(path, ContainerKind.DIRECTORY, DAY) as writer:
            add_entries(writer, entries)
            writer.finish()
            writer.commit()
        return path.read_bytes()


WHOLE = _snapshot()
edit = st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 8), st.binary(max_size=8))


@given(st.lists(edit, min_size=1, max_size=4), st.integers(0, 31))
def test_edited_snapshot_gives_the_right_answer_or_an_error(edits: list[tuple[int, int, bytes]], number: int) -> None:
    octets = WHOLE
    for at, cut, put in edits:
        octets = octets[:at] + put + octets[at + cut :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot"
        path.write_bytes(octets)
        try:
            found = DirectorySnapshot(path).entry(MailAddress(f"m{number}", "a.example"))
        except SnapshotBroken:
            return
    assert (found.name if found else None) == (f"Dr {number}" if number < 30 else None)


json = st.recursive(
    st.none() | st.integers(0, 9) | st.sampled_from(["a@b.example", "APP", "00" * 32, "é"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["version", "entries", "bindings", "address", "kind", "spki_sha256"]), inner),
)


@given(st.binary(max_size=60) | st.fixed_dictionaries({"version": st.just(1), "entries": json, "bindings": json}))
def test_any_local_file_is_read_or_refused(content: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "local.json"
        path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        try:
            LocalEntries.load(path)
        except DirectoryUnavailable:
            return
