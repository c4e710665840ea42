"""DynamoDB by Glue's options as they are when it runs."""

from pyspark.sql import DataFrame

from glue2lakehouse.tools.rewrite.runtime.dynamodb import simplify_ddb_json, unnest_ddb_json
from glue2lakehouse.tools.rewrite.runtime.dynamodb_tables import read_dynamodb, write_dynamodb

_DYNAMODB_ACCESS = {
    "dynamodb.region": "region", "dynamodb.sts.rolearn": "role", "dynamodb.sts.rolesessionname": "session_name",
    "dynamodb.sts.region": "sts_region",
}  # fmt: skip
_DYNAMODB_TUNING = (
    "dynamodb.throughput.read.percent", "dynamodb.throughput.read", "dynamodb.throughput.write.percent", "dynamodb.throughput.write",
    "dynamodb.throughput.read.ratio", "dynamodb.throughput.write.ratio", "dynamodb.output.numparalleltasks", "dynamodb.output.retry",
)  # fmt: skip
_DYNAMODB_EXPORT = (
    "dynamodb.s3.bucket",
    "dynamodb.s3.prefix",
    "dynamodb.s3.bucketowner",
    "dynamodb.s3.sse.algorithm",
    "dynamodb.splits",
)


def read_dynamodb_by(session, options: dict) -> DataFrame:
    """Scan the DynamoDB table that Glue's options name when it runs, with the types that `read_dynamodb` tells.

    An export that Glue asks DynamoDB for is a scan as well. Raises ValueError for an option that has no counterpart.
    """
    given, access = _dynamodb_options(options)
    export = given.pop("dynamodb.export", None)
    if export is None:
        settings = {
            name: given.pop(f"dynamodb.{key}")
            for key, name in (("splits", "segments"), ("consistentread", "consistent"))
            if f"dynamodb.{key}" in given
        }
        table = given.pop("dynamodb.input.tablename", None)
        _none_left(given, table)
        return read_dynamodb(session, table, **settings, **access)
    flags = {
        name: str(given.pop(f"dynamodb.{name}", "false")).lower() == "true"
        for name in ("simplifyddbjson", "unnestddbjson")
    }
    arn = given.pop("dynamodb.tablearn", None) if export == "ddb" else None
    _none_left({key: value for key, value in given.items() if key not in _DYNAMODB_EXPORT}, arn)
    items = read_dynamodb(session, arn, tagged=True, **access)
    if flags["simplifyddbjson"]:
        return simplify_ddb_json(items)
    return unnest_ddb_json(items) if flags["unnestddbjson"] else items


def write_dynamodb_by(frame: DataFrame, options: dict) -> None:
    """Put each row into the DynamoDB table that Glue's options name when it runs, as `write_dynamodb` does.

    Raises ValueError for an option that has no counterpart.
    """
    given, access = _dynamodb_options(options)
    table = given.pop("dynamodb.output.tablename", None)
    _none_left(given, table)
    write_dynamodb(frame, table, **access)


def _dynamodb_options(options):
    given = {str(key).lower(): value for key, value in options.items() if str(key).lower() not in _DYNAMODB_TUNING}
    return given, {name: given.pop(key) for key, name in _DYNAMODB_ACCESS.items() if key in given}


def _none_left(given, table):
    """Raise where no table is named, and for an option that nothing is known of."""
    if table is None or given:
        raise ValueError(
            f"the DynamoDB table {table} and its options {sorted(given)} have no counterpart here: convert this call by hand"
        )


class _DynamoDBOptions:
    """What Spark's reader and writer have in common: options of the connector, which are kept until it runs."""

    def __init__(self, source):
        self._source, self._options = source, {}

    def option(self, key, value):
        """Set one of the connector's options."""
        self._options[key] = value
        return self

    def options(self, **options):
        """Set several of the connector's options."""
        self._options.update(options)
        return self


class DynamoDBReader(_DynamoDBOptions):
    """`spark.read.format("dynamodb")` of Glue's connector for DataFrames: options, then load, as `read_dynamodb_by` reads."""

    def load(self) -> DataFrame:
        """Scan the table. Raises ValueError for an option that has no counterpart."""
        return read_dynamodb_by(self._source, self._options)


class DynamoDBWriter(_DynamoDBOptions):
    """`frame.write.format("dynamodb")` of Glue's connector for DataFrames: options, then save, as `write_dynamodb_by` writes."""

    _mode = None

    def mode(self, mode):
        """Set the save mode, of which the connector has `append`."""
        self._mode = mode
        return self

    def save(self) -> None:
        """Put each row. Raises ValueError for an option that has no counterpart, and for any other mode than append."""
        if str(self._mode).lower() != "append":
            raise ValueError(f"items are put into a DynamoDB table in the mode append, not {self._mode}")
        write_dynamodb_by(self._source, self._options)
