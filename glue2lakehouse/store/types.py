"""The SQL types of the tables, and what they are in Arrow. Delta's own names: https://docs.delta.io (table schemas)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AwareDatetime, BeforeValidator

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Sql:
    """The SQL type of a column, as it stands in the DDL."""

    type: str


def _money(digits: int) -> BeforeValidator:
    """Round to the digits that the column keeps; a float goes through its shortest text, so 0.1 stays 0.1."""

    def rounded(value: Any) -> Any:
        if value is None or value == "":
            return None
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)

    return BeforeValidator(rounded)


Text = Annotated[str | None, Sql("STRING")]
Key = Annotated[str, Sql("STRING")]
Int = Annotated[int | None, Sql("INT")]
Count = Annotated[int | None, Sql("BIGINT")]
Number = Annotated[float | None, Sql("DOUBLE")]
Flag = Annotated[bool | None, Sql("BOOLEAN")]
Time = Annotated[AwareDatetime | None, Sql("TIMESTAMP")]
Texts = Annotated[tuple[str, ...] | None, Sql("ARRAY<STRING>")]
Cents = Annotated[Decimal | None, Sql("DECIMAL(10,2)"), _money(2)]
Cost = Annotated[Decimal | None, Sql("DECIMAL(10,4)"), _money(4)]


@dataclass(frozen=True)
class Column:
    """One column as a migration writes it down."""

    name: str
    type: str
    required: bool = False

    def ddl(self) -> str:
        """Return the column as a line of CREATE TABLE."""
        return f"`{self.name}` {self.type}{' NOT NULL' if self.required else ''}"


def columns_of(text: str) -> tuple[Column, ...]:
    """Read columns written one a line, `name TYPE [NOT NULL]`."""
    found: list[Column] = []
    for line in text.strip().splitlines():
        name, _, rest = line.strip().partition(" ")
        found.append(Column(name, rest.removesuffix(" NOT NULL").strip(), rest.endswith(" NOT NULL")))
    return tuple(found)


def arrow_type(sql: str) -> "pa.DataType":
    """Return the Arrow type of one of the SQL types above."""
    import pyarrow as pa

    simple = {
        "STRING": pa.string(),
        "INT": pa.int32(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "TIMESTAMP": pa.timestamp("us", "UTC"),
        "DECIMAL(10,2)": pa.decimal128(10, 2),
        "DECIMAL(10,4)": pa.decimal128(10, 4),
        "ARRAY<STRING>": pa.list_(pa.string()),
        "MAP<STRING, STRING>": pa.map_(pa.string(), pa.string()),
        "ARRAY<STRUCT<name: STRING, type: STRING, nullable: BOOLEAN>>": pa.list_(
            pa.struct([("name", pa.string()), ("type", pa.string()), ("nullable", pa.bool_())])
        ),
    }
    return simple[sql]


def arrow_schema(columns: tuple[Column, ...]) -> "pa.Schema":
    """Return the Arrow schema of a table."""
    import pyarrow as pa

    return pa.schema([pa.field(column.name, arrow_type(column.type), not column.required) for column in columns])


def plain(value: Any) -> Any:
    """Return a value read from a table in the form that the row models take."""
    return value.isoformat() if isinstance(value, datetime) and value.tzinfo is None else value
