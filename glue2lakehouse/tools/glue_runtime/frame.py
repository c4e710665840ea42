"""`awsglue.dynamicframe.DynamicFrame`: lazy, self-describing records. Methods only name their operation."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime import choices, field_operations, flattening, gluetypes, joining
from glue2lakehouse.tools.glue_runtime import record_functions as functions
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.collection import DynamicFrameCollection
from glue2lakehouse.tools.glue_runtime.field_paths import parse_path, path_list
from glue2lakehouse.tools.glue_runtime.formats.json_text import read_json
from glue2lakehouse.tools.glue_runtime.records import Cell, from_python, ghost_of
from glue2lakehouse.tools.glue_runtime.refusals import LibraryError
from glue2lakehouse.tools.glue_runtime.spark_bridge import from_data_frame, json_ready, to_data_frame
from glue2lakehouse.tools.glue_runtime.type_names import parse_type, tree
from glue2lakehouse.tools.glue_runtime.unboxing import unbox

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

STREAM_COLUMNS = ("$json$data_infer_schema$_temporary$", "$json$data_infer_schema$.temporary$")
Compute = Callable[[], Batch]


class ResolveOption:
    """How `toDF` shows the choice at a path: KeepAsStruct, or Project to a type."""

    def __init__(self, path: str, action: str, target: Any = None) -> None:
        self.path = path
        self.action = action
        self.target = target


class DynamicFrame:
    """Records with choice types and errors beside them; evaluated when something asks for its content."""

    glue_ctx: Any

    def __init__(self, jdf: Compute, glue_ctx: Any, name: str = "") -> None:
        self._compute = jdf
        self._batch: Batch | None = None
        self.glue_ctx = glue_ctx
        self.name = name
        self._partitions = 1

    def batch(self) -> Batch:
        """Evaluate once, and return records and errors."""
        if self._batch is None:
            self._batch = self._compute()
        return self._batch

    def _next(
        self, operation: Callable[[Batch], Batch], stage: int = 0, total: int = 0, name: str | None = None
    ) -> "DynamicFrame":
        def compute() -> Batch:
            result = operation(self.batch())
            result.check(stage, total)
            return result

        return DynamicFrame(compute, self.glue_ctx, self.name if name is None else name)

    def with_frame_schema(self, schema: gluetypes.StructType) -> "DynamicFrame":
        """Attach a schema; fields that no record has then exist too."""
        return self._next(lambda batch: Batch(batch.records, ghost_of(schema).value, batch.errors))

    def schema(self) -> gluetypes.StructType:
        """Return the schema that all records together have."""
        return self.batch().schema()

    def show(self, num_rows: int = 20) -> None:
        """Print records as JSON, one a line."""
        for record in self.batch().records[:num_rows]:
            print(json.dumps(json_ready(record)))

    def printSchema(self) -> None:
        """Print the schema's tree."""
        print(tree(self.schema()))

    def filter(self, f: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Keep the records for which f is true."""
        sent = functions.shipped(f)
        return self._next(lambda batch: functions.filter_records(batch, sent), stageThreshold, totalThreshold)

    def map(self, f: Any, preservesPartitioning: bool = False, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Replace each record by f(record)."""
        sent = functions.shipped(f)
        return self._next(lambda batch: functions.map_records(batch, sent), stageThreshold, totalThreshold)

    def mapPartitions(self, f: Any, preservesPartitioning: bool = True, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Give f an iterator of wrapper dicts."""
        sent = functions.shipped(f)
        return self._next(lambda batch: functions.map_partition(batch, sent), stageThreshold, totalThreshold)

    def mapPartitionsWithIndex(self, f: Any, preservesPartitioning: bool = False, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Give f the partition's index (one partition: 0) and an iterator of wrapper dicts."""
        sent = functions.shipped(f)
        return self._next(
            lambda batch: functions.map_partition(batch, lambda items: sent(0, items)), stageThreshold, totalThreshold
        )

    def toDF(self, options: list[ResolveOption] | None = None) -> "DataFrame":
        """Return a DataFrame; a choice becomes a struct with one member per type."""
        batch = self.batch()
        for option in options or []:
            self.glue_ctx.convert_resolve_option(option.path, option.action, option.target)
            action = "make_struct" if option.action == "KeepAsStruct" else f"project:{_type_text(option.target)}"
            batch = choices.resolve_path(batch, parse_path(option.path), action)
        return to_data_frame(self.glue_ctx.spark_session, batch)

    @classmethod
    def fromDF(cls, dataframe: "DataFrame", glue_ctx: Any, name: str = "") -> "DynamicFrame":
        """Take a DataFrame's rows; a stream's inference column is parsed as JSON instead."""
        if list(dataframe.columns)[:1] in ([column] for column in STREAM_COLUMNS):
            return cls(lambda: _parsed_stream(dataframe), glue_ctx, name)
        return cls(lambda: from_data_frame(dataframe), glue_ctx, name)

    def unbox(self, path: str, format: str, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0, **options: Any) -> "DynamicFrame":  # fmt: skip
        """Parse a text field in place."""
        given = {**options.pop("options", {}), **options}
        return self._next(lambda batch: unbox(batch, parse_path(path), format, given), stageThreshold, totalThreshold)

    def drop_fields(self, paths: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Remove fields."""
        return self._next(
            lambda batch: field_operations.drop_fields(batch, path_list(paths)), stageThreshold, totalThreshold
        )

    def select_fields(self, paths: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Keep the listed fields."""
        return self._next(
            lambda batch: field_operations.select_fields(batch, path_list(paths)), stageThreshold, totalThreshold
        )

    def split_fields(self, paths: Any, name1: str, name2: str, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> DynamicFrameCollection:  # fmt: skip
        """Return {name1: the listed fields, name2: the rest}."""
        chosen = path_list(paths)
        first = self._next(
            lambda batch: field_operations.select_fields(batch, chosen), stageThreshold, totalThreshold, name1
        )
        rest = self._next(
            lambda batch: field_operations.drop_fields(batch, chosen), stageThreshold, totalThreshold, name2
        )
        return DynamicFrameCollection({name1: first, name2: rest}, self.glue_ctx)

    def split_rows(self, comparison_dict: dict[str, Any], name1: str, name2: str, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> DynamicFrameCollection:  # fmt: skip
        """Return {name1: rows for which all comparisons hold, name2: the rest}."""
        frames = {
            name: self._next(
                lambda batch, at=at: joining.split_rows(batch, comparison_dict)[at],  # type: ignore[misc]
                stageThreshold,
                totalThreshold,
                name,
            )
            for at, name in enumerate((name1, name2))
        }
        return DynamicFrameCollection(frames, self.glue_ctx)

    def rename_field(self, oldName: str, newName: str, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Rename a field by full path."""
        old, new = parse_path(oldName), parse_path(newName)
        return self._next(lambda batch: field_operations.rename_field(batch, old, new), stageThreshold, totalThreshold)

    def write(self, connection_type: str, connection_options: Any = None, format: Any = None, format_options: Any = None, accumulator_size: int = 0) -> Any:  # fmt: skip
        """Write the frame through its context."""
        return self.glue_ctx.write_from_options(
            self, connection_type, connection_options or {}, format or {}, format_options or {}
        )

    def count(self) -> int:
        """Return the number of records that are no errors."""
        return len(self.batch().records)

    def spigot(self, path: str, options: Any = None, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Pass the records on and write a sample of them as JSON lines."""

        def sampled(batch: Batch) -> Batch:
            self.glue_ctx.sinks.write_sample(batch, path, dict(options or {}))
            return Batch(batch.records, batch.ghost, batch.errors)

        return self._next(sampled, stageThreshold, totalThreshold)

    def join(self, paths1: Any, paths2: Any, frame2: "DynamicFrame", transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Join where the fields at the paths are equal."""
        left, right = path_list(paths1), path_list(paths2)
        if len(left) != len(right):
            raise ValueError(
                f"join: {len(left)} keys on the left, {len(right)} on the right; give as many on each side"
            )
        return self._next(
            lambda batch: joining.join(batch, frame2.batch(), left, right),
            stageThreshold,
            totalThreshold,
            self.name + frame2.name,
        )

    def unnest(self, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Flatten structs to dotted names."""
        return self._next(flattening.unnest, stageThreshold, totalThreshold)

    def relationalize(self, root_table_name: str, staging_path: str | None, options: Any = None, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> DynamicFrameCollection:  # fmt: skip
        """Return the root table and one table per array."""
        tables = flattening.relationalize(self.batch(), root_table_name)
        frames = {
            name: DynamicFrame(lambda batch=batch: batch, self.glue_ctx, name)  # type: ignore[misc]
            for name, batch in tables.items()
        }
        return DynamicFrameCollection(frames, self.glue_ctx)

    def applyMapping(self, *args: Any, **kwargs: Any) -> "DynamicFrame":
        """Do apply_mapping; a frame as first argument is passed over."""
        if args and isinstance(args[0], DynamicFrame):
            args = args[1:]
        return self.apply_mapping(*args, **kwargs)

    def apply_mapping(self, mappings: Any, case_sensitive: bool = False, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Keep, rename, cast and nest the mapped fields."""
        parsed = field_operations.parse_mappings(mappings)
        return self._next(
            lambda batch: field_operations.apply_mapping(batch, parsed, case_sensitive), stageThreshold, totalThreshold
        )

    def unnest_ddb_json(self, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Take the type tags of DynamoDB JSON away, outermost level."""
        return self._next(flattening.unnest_ddb, stageThreshold, totalThreshold)

    def simplify_ddb_json(self) -> "DynamicFrame":
        """Take the type tags of DynamoDB JSON away, all levels."""
        return self._next(flattening.simplify_ddb)

    def resolveChoice(self, specs: Any = None, choice: str = "", database: Any = None, table_name: Any = None, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0, catalog_id: Any = None) -> "DynamicFrame":  # fmt: skip
        """Resolve the choices of listed paths, or all in one way."""
        if bool(specs) == bool(choice):
            raise LibraryError("Either specs or choice must be specified, and not both.")
        choice = choice.lower()
        if choice == "match_catalog":
            columns = self.glue_ctx.sources.catalog_types(database, table_name)
            return self._next(lambda batch: choices.match_catalog(batch, columns), stageThreshold, totalThreshold)
        if choice:
            choices.check_action(choice)
            return self._next(lambda batch: choices.resolve_all(batch, choice), stageThreshold, totalThreshold)
        pairs = [(path, action.lower()) for path, action in ([specs] if isinstance(specs, tuple) else specs)]
        for _, action in pairs:
            choices.check_action(action)
        return self._next(lambda batch: choices.resolve_specs(batch, pairs), stageThreshold, totalThreshold)

    def mergeDynamicFrame(self, stage_dynamic_frame: "DynamicFrame", primary_keys: Any, transformation_ctx: str = "", options: Any = None, info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Return staged records and those whose key is not staged."""
        keys = path_list(primary_keys)
        return self._next(
            lambda batch: joining.merge(batch, stage_dynamic_frame.batch(), keys), stageThreshold, totalThreshold
        )

    def union(self, other_frame: "DynamicFrame", transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Return the records of both frames."""
        return self._next(lambda batch: joining.union(batch, other_frame.batch()), stageThreshold, totalThreshold)

    def getNumPartitions(self) -> int:
        """Return the number that repartition or coalesce asked for, 1 by default."""
        return self._partitions

    def repartition(self, num_partitions: int, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Note the number of partitions; the records stay."""
        frame = self._next(
            lambda batch: Batch(batch.records, batch.ghost, batch.errors), stageThreshold, totalThreshold
        )
        frame._partitions = num_partitions
        return frame

    def coalesce(self, num_partitions: int, shuffle: bool = False, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> "DynamicFrame":  # fmt: skip
        """Note the number of partitions; never more than there are, unless shuffled."""
        wanted = num_partitions if shuffle else min(num_partitions, self._partitions)
        return self.repartition(wanted, transformation_ctx, info, stageThreshold, totalThreshold)

    def errorsAsDynamicFrame(self) -> "DynamicFrame":
        """Return the error records, one column `error`."""
        return self._next(lambda batch: Batch([error.as_record() for error in batch.errors]))

    def errorsCount(self) -> int:
        """Return the number of error records so far."""
        return len(self.batch().errors)

    def stageErrorsCount(self) -> int:
        """Return the number of error records of the last transform."""
        return len(self.batch().stage_errors)

    def assertErrorThreshold(self) -> None:
        """Evaluate; raises when a threshold is reached."""
        self.batch()

    @staticmethod
    def of_rows(rows: list[dict[str, Any]], glue_ctx: Any, name: str = "") -> "DynamicFrame":
        """Make a frame of Python dicts: for tests and for results that the runtime computes."""
        return DynamicFrame(lambda: Batch([from_python(row).value for row in rows]), glue_ctx, name)


def _type_text(target: Any) -> str:
    if isinstance(target, gluetypes.DataType):
        return target.typeName()
    return parse_type(str(target)).typeName()


def _parsed_stream(dataframe: "DataFrame") -> Batch:
    assume("stream_is_drained")
    rest = dataframe.columns[1:]
    records, errors = [], []
    for row in dataframe.collect():
        parsed, broken = read_json(str(row[0] or ""), {})
        extra: dict[str, Cell] = {name: from_python(row[at + 1]) for at, name in enumerate(rest)}
        records += [{**record, **extra} for record in parsed]
        errors += broken
    return Batch(records, None, errors, errors)
