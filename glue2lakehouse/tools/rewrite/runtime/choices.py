"""Columns that hold values of several types in Glue."""

from pyspark.sql import DataFrame

from glue2lakehouse.tools.rewrite.runtime.frames import _field


def expect_types(frame: DataFrame, types: dict) -> DataFrame:
    """Return the frame as it is: to project a column of a table to the type that it has leaves nothing to do.

    Raises TypeError where a column has another type than `types` says, which Glue would project; one that is missing is
    passed over, as in Glue.
    """
    for name, kind in types.items():
        field = _field(frame.schema, name)
        if field is not None and field.dataType.simpleString() != kind:
            raise TypeError(
                f"{name} is {field.dataType.simpleString()} in the table, and {kind} in Glue's catalog: make null of what is "
                f"no {kind} with try_cast if the column held both in Glue, or leave it"
            )
    return frame
