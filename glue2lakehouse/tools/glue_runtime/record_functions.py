"""Filter and Map: Python functions on records, and what their exceptions do (semantics 9)."""

from collections.abc import Callable
from typing import Any

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch, ErrorRecord
from glue2lakehouse.tools.glue_runtime.records import Record, dynamic_record, from_python, without_stale_types
from glue2lakehouse.tools.glue_runtime.run import current_or_none

NO_RESULT = "User-specified function returned None instead of DynamicRecord"


class Attempt:
    """Run user code whose exception is data, not a failure: it is kept in `error`."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


def shipped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function as an executor gets it: pickled with its globals, so that the driver's stay untouched.

    Glue pickles it when it is handed over, not when the frame is used (the library's mapPartitionsWithIndex): what it reads
    from around it may change later.
    """
    from pyspark import cloudpickle

    copied: Callable[..., Any] = cloudpickle.loads(cloudpickle.dumps(function))  # type: ignore[no-untyped-call]
    return copied


def note_missing_field(error: BaseException | None) -> None:
    """Note for the run's result which field a function asked a record for in vain."""
    run = current_or_none()
    if run is not None and isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        run.missing_fields.add(error.args[0])


def filter_records(batch: Batch, function: Callable[[Any], Any]) -> Batch:
    """Keep records for which the function is true.

    KeyError, ValueError and TypeError drop the record; any other exception makes it an error record.
    """
    predicate = shipped(function)
    kept: list[Record] = []
    errors: list[ErrorRecord] = []
    for record in batch.records:
        with Attempt() as attempt:
            if predicate(dynamic_record(record)):
                kept.append(record)
        note_missing_field(attempt.error)
        if attempt.error is not None and not isinstance(attempt.error, KeyError | ValueError | TypeError):
            errors.append(ErrorRecord.from_exception("Filter", attempt.error, record))
    return batch.with_records(kept, errors)


def map_records(batch: Batch, function: Callable[[Any], Any]) -> Batch:
    """Replace each record by the function's result; nothing, an empty result or an exception makes an error record."""
    mapper = shipped(function)
    keep_types = assume("map_keeps_types") == "yes"
    schema = batch.schema() if keep_types else t.StructType()
    mapped: list[Record] = []
    errors: list[ErrorRecord] = []
    for record in batch.records:
        with Attempt() as attempt:
            result = mapper(dynamic_record(record))
            if result:
                mapped.append(from_python(result, schema).value)
            else:
                errors.append(ErrorRecord("Map", NO_RESULT, record=record))
        note_missing_field(attempt.error)
        if attempt.error is not None:
            errors.append(ErrorRecord.from_exception("Map", attempt.error, record))
    if keep_types:
        mapped = without_stale_types(mapped)
    ghost = batch.ghost if not mapped and not errors and keep_types else None
    return Batch(mapped, ghost, [*batch.errors, *errors], errors)


def map_partition(batch: Batch, function: Callable[[Any], Any]) -> Batch:
    """Give the function an iterator of wrappers {record, isError, errorMessage}, as mapPartitions does."""
    wrapped = ({"record": dynamic_record(record), "isError": False, "errorMessage": ""} for record in batch.records)
    schema = batch.schema()
    records: list[Record] = []
    errors: list[ErrorRecord] = []
    for result in shipped(function)(wrapped):
        own = from_python(result["record"], schema).value
        if result.get("isError"):
            errors.append(ErrorRecord("mapPartitions", str(result.get("errorMessage", "")), record=own))
        else:
            records.append(own)
    return Batch(records, None, [*batch.errors, *errors], errors)
