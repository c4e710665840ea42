"""Error records: what a stage of a job sets aside is kept beside the DataFrame that it returns, for whoever counts it."""

import json as _json
import traceback

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue2lakehouse.tools.rewrite.runtime.documents import _json_files, _json_schema, _json_values, read_json_stream
from glue2lakehouse.tools.rewrite.runtime.frames import _parts, unbox_json
from glue2lakehouse.tools.rewrite.runtime.records import (
    _as_it_is_now,
    _record,
    _whole_row,
    filter_records,
    map_records,
)

_ERROR = ("error struct<callsite: struct<site: string, info: string>, msg: string, stackTrace: string, input: string, "
          "bytesread: int, source: string>")  # fmt: skip


class _Stage:
    """What makes the frame of a stage's own errors (None: it sets nothing aside), and the stages before it."""

    def __init__(self, own, before) -> None:
        self.own = own
        self.before = before

    def everything(self):
        """Return the frames of errors of all stages so far, the first ones first."""
        if None in self.before:
            raise ValueError(
                "nothing is known of the error records of a frame that this one is made of; count them there"
            )
        found = [errors for stage in self.before for errors in stage.everything()]
        return found if self.own is None else [*found, self.own()]


def _stage(frame):
    return frame.__dict__.get("_stage")


def _staged(frame, own, *before):
    frame._stage = _Stage(own, [_stage(one) for one in before])
    return frame


def next_stage(frame: DataFrame, *before: DataFrame) -> DataFrame:
    """Return the frame as a stage of its own, which sets nothing aside, after the frames that it was made of."""
    return _staged(frame.select("*"), None, *before)


def stage_errors_count(frame: DataFrame) -> int:
    """Return how many records the stage that made the frame has set aside; this runs its functions once more."""
    stage = _stage(frame)
    return 0 if stage is None or stage.own is None else stage.own().count()


def errors_count(frame: DataFrame) -> int:
    """Return how many records all stages up to the frame have set aside; this runs their functions once more.

    Raises ValueError for a frame that is made of one from elsewhere.
    """
    return sum(errors.count() for errors in _all_errors(frame))


def errors_as_frame(frame: DataFrame) -> DataFrame:
    """Return what all stages up to the frame have set aside, in the column `error` that Glue has for it.

    What Spark does not know is null or spelled in its own way: callsite.site names the transform, callsite.info is
    empty, source null, msg and stackTrace are Python's. Raises ValueError for a frame that is made of one from elsewhere.
    """
    found = _all_errors(frame) or [frame.sparkSession.createDataFrame([], _ERROR)]
    result = found[0]
    for errors in found[1:]:
        result = result.unionByName(errors, allowMissingColumns=True)
    return _staged(result, None)


def _all_errors(frame):
    stage = _stage(frame)
    if stage is None:
        raise ValueError("nothing is known of the error records of this frame; count them where it is made")
    return stage.everything()


def fail_at_errors(frame: DataFrame, stage=0, total=0) -> DataFrame:
    """Return the frame; raises RuntimeError where the stage, or all stages so far, have set aside more records, 0: never."""
    for limit, count, whose in ((stage, stage_errors_count, "its stage"), (total, errors_count, "all stages")):
        if int(limit or 0) and (found := count(frame)) > int(limit):
            raise RuntimeError(f"{found} records were set aside by {whose}, {limit} is the threshold")
    return frame


def read_json_counted(session, paths, attach=None, schema=None, **options) -> DataFrame:
    """Read JSON files as `read_json_stream` does, and keep what is broken in them for whoever counts it."""
    frame = read_json_stream(session, paths, attach, schema, **options)
    broken = F.udf(
        lambda text: [error for _, error in _json_values(text) if error is not None],
        "array<struct<msg: string, input: string, begun: string>>",
    )

    def errors():
        texts = _json_files(session, paths, None, options)
        failed = texts.select(F.explode(broken("value")).alias("broken")).select("broken.*")
        schema = _json_schema(failed.where("begun IS NOT NULL").select(F.col("begun").alias("value")))
        return _errors(failed, "JSON", F.from_json("begun", schema) if schema.fields else None)

    return _staged(frame, errors)


def map_records_counted(frame: DataFrame, function) -> DataFrame:
    """Do `map_records`, and keep the rows that the function fails on or returns nothing for, for whoever counts them."""
    nothing = "User-specified function returned None instead of DynamicRecord"
    function = _as_it_is_now(function)

    def judge(result):
        return None if result else (nothing, "")

    return _staged(map_records(frame, function), lambda: _failures(frame, "Map", function, judge), frame)


def filter_records_counted(frame: DataFrame, function) -> DataFrame:
    """Do `filter_records`, and keep the rows that the function fails on for whoever counts them.

    A KeyError, TypeError or ValueError only drops the row, as in Glue.
    """
    passed = (KeyError, TypeError, ValueError)
    function = _as_it_is_now(function)
    return _staged(filter_records(frame, function), lambda: _failures(frame, "Filter", function, passed=passed), frame)


def unbox_json_counted(frame: DataFrame, path: str) -> DataFrame:
    """Do `unbox_json`, and keep the rows whose text is no JSON object or array for whoever counts them."""
    name = _parts(path)[0]

    def parse(record):
        if record[name] is not None and not isinstance(_json.loads(record[name]), dict | list):
            raise ValueError(f"{record[name][:40]!r} is no JSON object")

    return _staged(unbox_json(frame, path), lambda: _failures(frame, "Unbox", parse), frame)


def _failures(frame, site, function, judge=lambda result: None, passed=()):
    """Return the error of each row that the function fails on, but for the exceptions passed over, or whose result is judged one."""

    def failure(row):
        try:
            return judge(function(_record(row)))
        except UnboundLocalError as error:
            return str(error), traceback.format_exc()
        except (NameError, ImportError):
            raise
        except passed:
            return None
        except Exception as error:  # noqa: BLE001
            return str(error), traceback.format_exc()

    found = F.udf(failure, "struct<msg: string, trace: string>").asNondeterministic()(_whole_row(frame))
    rows = frame.select(found.alias("failure"), _whole_row(frame).alias("record")).where("failure IS NOT NULL")
    return _errors(rows.select("failure.*", "record"), site, F.col("record"))


def _errors(failed, site, record):
    """Return the column `error` of what failed, with what is known of it: message, trace, text, and the record as far as read."""

    def known(name):
        return F.col(name) if name in failed.columns else F.lit(None).cast("string")

    fields = [
        F.struct(F.lit(site).alias("site"), F.lit("").alias("info")).alias("callsite"),
        F.col("msg"),
        known("trace").alias("stackTrace"),
    ]
    if "input" in failed.columns:
        fields += [F.col("input"), F.length("input").alias("bytesread"), known("source").alias("source")]
    return failed.select(F.struct(*fields, *([] if record is None else [record.alias("dynamicRecord")])).alias("error"))
