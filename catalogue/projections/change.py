"""Changes to the rows of projections, gathered in memory so that a batch is one statement a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A table of a projection.

    Attributes:
        name: Its name in the schema ``catalogue``.
        key: The columns of its primary key.
        columns: Its other columns.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    @cached_property
    def statement(self) -> str:
        """The statement that applies changes: a new row holds what is given, another keeps the rest.

        Its one argument is an array of objects with ``set``: the columns that change; and ``unknown``: the
        columns that change only where nothing is known yet.
        """
        key = ", ".join(self.key)
        columns = ", ".join(self.columns)
        excluded = ", ".join(f"EXCLUDED.{column}" for column in self.columns)
        same = " AND ".join(f"before.{column} = (given.set ->> '{column}')::{_TYPES.get(column, 'text')}"
                            for column in self.key)  # fmt: skip
        # Made from the names in this module, never from values.
        return f"""
            INSERT INTO catalogue.{self.name}
            SELECT after.*
            FROM jsonb_to_recordset($1::jsonb) AS given (set jsonb, unknown jsonb)
            LEFT JOIN catalogue.{self.name} AS before ON {same}
            CROSS JOIN LATERAL jsonb_populate_record(
                before,
                CASE WHEN given.unknown IS NULL THEN given.set ELSE given.set || coalesce(
                    (SELECT jsonb_object_agg(column_name, value)
                     FROM jsonb_each(given.unknown) AS unknown (column_name, value)
                     WHERE to_jsonb(before) ->> column_name IS NULL), '{{}}') END
            ) AS after
            ON CONFLICT ({key}) DO UPDATE SET ({columns}) = ROW ({excluded})
        """  # noqa: S608 - see above

    @cached_property
    def emptying(self) -> str:
        """The statement that deletes every row, so that readers keep seeing them until it is committed."""
        return f"DELETE FROM catalogue.{self.name}"  # noqa: S608 - see above


_TYPES = {"sequence": "integer", "version": "integer", "number": "integer"}


@dataclass
class Row:
    """What changes in one row.

    Attributes:
        changes: The columns that change.
        unknown: The columns that change only where nothing is known yet.
    """

    changes: dict[str, Any] = field(default_factory=dict)
    unknown: dict[str, Any] = field(default_factory=dict)

    def set(self, values: Mapping[str, Any]) -> None:
        """Change columns, whatever they hold."""
        self.changes.update(values)
        for column in values:
            self.unknown.pop(column, None)

    def set_unknown(self, values: Mapping[str, Any]) -> None:
        """Change those of the columns that hold nothing."""
        for column, value in values.items():
            if column not in self.changes:
                self.unknown.setdefault(column, value)
            elif self.changes[column] is None:
                self.changes[column] = value


class Changes:
    """The changes of some events, in the order of the events; later ones prevail."""

    def __init__(self) -> None:
        self._tables: dict[Table, dict[Key, Row]] = {}

    def row(self, table: Table, *key: Any) -> Row:
        """The changes to the row of this key."""
        rows = self._tables.setdefault(table, {})
        if key not in rows:
            rows[key] = Row(changes=dict(zip(table.key, key, strict=True)))
        return rows[key]

    def set(self, table: Table, *key: Any, **values: Any) -> None:
        """Change columns of the row of this key."""
        self.row(table, *key).set(values)

    def batches(self) -> tuple[tuple[Table, list[dict[str, Any]]], ...]:
        """Each table with its changes, as its statement takes them."""
        return tuple(
            (table, [_argument(row) for row in rows.values()]) for table, rows in self._tables.items()
        )


def _argument(row: Row) -> dict[str, Any]:
    return {"set": row.changes, "unknown": row.unknown} if row.unknown else {"set": row.changes}
