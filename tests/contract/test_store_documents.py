"""Filed documents: duplicates, replacements in either order, results, what the patient has seen."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory, DocumentEntry, LabResult, ReferenceRange, ResultValue, ValueKind
from gateway.domain.dossier import ORIGINAL, DocumentFile, FiledDocument, RelatedDocuments
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.glance import Glance
from gateway.domain.mailbox import BlobRef, MessageId, VaultId
from gateway.domain.written_results import WrittenResults, written_results
from gateway.ports.store import Tx
from gateway.store.rows.transaction import SqlTx
from tests.builders.store import NOON, StoreAt, a_number, a_space

POTASSIUM = LabResult(
    label="Potassium",
    value=ResultValue(kind=ValueKind.QUANTITY, text="4,10", number=Decimal("4.10"), unit="mmol/L"),
    code="2823-3",
    ranges=(ReferenceRange(low=Decimal("3.5"), high=Decimal("5.1"), unit="mmol/L", interpretation="N"),),
    interpretation=("N",),
)


def _document(
    unique_id: str = "1.2.3",
    *,
    sha256: bytes = bytes(32),
    replaces: tuple[str, ...] = (),
    set_id: str = "",
    version: int | None = None,
    category: DocumentCategory = DocumentCategory.BIOLOGY,
    dated: datetime = NOON,
    mid: int = 7,
    hidden_from: Audience = Audience.NOBODY,
) -> FiledDocument:
    return FiledDocument(
        id=a_number(),
        mid=MessageId(mid),
        filed_at=NOON,
        dated=dated,
        entry=DocumentEntry(unique_id=unique_id, replaces=replaces, set_id=set_id, version=version, category=category),
        sha256=sha256,
        sender="labo@biologie.example",
        identity_verified=True,
        result_count=1,
        has_alert=False,
        files=(DocumentFile(ORIGINAL, "text/xml", BlobRef(bytes(16)), 1234),),
        hidden_from=hidden_from,
        glance=Glance(
            examinations=("Potassium",),
            outside=("Potassium",),
            outside_count=2,
            flagged=("Recherche de sang",),
            flagged_count=3,
        ),
    )


async def _filed(at: StoreAt, vault: VaultId, *documents: FiledDocument) -> list[bool]:
    return [await _one_filed(at, vault, document) for document in documents]


async def _one_filed(at: StoreAt, vault: VaultId, document: FiledDocument) -> bool:
    return await at.store.write(lambda tx: tx.documents.add(vault, document, written_results([POTASSIUM])))


async def _replaced_by(at: StoreAt, vault: VaultId, *documents: FiledDocument) -> list[int | None]:
    found = {
        document.id: document
        for document in await at.store.read(lambda tx: tx.documents.all_of(vault, Audience.PATIENT))
    }
    return [found[document.id].replaced_by for document in documents]


@pytest.fixture
async def vault(at: StoreAt) -> VaultId:
    """A patient's vault."""
    return (await a_space(at.store)).vault


async def test_document_read_back_is_the_one_that_was_filed(at: StoreAt, vault: VaultId) -> None:
    document = _document()
    assert await _filed(at, vault, document) == [True]
    assert await at.store.read(lambda tx: tx.documents.get(vault, Audience.PATIENT, document.id)) == document


async def test_results_are_kept_exactly(at: StoreAt, vault: VaultId) -> None:
    document = _document()
    await _filed(at, vault, document)
    assert await at.store.read(lambda tx: tx.documents.results(vault, Audience.PATIENT, document.id)) == [POTASSIUM]


@pytest.mark.parametrize("json", [b"", b"{}", b"[1]", b'[{"value": 3}]', b"\xff"])
async def test_results_that_are_none_cost_themselves_only(at: StoreAt, vault: VaultId, json: bytes) -> None:
    document, results = _document(), WrittenResults(json=json, count=1)
    await at.store.write(lambda tx: tx.documents.add(vault, document, results))
    assert await at.store.read(lambda tx: tx.documents.get(vault, Audience.PATIENT, document.id)) == document
    with pytest.raises(SealBroken):
        await at.store.read(lambda tx: tx.documents.results(vault, Audience.PATIENT, document.id))


async def test_document_of_another_vault_is_not_found(at: StoreAt, vault: VaultId) -> None:
    document, other = _document(), (await a_space(at.store)).vault
    await _filed(at, vault, document)
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.documents.get(other, Audience.PATIENT, document.id))
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.documents.results(other, Audience.PATIENT, document.id))


async def test_same_document_is_filed_once(at: StoreAt, vault: VaultId) -> None:
    assert await _filed(at, vault, _document(), _document()) == [True, False]
    assert len(await at.store.read(lambda tx: tx.documents.all_of(vault, Audience.PATIENT))) == 1


async def test_same_document_is_filed_in_each_vault(at: StoreAt, vault: VaultId) -> None:
    other = (await a_space(at.store)).vault
    assert await _filed(at, vault, _document()) + await _filed(at, other, _document()) == [True, True]


async def test_same_identifier_with_other_content_is_another_document(at: StoreAt, vault: VaultId) -> None:
    assert await _filed(at, vault, _document(), _document(sha256=b"\1" * 32)) == [True, True]


@pytest.mark.parametrize("correction_first", [False, True])
async def test_document_named_by_its_correction_is_replaced(
    at: StoreAt, vault: VaultId, correction_first: bool
) -> None:
    first, second = _document("1.2.3"), _document("1.2.4", replaces=("1.2.3",))
    await _filed(at, vault, *((second, first) if correction_first else (first, second)))
    assert await _replaced_by(at, vault, first, second) == [second.id, None]


@pytest.mark.parametrize("correction_first", [False, True])
async def test_lower_version_of_a_set_is_replaced(at: StoreAt, vault: VaultId, correction_first: bool) -> None:
    first, second = _document("1.1", set_id="9", version=1), _document("1.2", set_id="9", version=2)
    await _filed(at, vault, *((second, first) if correction_first else (first, second)))
    assert await _replaced_by(at, vault, first, second) == [second.id, None]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
async def test_only_the_highest_version_stands_in_any_order(
    at: StoreAt, vault: VaultId, order: tuple[int, ...]
) -> None:
    versions = [_document(f"1.{n}", set_id="9", version=n) for n in (1, 2, 3)]
    await _filed(at, vault, *(versions[place] for place in order))
    replaced = await _replaced_by(at, vault, *versions)
    assert replaced[2] is None
    assert None not in replaced[:2]


async def test_same_version_twice_replaces_nothing(at: StoreAt, vault: VaultId) -> None:
    first, second = _document("1.1", set_id="9", version=1), _document("1.2", set_id="9", version=1)
    await _filed(at, vault, first, second)
    assert await _replaced_by(at, vault, first, second) == [None, None]


async def test_version_of_another_set_replaces_nothing(at: StoreAt, vault: VaultId) -> None:
    first, second = _document("1.1", set_id="8", version=1), _document("1.2", set_id="9", version=2)
    await _filed(at, vault, first, second)
    assert await _replaced_by(at, vault, first, second) == [None, None]


async def test_documents_that_replace_each_other_do_not_both_vanish(at: StoreAt, vault: VaultId) -> None:
    first, second = _document("1.1", replaces=("1.2",)), _document("1.2", replaces=("1.1",))
    await _filed(at, vault, first, second)
    assert await _replaced_by(at, vault, first, second) == [second.id, None]


async def test_document_that_replaces_itself_stands(at: StoreAt, vault: VaultId) -> None:
    document = _document("1.1", replaces=("1.1",))
    await _filed(at, vault, document)
    assert await _replaced_by(at, vault, document) == [None]


async def test_documents_are_listed_newest_first_by_category(at: StoreAt, vault: VaultId) -> None:
    old = _document("1", dated=NOON.replace(year=2020))
    new = _document("2")
    image = _document("3", category=DocumentCategory.IMAGING, dated=NOON.replace(year=2024))
    await _filed(at, vault, old, new, image)
    everything, biology = await at.store.read(
        lambda tx: (
            tx.documents.all_of(vault, Audience.PATIENT),
            tx.documents.all_of(vault, Audience.PATIENT, DocumentCategory.BIOLOGY.value, 1),
        )
    )
    assert [document.id for document in everything] == [new.id, image.id, old.id]
    assert [document.id for document in biology] == [new.id]
    assert await at.store.read(lambda tx: tx.documents.counts(vault, Audience.PATIENT)) == {
        "biologie": 2,
        "imagerie": 1,
    }


async def test_documents_of_a_message_are_listed(at: StoreAt, vault: VaultId) -> None:
    mine, other = _document("1", mid=1), _document("2", mid=2)
    await _filed(at, vault, mine, other)
    assert await at.store.read(lambda tx: tx.documents.of_message(vault, Audience.PATIENT, MessageId(1))) == [mine]


async def test_seen_document_is_no_longer_counted(at: StoreAt, vault: VaultId) -> None:
    one, two = _document("1"), _document("2")
    await _filed(at, vault, one, two)
    await at.store.write(lambda tx: tx.documents.mark_seen(vault, one.id))
    assert await at.store.read(lambda tx: tx.documents.unseen(vault, Audience.PATIENT)) == 1
    assert (await at.store.read(lambda tx: tx.documents.get(vault, Audience.PATIENT, one.id))).seen


async def test_withheld_document_cannot_be_counted_as_seen_either(at: StoreAt, vault: VaultId) -> None:
    hidden = _document("2", hidden_from=Audience.PATIENT)
    await _filed(at, vault, hidden, _document("1"))
    await at.store.write(lambda tx: tx.documents.mark_seen(vault, hidden.id))
    assert await at.store.read(lambda tx: tx.documents.unseen(vault, Audience.PATIENT)) == 1


@pytest.mark.parametrize("correction_first", [False, True])
async def test_nobody_replaces_what_somebody_else_has_sent(at: StoreAt, vault: VaultId, correction_first: bool) -> None:
    first = _document("1.2.3", set_id="9.9", version=1)
    other = replace(_document("1.2.4", replaces=("1.2.3",), set_id="9.9", version=2), sender="autre@labo.example")
    await _filed(at, vault, *((other, first) if correction_first else (first, other)))
    assert await _replaced_by(at, vault, first, other) == [None, None]


@pytest.mark.parametrize("correction_first", [False, True])
async def test_another_mailbox_of_the_same_organisation_replaces(
    at: StoreAt, vault: VaultId, correction_first: bool
) -> None:
    first = replace(_document("1.2.3"), issuer="finess:1")
    other = replace(_document("1.2.4", replaces=("1.2.3",)), sender="autre@labo.example", issuer="finess:1")
    await _filed(at, vault, *((other, first) if correction_first else (first, other)))
    assert await _replaced_by(at, vault, first, other) == [other.id, None]


async def test_same_identifier_sent_again_with_other_octets_replaces(at: StoreAt, vault: VaultId) -> None:
    first, second = _document("1.2.3"), _document("1.2.3", sha256=bytes([1] * 32))
    assert await _filed(at, vault, first, second) == [True, True]
    assert await _replaced_by(at, vault, first, second) == [second.id, None]
    third = _document("1.2.3", sha256=bytes([2] * 32))
    await _filed(at, vault, third)
    assert await _replaced_by(at, vault, first, second, third) == [second.id, third.id, None]


async def test_earlier_version_that_comes_late_replaces_nothing(at: StoreAt, vault: VaultId) -> None:
    new, old = _document("1.2.3", version=3), _document("1.2.3", sha256=bytes([1] * 32), version=2)
    await _filed(at, vault, new, old)
    assert await _replaced_by(at, vault, new, old) == [None, new.id]


async def _related(
    at: StoreAt, vault: VaultId, document: FiledDocument, audience: Audience = Audience.PATIENT
) -> RelatedDocuments:
    return await at.store.read(lambda tx: tx.documents.related(vault, audience, document))


@pytest.mark.parametrize("about", [{"unique_id": "1.2.3"}, {"unique_id": "1.2.4", "replaces": ("1.2.3",)}])
@pytest.mark.parametrize("other_first", [False, True])
async def test_what_others_send_about_a_document_stands_and_each_is_told_of_the_other(
    at: StoreAt, vault: VaultId, about: dict[str, Any], other_first: bool
) -> None:
    first = _document("1.2.3")
    other = replace(_document(**about, sha256=bytes([1] * 32)), sender="autre@labo.example")
    await _filed(at, vault, *((other, first) if other_first else (first, other)))
    assert await _replaced_by(at, vault, first, other) == [None, None]
    assert await _related(at, vault, first) == RelatedDocuments((), (other.id,))
    assert await _related(at, vault, other) == RelatedDocuments((), (first.id,))


async def test_related_documents_are_those_that_the_reader_may_see(at: StoreAt, vault: VaultId) -> None:
    first = _document("1.2.3")
    other = replace(_document("1.2.3", sha256=bytes([1] * 32), hidden_from=Audience.PATIENT), sender="x@labo.example")
    await _filed(at, vault, first, other)
    assert await _related(at, vault, first) == RelatedDocuments()
    assert await _related(at, vault, first, Audience.PROFESSIONALS) == RelatedDocuments((), (other.id,))


async def test_document_knows_which_it_replaces(at: StoreAt, vault: VaultId) -> None:
    old, new, plain = _document("1"), _document("2", replaces=("1",)), _document("3")
    await _filed(at, vault, old, new, plain)
    assert await _related(at, vault, new) == RelatedDocuments((old.id,), ())
    assert await _related(at, vault, old) == await _related(at, vault, plain) == RelatedDocuments()


READERS = [Audience.PATIENT, Audience.REPRESENTATIVES, Audience.PROFESSIONALS, Audience.NOBODY]


@pytest.mark.parametrize("hidden_from", [*READERS, Audience.PATIENT | Audience.REPRESENTATIVES])
@pytest.mark.parametrize("audience", [*READERS, Audience.PATIENT | Audience.REPRESENTATIVES])
async def test_no_question_answers_with_what_is_withheld_from_who_asks(
    at: StoreAt, hidden_from: Audience, audience: Audience
) -> None:
    vault = (await a_space(at.store)).vault
    document = _document(hidden_from=hidden_from)
    await _filed(at, vault, document)

    def asked(tx: Tx) -> list[bool]:
        documents, number = tx.documents, document.id
        return [
            documents.all_of(vault, audience) == [document],
            documents.all_of(vault, audience, DocumentCategory.BIOLOGY.value) == [document],
            documents.of_message(vault, audience, MessageId(7)) == [document],
            documents.counts(vault, audience) == {"biologie": 1},
            documents.unseen(vault, audience) == 1,
            _found(lambda: documents.get(vault, audience, number)),
            _found(lambda: documents.results(vault, audience, number)),
        ]

    assert await at.store.read(asked) == [not hidden_from & audience] * 7


def _found(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except NotFound:
        return False
    return True


async def test_same_document_filed_again_is_withheld_as_it_was(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    await _filed(at, vault, _document(hidden_from=Audience.REPRESENTATIVES))
    again, other = _document(), _document("other")
    assert await at.store.read(lambda tx: tx.documents.withheld_from(vault, again)) == Audience.REPRESENTATIVES
    assert await at.store.read(lambda tx: tx.documents.withheld_from(vault, other)) == Audience.NOBODY


async def test_revision_changes_with_what_is_shown_and_with_nothing_else(at: StoreAt, vault: VaultId) -> None:
    async def revision(audience: Audience = Audience.PATIENT) -> int:
        return await at.store.read(lambda tx: tx.documents.revision(vault, audience))

    found = [await revision()]
    one, two = _document("1", version=1, set_id="s"), _document("2", hidden_from=Audience.PATIENT)
    await _filed(at, vault, one)
    found.append(await revision())
    await _filed(at, vault, two)
    assert await revision() == found[-1]
    await at.store.write(lambda tx: tx.documents.mark_seen(vault, one.id))
    found.append(await revision())
    await _filed(at, vault, _document("3", version=2, set_id="s", hidden_from=Audience.PATIENT))
    found.append(await revision())
    await at.store.write(lambda tx: tx.documents.withhold(vault, one.id, Audience.PATIENT))
    found.append(await revision())
    await at.store.write(lambda tx: tx.documents.withhold(vault, two.id, Audience.REPRESENTATIVES))
    found.append(await revision())
    assert (len(set(found)), found[0], found[4]) == (5, 0, 0)
    assert await revision(Audience.REPRESENTATIVES) != found[-1]


async def test_counts_are_those_of_the_list_whatever_was_done_and_in_a_head_of_before_there_were_counts(
    at: StoreAt, vault: VaultId
) -> None:
    kinds = (DocumentCategory.BIOLOGY, DocumentCategory.IMAGING, DocumentCategory.BIOLOGY, DocumentCategory.OTHER)
    kept = [_document(f"1.2.{number}", category=kind) for number, kind in enumerate(kinds)]
    patient = Audience.PATIENT

    async def agree(expected: int) -> None:
        listed = await at.store.read(lambda tx: tx.documents.all_of(vault, patient))
        assert await at.store.read(lambda tx: tx.documents.counts(vault, patient)) == Counter(
            document.entry.category.value for document in listed
        )
        assert len(listed) == expected

    def as_before(tx: Tx) -> None:
        assert isinstance(tx, SqlTx)
        head = tx.coded.head(vault)
        head.tallies.clear()
        head.is_changed = True

    await _filed(at, vault, *kept)
    await agree(4)
    changes: tuple[tuple[Callable[[Tx], object], int], ...] = (
        (lambda tx: tx.documents.withhold(vault, kept[0].id, patient), 3),
        (lambda tx: tx.documents.take_away(vault, kept[1].id), 2),
        (lambda tx: tx.documents.withhold(vault, kept[0].id, Audience.PROFESSIONALS), 3),
        (lambda tx: tx.documents.take_away(vault, kept[3].id), 2),
    )
    for change, expected in changes:
        await at.store.write(change)
        await agree(expected)
        await at.store.write(as_before)
        await agree(expected)
