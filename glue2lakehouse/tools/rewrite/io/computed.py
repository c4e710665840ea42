"""Options that are put together at run time: helpers take them as they are, and what is seen of their keys is checked before.

A dict that is written out and then given further items is known by its keys, whatever path the job takes; the values are looked at
when it runs. So a key that one path alone sets, another name of the dict or a change in a loop cannot be missed.
"""

from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.io.connection_types import CONNECTORS
from glue2lakehouse.tools.rewrite.io.connectors import TYPES
from glue2lakehouse.tools.rewrite.io.dynamodb import CONDITIONS, READ_OPTIONS, WRITE_OPTIONS
from glue2lakehouse.tools.rewrite.io.file_conditions import computed_reads, computed_writes
from glue2lakehouse.tools.rewrite.kinds.neighbours import neighbours
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.seen_keys import seen_keys

FILE_TYPES = frozenset({"s3", "file", "parquet", "orc"})
DATABASES = frozenset(
    "mysql postgresql oracle sqlserver jdbc custom.jdbc marketplace.jdbc azuresql teradata saphana redshift snowflake mongodb "
    "documentdb".split()
)
FORMATS = frozenset({"parquet", "glueparquet", "orc", "csv", "json"})
"""What the helpers `read_source` and `write_target` take; they raise for anything else."""
CONDITION = (
    "the options name only what Spark has as well; the helper raises for any other when it runs, and takes a Glue connection "
    "for a secret scope of its name; where CSV files have an escaper, it escapes quotes within quotes and nothing else"
)
READS = f"{CONDITION}; {computed_reads(None)}"
WRITES = f"{CONDITION}; {computed_writes(None)}"
_CONNECTION = {"connectionname", "useconnectionproperties"}
_URI = {"username", "password", "ssl", "ssl.domain_match", "retrywrites"}


class Helper(NamedTuple):
    """The helper for a connection's options: its name, whether it is told the connection's type, and what has to hold."""

    name: str
    told: bool
    condition: str


def helper_for(call: GlueCall, verb: str) -> Helper | Finding:
    """Return the helper that reads or writes by computed options; a finding where it would raise whatever they are.

    `verb` is read or write.
    """
    connection, form = call.constant("connection_type"), call.constant("format")
    read = verb == "read"
    said = "; ".join(filter(None, [CONDITION, computed_reads(form) if read else computed_writes(form)]))
    general = Helper("read_source" if read else "write_target", True, said)
    kind = connection.lower() if isinstance(connection, str) else ""
    if not kind:
        return general
    if kind in FILE_TYPES:
        known = not isinstance(form, str) or form.lower() in FORMATS
        return general if known else _unchecked(call, f"the format {form}")
    if kind == "dynamodb":
        found = Helper(
            f"{verb}_dynamodb_by", False, f"{CONDITIONS[verb]}; the helper raises for an option that it does not know"
        )
    elif kind in TYPES:
        found = Helper(
            f"{verb}_connector_by", False, "the same version of the connector is installed as a library; " + CONDITION
        )
    elif kind in DATABASES:
        found = general._replace(condition=CONDITION)
    else:
        return _unchecked(call, f"a {connection} connection")
    seen = seen_keys(call, call.argument("connection_options"))
    if kind in TYPES and (any(key.lower().startswith("hoodie.") for key in seen) or may_be_hudi(call)):
        return call.blocker(
            "the options of a Hudi table are put together at run time, and Databricks has neither a reader nor a writer for Hudi",
            "write one dict of options at the call for each way there is, or MERGE by the record key into the Delta table by hand",
        )
    beyond = sorted(key for key in seen if not _is_known(kind, verb, key))
    if not beyond:
        return found
    return call.blocker(
        f"option {', '.join(beyond)} of a {connection} connection has no counterpart in Spark, and the options that it may stand "
        "among are put together at run time",
        "drop it where it is not needed, or rewrite this call by hand",
    )


def may_be_hudi(call: GlueCall) -> bool:
    """Whether the call's module, or one that it works with, has options of Hudi, which a function may put together."""
    return any("hoodie." in module.source for module in neighbours(call.place.world, call.place.module))


def never_unpacked(call: GlueCall) -> Finding | None:
    """Answer for unpacked arguments of a connection that is written out and that the helper raises for whatever they are."""
    connection = call.constant("connection_type")
    if not isinstance(connection, str) or connection.lower() in FILE_TYPES | DATABASES:
        return None
    return _unchecked(call, f"a {connection} connection")


def _unchecked(call: GlueCall, what: str) -> Finding:
    return call.blocker(
        f"the options of {what} are put together at run time, so they cannot be checked",
        "write the options out as a dict at the call, then convert again",
    )


def _is_known(kind: str, verb: str, key: str) -> bool:
    lowered = key.lower()
    if kind == "dynamodb":
        return lowered in {name.lower() for name in (READ_OPTIONS if verb == "read" else WRITE_OPTIONS)}
    if kind in TYPES:
        return lowered != "partitionkeys"
    connector = CONNECTORS[kind]
    known = {name.lower() for name in (*connector.options, *connector.dropped)} | _CONNECTION
    if connector.format == "mongodb":
        known |= _URI
    return lowered in known or lowered.startswith(("hash", "enablepartitioningforsample"))
