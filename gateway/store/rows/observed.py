"""What pages of examinations read of documents: a sealed row each, made again from its results where it is missing.

The rows decide nothing: the documents beside them say who may see them, and those that were replaced are left out.
"""

from sqlalchemy import LargeBinary, cast, delete, select

from gateway.domain.access import Audience
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.observed_documents import ObservedDocument
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import DOCUMENT as CODED_DOCUMENT
from gateway.store.seal.packed_records import packed, unpacked
from gateway.store.seal.sealer import RecordKind, Sealer

_O, _D = schema.observed, schema.document
_AT = {name: place for place, name in enumerate(CODED_DOCUMENT.columns)}
_KEPT = 64
_vault = parameter("vault")
_add = insert(_O)
_ADD = _add.on_conflict_do_update(
    index_elements=[_O.c.vault, _O.c.document], set_={"record": _add.excluded.record}
)
_STANDING = select(*CODED_DOCUMENT.selected()).where(
    _D.c.vault == _vault, _D.c.hidden_from.bitwise_and(parameter("audience")) == 0, _D.c.replaced_by.is_(None)
)
_DROP = delete(_O).where(_O.c.vault == _vault, _O.c.document == parameter("document"))
_ALL = select(_O.c.document, cast(_O.c.record, LargeBinary)).where(_O.c.vault == _vault)


class ObservedRows:
    """Implements `gateway.ports.observed.Observed`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded
        self._known: dict[tuple[VaultId, Audience], tuple[tuple[int, int], dict[int, int]]] = {}

    def add(self, vault: VaultId, document: FiledDocument, lines: bytes) -> None:
        """Keep the lines of a document, or keep them again."""
        effective = document.entry.effective_time
        record = packed(
            RecordKind.OBSERVED,
            document.entry.place.encode(),
            effective.text.encode() if effective else b"",
            lines,
        )
        sealed = self._sealer.seal(vault, RecordKind.OBSERVED, document.id, record)
        self._runner.run(_ADD, vault=vault, document=document.id, record=sealed)

    def forget(self, vault: VaultId, document: int) -> None:
        """Drop the lines of a document that is no more."""
        self._runner.run(_DROP, vault=vault, document=document)

    def all_of(self, vault: VaultId, audience: Audience) -> tuple[list[ObservedDocument], list[int]]:
        """Give the lines of all documents that stand, and the numbers of those that have none yet."""
        standing = self._standing(vault, audience)
        found, opened = [], self._sealer.opener(vault, RecordKind.OBSERVED)
        missing, places = dict.fromkeys(standing), dict[bytes, str]()
        for number, sealed in self._runner.rows(_ALL, vault=vault):
            if number not in standing:
                continue
            try:
                place, effective, lines = unpacked(opened(number, sealed), 3)
            except SealBroken:
                continue  # made again from its results
            del missing[number]
            if lines:
                name = places.get(place)
                if name is None:
                    name = places[place] = place.decode("utf-8", "replace")
                found.append(
                    ObservedDocument(
                        number=number,
                        filed_at=standing[number],
                        place=name,
                        effective=effective.decode("ascii", "replace"),
                        written=lines,
                    )
                )
        return found, list(missing)

    def _standing(self, vault: VaultId, audience: Audience) -> dict[int, int]:
        """Give the documents that stand for these readers, and when each was filed.

        Their rows are long, and each is checked: that is done once for each state of the vault's head, which moves
        with every document.
        """
        state, known = self._coded.head(vault).sum_of(CODED_DOCUMENT), self._known.get((vault, audience))
        if known is None or known[0] != state:
            rows = self._runner.rows(_STANDING, vault=vault, audience=audience.value)
            whole = self._coded.sound(CODED_DOCUMENT, rows)
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[vault, audience] = state, {row[_AT["document"]]: row[_AT["filed_at"]] for row in whole}
        return known[1]
