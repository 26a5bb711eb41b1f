"""How a room says where its sealed values lie, so that they can be sealed anew."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    Update,
    and_,
    bindparam,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy import func as sql

from app.database import Row
from app.vault.envelope import Place

# The types of a row's columns are those of its table.
Cells = Mapping[str, Any]


class Whereabouts(NamedTuple):
    """The columns that make a place: `row` together its row's id, `field` may be told by a row."""

    record: str
    field: str | Column[Any]
    row: tuple[Column[Any], ...]
    revision: Column[Any] | None = None


class SealedColumn:
    """One column of envelopes, with what is needed to tell each one's place.

    `twin` is a column that holds copies of the same envelopes. `in_journal`: whoever seals it anew
    locks the journal first.
    """

    def __init__(
        self,
        column: Column[Any],
        where: Whereabouts,
        *,
        twin: "SealedColumn | None" = None,
        in_journal: bool = False,
    ) -> None:
        """`where` are columns of the same table."""
        self.column = column
        self.where = where
        self.twin = twin
        self.in_journal = in_journal
        self._table = column.table
        self._key = tuple(column.table.primary_key.columns)
        told = [each for each in (where.field, where.revision) if isinstance(each, Column)]
        self._columns = tuple(dict.fromkeys((*self._key, *where.row, *told, column)))

    @property
    def name(self) -> str:
        """Table and column."""
        return str(self.column)

    @property
    def has_account(self) -> bool:
        """Whether its rows belong to accounts."""
        return "account_id" in self._table.c

    def cells(self, row: Row) -> Cells:
        """A row of the statements below, by column."""
        return dict(zip((each.name for each in self._columns), row, strict=True))

    def place(self, cells: Cells) -> Place:
        """Where the envelope of a row belongs."""
        record, field, row, revision = self.where
        return Place(
            record,
            field if isinstance(field, str) else cells[field.name],
            cells["account_id"] if self.has_account else None,
            "/".join(str(cells[each.name]) for each in row),
            0 if revision is None else cells[revision.name],
        )

    def sealed(self, cells: Cells) -> bytes:
        """The envelope."""
        return bytes(cells[self.column.name])

    def key(self, cells: Cells) -> dict[str, object]:
        """What `after` and `replace` find the row by."""
        return {f"of_{each.name}": cells[each.name] for each in self._key}

    def twin_key(self, twin: "SealedColumn", cells: Cells) -> dict[str, object]:
        """What the twin's `replace` finds the copy of a row by."""
        theirs = (*twin.where.row, twin.where.revision)
        own = (*self.where.row, self.where.revision)
        found = {
            f"of_{their.name}": cells[mine.name]
            for their, mine in zip(theirs, own, strict=True)
            if their is not None and mine is not None
        }
        return {"of_account_id": cells["account_id"], **found}

    @cached_property
    def number(self) -> Any:
        """The four bytes of the envelope that name the key, or the version of the patient's."""
        # Literals, for PostgreSQL would not know two bound numbers to be the same when it groups.
        first, length = literal_column("2", Integer), literal_column("4", Integer)
        return sql.substr(self.column, first, length, type_=LargeBinary)

    @cached_property
    def others(self) -> Select[Any]:
        """A page of rows that a key other than `:number` sealed."""
        found = select(*self._columns).where(
            self.column.is_not(None), self.number != bindparam("number", type_=LargeBinary)
        )
        return found.order_by(*self._key).limit(bindparam("most"))

    @cached_property
    def others_after(self) -> Select[Any]:
        """The page after the row whose key is bound."""
        return self.others.where(self._is_later)

    @cached_property
    def others_of_account(self) -> Select[Any]:
        """The same for one `:account`."""
        return self.others.where(self._table.c.account_id == bindparam("account"))

    @cached_property
    def others_of_account_after(self) -> Select[Any]:
        """The page after the row whose key is bound, of one `:account`."""
        return self.others_of_account.where(self._is_later)

    @property
    def _is_later(self) -> ColumnElement[bool]:
        bound = (bindparam(f"of_{each.name}", type_=each.type) for each in self._key)
        later: ColumnElement[bool] = tuple_(*self._key) > tuple_(*bound)
        return later

    @cached_property
    def counts(self) -> Select[Any]:
        """(number, rows) over all rows."""
        counted = select(self.number, sql.count()).where(self.column.is_not(None))
        return counted.group_by(self.number)

    @cached_property
    def counts_of_accounts(self) -> Select[Any]:
        """(account, number, rows) of the accounts `:first` … `:last`."""
        account = self._table.c.account_id
        counted = select(account, self.number, sql.count()).where(
            self.column.is_not(None), account >= bindparam("first"), account <= bindparam("last")
        )
        return counted.group_by(account, self.number)

    @cached_property
    def one_of_account(self) -> Select[Any]:
        """One row of an `:account` that version `:number` sealed."""
        return (
            select(*self._columns)
            .where(
                self._table.c.account_id == bindparam("account"),
                self.number == bindparam("number", type_=LargeBinary),
            )
            .limit(1)
        )

    @cached_property
    def replace(self) -> Update:
        """Put one envelope in place of another, unless the row has changed or gone."""
        found = [each == bindparam(f"of_{each.name}") for each in self._key]
        return (
            update(self._table)
            .where(and_(*found), self.column == bindparam("old"))
            .values({self.column: bindparam("new")})
        )


def number_bytes(number: int) -> bytes:
    """A key's number as envelopes carry it."""
    return number.to_bytes(4, "big")
