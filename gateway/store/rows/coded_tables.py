"""Which tables have coded rows, and which of their columns the code covers (`gateway.store.rows.coded_rows`)."""

from dataclasses import dataclass, field

# Any: a row has columns of several types.
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, cast, select

from gateway.store import schema

_H = schema.vault_head


def _as_declared(column: "Column[Any]") -> ColumnElement[Any]:
    # As octets, whatever stands there: SQLite keeps a text where octets belong, and its driver reads no bad one.
    return cast(column, LargeBinary).label(column.name) if isinstance(column.type, LargeBinary) else column


@dataclass(frozen=True, kw_only=True)
class CodedTable:
    """One table of coded rows.

    Attributes:
        mark: what its rows are listed under in a head; for good.
        columns: what the code covers, `version` last; for good, within one form.
        key: the column that names a row within its vault; None when there is one row a vault.
        summed: whether its rows are counted and added up, and listed only once they have changed.
        tallied: columns by which its rows are counted in the head, for lists; none for most.
        width: how many columns the code covers; the code follows them in what is selected.
    """

    table: Table
    mark: bytes
    columns: tuple[str, ...]
    key: str | None = None
    summed: bool = False
    tallied: tuple[str, ...] = ()
    vault_at: int = field(init=False)
    key_at: int | None = field(init=False)
    width: int = field(init=False)

    def __post_init__(self) -> None:
        """Find the places of what every check needs."""
        object.__setattr__(self, "vault_at", self.columns.index("vault"))
        object.__setattr__(self, "key_at", None if self.key is None else self.columns.index(self.key))
        object.__setattr__(self, "width", len(self.columns))

    def selected(self, *more: str) -> list[ColumnElement[Any]]:
        """Give the columns to select: those that the code covers, the code, and more."""
        return [_as_declared(self.table.c[name]) for name in (*self.columns, "code", *more)]

    def selected_with_head(self) -> list[ColumnElement[Any]]:
        """Give the columns to select of one row, its vault's head last: one statement instead of two."""
        return [*self.selected(), self.head()]

    def head(self) -> ColumnElement[Any]:
        """Give what selects the head of a row's vault, which must come last."""
        head = select(_H.c.record).where(_H.c.vault == self.table.c.vault).scalar_subquery()
        return cast(head, LargeBinary).label("head")

    def listed(self, key: object) -> bytes:
        """Give what a row is listed under."""
        if isinstance(key, int):
            return self.mark + key.to_bytes(8, "big", signed=key < 0)
        if isinstance(key, str):
            return self.mark + key.encode()
        return self.mark + (key[:16] if isinstance(key, bytes) else b"")


VAULT = CodedTable(table=schema.vault, mark=b"v", columns=("vault", "kind", "record", "created", "version"))
FOLDER = CodedTable(
    table=schema.folder,
    mark=b"f",
    columns=("vault", "folder", "special_use", "name", "uid_validity", "subscribed", "version"),
    key="folder",
)
ADDRESS = CodedTable(table=schema.address, mark=b"a", columns=("digest", "vault", "kind", "version"), key="digest")
SPACE = CodedTable(table=schema.space, mark=b"s", columns=("vault", "state", "record", "version"))
ACCOUNT = CodedTable(
    table=schema.account, mark=b"l", columns=("digest", "vault", "kind", "secret", "version"), key="digest"
)
CODE = CodedTable(
    table=schema.code,
    mark=b"c",
    columns=("vault", "purpose", "digest", "issued", "expires", "tries_left", "version"),
    key="purpose",
)
SESSION = CodedTable(
    table=schema.session,
    mark=b"t",
    columns=("digest", "vault", "kind", "created", "used", "expires", "version"),
    key="digest",
)
PASSKEY = CodedTable(
    table=schema.passkey, mark=b"k", columns=("digest", "vault", "record", "version"), key="digest"
)
EXCHANGE = CodedTable(
    table=schema.exchange,
    mark=b"x",
    columns=("vault", "correspondent", "state", "record", "version"),
    key="correspondent",
)
DOCUMENT = CodedTable(
    table=schema.document,
    mark=b"d",
    columns=(
        "vault",
        "document",
        "mid",
        "category",
        "filed_at",
        "dated",
        "hidden_from",
        "identity",
        "unique_digest",
        "set_digest",
        "replaced_by",
        "version",
    ),
    key="document",
    summed=True,
    tallied=("category", "hidden_from"),
)
PROFILE = CodedTable(
    table=schema.profile_entry,
    mark=b"p",
    columns=("vault", "section", "entry", "revision", "record", "version"),
    key="entry",
    summed=True,
)
MEASURE = CodedTable(
    table=schema.measure,
    mark=b"m",
    columns=("vault", "measure", "series", "measured", "record", "version"),
    key="measure",
    summed=True,
)
CARE_ACT = CodedTable(
    table=schema.care_act,
    mark=b"h",
    columns=("vault", "act", "series", "day", "record", "version"),
    key="act",
    summed=True,
)
MANDATE = CodedTable(
    table=schema.mandate, mark=b"r", columns=("vault", "mandate", "record", "version"), key="mandate"
)
PATIENT_CHOICE = CodedTable(table=schema.patient_choice, mark=b"b", columns=("vault", "record", "version"))
WITHHELD_MESSAGE = CodedTable(
    table=schema.withheld_message, mark=b"w", columns=("vault", "mid", "version"), key="mid"
)
ACCESS_CODE = CodedTable(
    table=schema.access_code, mark=b"o", columns=("vault", "number", "record", "version"), key="number"
)
RECORD_OPENING = CodedTable(
    table=schema.record_opening, mark=b"n", columns=("vault", "opening", "record", "version"), key="opening"
)
RECORD_READING = CodedTable(
    table=schema.record_reading,
    mark=b"q",
    columns=("vault", "day", "person", "record", "version"),
    key="person",
    summed=True,
)
READER_STATE = CodedTable(table=schema.reader_state, mark=b"u", columns=("vault", "record", "version"))
AGENT = CodedTable(table=schema.agent, mark=b"g", columns=("vault", "agent", "record", "version"), key="agent")
CODED = (
    VAULT, FOLDER, ADDRESS, SPACE, ACCOUNT, CODE, SESSION, PASSKEY, EXCHANGE, DOCUMENT, PROFILE, MEASURE, CARE_ACT,
    MANDATE, PATIENT_CHOICE, WITHHELD_MESSAGE, ACCESS_CODE, RECORD_OPENING, RECORD_READING, READER_STATE,
    AGENT,
)  # fmt: skip
"""Every table whose rows decide something."""
