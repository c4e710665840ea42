"""What nobody documented about Glue, as named switches: one default each, and a record of which ones a run relied on.

Every [U] of `glue/semantics.md` (and each [I] that a result hangs on) is a row of `SWITCHES`. Code asks `assume("name")`;
the answer is the caller's setting or the default, and the name lands in the list that a verification reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """One undocumented point: what it is about, the answers that it can have, and the answer when nobody chooses."""

    name: str
    doc: str
    choices: tuple[str, ...]
    source: str

    @property
    def default(self) -> str:
        """The first choice."""
        return self.choices[0]


SWITCHES: tuple[Switch, ...] = (
    Switch("reader_widens_numbers", "int, long and double met in one JSON or XML column become the widest of them "
           "instead of a choice", ("no", "yes"), "semantics 0"),
    Switch("schema_of_empty_frame", "a typed source without a record left keeps its columns", ("kept", "lost"),
           "semantics 0, 15"),
    Switch("missing_source_column", "ApplyMapping of a column that no record has", ("not_produced", "null"),
           "semantics 2"),
    Switch("duplicate_target", "two mappings to one target, or to a path and its prefix", ("last", "first"),
           "semantics 2"),
    Switch("mapping_source_type", "what a mapping casts from when the value is not of the declared type",
           ("actual", "declared"), "semantics 2"),
    Switch("mapping_on_choice", "a mapping of a choice column takes the values of the declared type only, or casts all",
           ("select_member", "cast_all"), "semantics 2"),
    Switch("null_after_mapping", "a null that ApplyMapping casts has the target's type, or stays of null type",
           ("typed", "null_type"), "semantics 2, 6"),
    Switch("fraction_text_to_integer", "cast of text such as '12.7' to an integer type", ("null", "truncate"),
           "semantics 2"),
    Switch("overflowing_integer", "cast of a number outside the target's range", ("null", "wrap"), "semantics 2"),
    Switch("container_to_string", "cast of a struct, array or map to string", ("json", "null"), "semantics 2"),
    Switch("project_keeps", "project:t keeps only values of type t, or converts all", ("own_type", "convert"),
           "semantics 3"),
    Switch("relationalize_null_array", "root key of a null or empty array", ("null", "key"), "semantics 4"),
    Switch("relationalize_null_text", "null text in a child table after its CSV staging", ("null", "empty"),
           "semantics 4"),
    Switch("relationalize_map", "a map column in relationalize and unnest", ("kept", "flattened"), "semantics 4"),
    Switch("relationalize_choice_array", "an array column that also holds other types in relationalize",
           ("pivot_arrays", "kept"), "semantics 4"),
    Switch("unnest_struct_in_array", "structs inside arrays in unnest", ("kept", "dotted"), "semantics 4"),
    Switch("null_struct", "a struct that is null in a record: unnest, relationalize and a drop of its last field leave "
           "no column of that name, or one of the null type", ("no_column", "null_column"), "semantics 4, 7"),
    Switch("unbox_null", "null in an unboxed column", ("null", "error"), "semantics 5"),
    Switch("unbox_quoted_numbers", "quoted numbers in unboxed JSON stay text", ("string", "number"), "semantics 5"),
    Switch("rename_onto_existing", "rename_field to a name that is there already", ("replace", "keep"), "semantics 7"),
    Switch("split_rows_null", "side of a row whose compared value is null or missing", ("rest", "nowhere"),
           "semantics 7"),
    Switch("join_clash_winner", "a column that both sides of a join have and that is no key: both come out, in records that have "
           "both one of them with a leading dot (schemas and rows that public scripts print; in AWS's legislators sample no "
           "record has both), or one side's does",
           ("both", "left", "right"), "semantics 8"),
    Switch("join_dotted_side", "which side's copy of a column gets the leading dot", ("left", "right"),
           "semantics 8; the rows printed in awslabs/aws-glue-libs issue 76"),
    Switch("join_keys_in_any_order", "a join on several keys also joins rows whose values match in another order",
           ("no", "yes"), "semantics 8; awslabs/aws-glue-libs issue 76 shows it"),
    Switch("join_key_types", "join keys of different types, choice-typed ones included", ("equal_numbers", "as_text", "strict"),
           "semantics 8"),
    Switch("nan_in_key", "a NaN in a key of a join or merge meets another NaN, or nothing", ("nan", "nothing"), "semantics 8"),
    Switch("map_keeps_types", "a field that comes back from Map with a value that fits keeps its type", ("yes", "no"),
           "semantics 9"),
    Switch("new_integer_type", "type of a Python int that a Map function makes", ("by_size", "long"), "semantics 9"),
    Switch("threshold_reached", "an error threshold of n fails only above n errors (a published run of Unbox with one error "
           "and totalThreshold=1 went on), or at n", ("above", "at"), "semantics 11"),
    Switch("csv_empty_field", "an empty CSV field of a string column", ("empty", "null"), "semantics 14"),
    Switch("csv_empty_typed", "an empty CSV field of a typed catalog column", ("null", "string"), "semantics 14"),
    Switch("csv_extra_fields", "CSV fields beyond the header", ("ignored", "named"), "semantics 14"),
    Switch("json_outer_array", "a JSON document that is an array, without jsonPath", ("records", "array_column"),
           "semantics 14"),
    Switch("xml_value_types", "XML texts that look like numbers or booleans", ("inferred", "strings"), "semantics 14"),
    Switch("missing_path", "a path without a file for CSV, JSON and XML readers", ("empty_frame", "error"),
           "semantics 14"),
    Switch("empty_frame_written", "a sink writes a file for a frame without records", ("no", "yes"), "semantics 15"),
    Switch("null_partition_key", "folder of a null partition key", ("hive_default",), "semantics 15"),
    Switch("null_type_in_glueparquet", "a column of null type at a glueparquet sink or in a Parquet table", ("dropped", "error"), "semantics 15"),
    Switch("choice_in_sink", "a choice column at a sink is written as toDF shows it", ("struct",), "semantics 15"),
    Switch("collection_layout", "a collection is written to one folder per frame name", ("folder_per_frame",),
           "surface write_from_options"),
    Switch("stream_is_drained", "forEachBatch handles the files that are there in one batch and ends",
           ("once",), "semantics 16"),
    Switch("text_records", "a Kafka record of classification text is one column, value, that holds its text", ("value",),
           "semantics 16"),
    Switch("ingestion_column_type", "type of the columns of add_ingestion_time_columns", ("int", "string"),
           "semantics 16"),
    Switch("sampled_records", "which records a sample frame or a spigot takes", ("first",), "surface"),
    Switch("array_index_base", "index base of functions.replaceArrayElement", ("zero", "one"), "surface functions"),
    Switch("dynamodb_numbers", "whole numbers of DynamoDB are long, others double", ("by_value",), "options dynamodb"),
    Switch("dynamodb_null", "a null field in an item that is written to DynamoDB", ("left_out", "null"),
           "options dynamodb"),
    Switch("unverified_gs_signature", "a gs_ helper whose arguments are not documented exactly", ("as_named",),
           "surface gs_*"),
    Switch("explode_keeps_source", "gs_explode keeps the exploded column when the new name differs",
           ("dropped", "kept"), "surface gs_explode"),
)  # fmt: skip
_KNOWN = {switch.name: switch for switch in SWITCHES}


class Assumptions:
    """The answers of one run, and which of them were asked for."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self.chosen = dict(chosen or {})
        self.used: dict[str, str] = {}
        for name, value in self.chosen.items():
            if name not in _KNOWN or value not in _KNOWN[name].choices:
                allowed = ", ".join(_KNOWN[name].choices) if name in _KNOWN else "no such switch"
                raise ValueError(f"assumptions: {name}={value} is not possible ({allowed})")

    def answer(self, name: str) -> str:
        """Return the answer of a switch and note that the run depends on it; KeyError for an unknown name."""
        value = self.chosen.get(name, _KNOWN[name].default)
        self.used[name] = value
        return value


_current = Assumptions()


def use(assumptions: Assumptions) -> None:
    """Make these the answers of the present run (one run at a time in a process)."""
    global _current
    _current = assumptions


def assume(name: str) -> str:
    """Return the present run's answer of a switch."""
    return _current.answer(name)


def used() -> dict[str, str]:
    """Return the switches that the present run has relied on."""
    return dict(_current.used)
