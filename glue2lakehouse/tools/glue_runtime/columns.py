"""`awsglue.functions` and `awsglue.dataframe_transforms`: what Glue offers on plain DataFrames."""

from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.field_operations import apply_mapping, parse_mappings
from glue2lakehouse.tools.glue_runtime.spark_bridge import from_data_frame, to_data_frame

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def replaceArrayElement(srcCol: Any, replaceCol: Any, idx: int) -> "Column":
    """Return the array with one element replaced."""
    from pyspark.sql import functions as F

    at = idx if assume("array_index_base") == "zero" else idx - 1
    new = replaceCol if not isinstance(replaceCol, str) else F.col(replaceCol)
    return F.transform(srcCol, lambda item, index: F.when(index == at, new).otherwise(item))


def namedStruct(*cols: Any) -> "Column":
    """Return a struct of the columns."""
    from pyspark.sql import functions as F

    return F.struct(*cols)


def explodeWithIndex(col: Any) -> "Column":
    """Explode into `index` and `val`."""
    from pyspark.sql import functions as F

    return F.posexplode(col).alias("index", "val")


class ApplyMapping:
    """ApplyMapping for DataFrames."""

    @staticmethod
    def apply(frame: "DataFrame", mappings: Any) -> "DataFrame":
        """Keep, rename, cast and nest the mapped columns."""
        mapped: Batch = apply_mapping(from_data_frame(frame), parse_mappings(mappings), False)
        return to_data_frame(frame.sparkSession, mapped)
