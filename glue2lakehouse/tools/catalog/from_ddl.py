"""Tables of DDL files in the words of a catalog."""

from glue2lakehouse.tools.catalog.glue_shapes import statistics_of
from glue2lakehouse.tools.catalog.model import Column, Statistics, Table
from glue2lakehouse.tools.ddl import Column as DdlColumn
from glue2lakehouse.tools.ddl import TableDefinition


def table_of_ddl(definition: TableDefinition) -> Table:
    """Return a DDL definition as a catalog table; types as the file spells them where it was kept."""
    keys = {key.name.lower() for key in definition.partition_keys}
    plain = (column for column in definition.columns if column.name.lower() not in keys)
    return Table(
        database=definition.database,
        name=definition.name,
        table_kind="external" if definition.external else "managed",
        columns=tuple(_column(column) for column in plain),
        partition_keys=tuple(_column(column) for column in definition.partition_keys),
        columns_known=bool(definition.all_columns) and definition.settled,
        location=definition.location,
        format=definition.format.lower(),
        serde=definition.serde,
        comment=definition.comment,
        properties=definition.properties,
        statistics=statistics_of(definition.properties) if definition.properties else Statistics(),
    )


def _column(column: DdlColumn) -> Column:
    return Column(name=column.name, type=column.type, nullable=column.nullable, comment=column.comment)
