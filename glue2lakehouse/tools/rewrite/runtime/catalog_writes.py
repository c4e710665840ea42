"""Making, changing and dropping databases and tables as the AWS client for Glue does, in Unity Catalog.

Glue's catalog holds what is said of files, and never touches a file: tables are made over their Location, and none is dropped
here whose files would go with it. `errors` are the `exceptions` of an AWS client, where a handler names its classes; `named` is
`uc_name` or `uc_schema`, where names that an input brings have to be looked up: the schema is then Glue's database.
"""

import re

from botocore.exceptions import ClientError
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from glue2lakehouse.tools.rewrite.runtime.glue_errors import _glue_error
from glue2lakehouse.tools.rewrite.runtime.table_inputs import table_parts

_DONE = {"ResponseMetadata": {"HTTPStatusCode": 200}}
_OPTIONS = ("sep", "quote", "nullValue", "emptyValue", "escape", "lineSep", "encoding", "header", "mode", "avroSchema")
_OWN_PROPERTY = (
    r".*\..*|(?i:classification|external|comment|owner|location|provider|type|table_type|is_managed_location|clusteringcolumns"
    r"|transient_lastddltime|numfiles|totalsize|numrows|rawdatasize)"
)
_SHORT_TYPES = {
    "integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint", "real": "float", "dec": "decimal",
    "numeric": "decimal",
}  # fmt: skip


def create_database(catalog, database_input, name=None, errors=None, named=None):
    """Make a schema as glue.create_database does, called name or as the input says; LocationUri is kept as a property.

    Raises AlreadyExistsException as Glue does, ValueError for what a schema cannot hold.
    """
    properties = dict(database_input.get("Parameters") or {})
    rights = database_input.get("CreateTableDefaultPermissions") or []
    everybody = all(each["Principal"]["DataLakePrincipalIdentifier"] == "IAM_ALLOWED_PRINCIPALS" for each in rights)
    odd = database_input.keys() - {"Name", "Description", "LocationUri", "Parameters", "CreateTableDefaultPermissions"}
    if odd or not everybody or {key.lower() for key in properties} & {"owner", "location", "comment"}:
        raise ValueError(f"database {database_input['Name']}: a schema cannot hold all of {database_input!r}")
    if database_input.get("LocationUri"):
        properties["glue.LocationUri"] = database_input["LocationUri"]
    told = f" COMMENT {_sql_text(database_input['Description'])}" if database_input.get("Description") else ""
    if properties:
        told += f" WITH DBPROPERTIES ({_sql_pairs(properties)})"
    full = named(database_input["Name"]) if named else f"{catalog}.{_sql_name(name or database_input['Name'])}"
    _run(f"CREATE SCHEMA {full}{told}", "CreateDatabase", errors)
    return _DONE


def delete_database(schema, errors=None):
    """Drop a schema with its external tables and views as glue.delete_database does; their files stay.

    Raises EntityNotFoundException as Glue does, ValueError where the files of a table would go, before anything is dropped.
    """
    found = _run(f"SHOW TABLES IN {schema}", "DeleteDatabase", errors).collect()
    tables = [f"{schema}.{_sql_name(row['tableName'])}" for row in found if not row["isTemporary"]]
    for statement in [_drop_statement(each, "DeleteDatabase", errors) for each in tables]:
        _run(statement, "DeleteDatabase", errors)
    # Fails where something else is in it, a volume or a function: that has no counterpart in Glue.
    _run(f"DROP SCHEMA {schema}", "DeleteDatabase", errors)
    return _DONE


def create_table(schema, table_input, name=None, errors=None, named=None):
    """Make an external table over the files of a TableInput as glue.create_table does, called name or as the input says.

    A governed table becomes a managed Delta table. Raises AlreadyExistsException and EntityNotFoundException as Glue does,
    ValueError for what a table cannot hold.
    """
    parts = table_parts(table_input)
    columns = ", ".join(_sql_column(each) for each in [*parts["columns"], *parts["keys"]])
    lines = [
        f"CREATE TABLE {_full_name(schema, name or table_input['Name'], named)} ({columns}) USING {parts['format']}"
    ]
    if parts["options"]:
        lines.append(f"OPTIONS ({_sql_pairs(parts['options'], ' ')})")
    if parts["keys"]:
        lines.append(f"PARTITIONED BY ({', '.join(_sql_name(key['Name']) for key in parts['keys'])})")
    if parts["location"]:
        lines.append(f"LOCATION {_sql_text(parts['location'])}")
    if parts["comment"]:
        lines.append(f"COMMENT {_sql_text(parts['comment'])}")
    if parts["properties"]:
        lines.append(f"TBLPROPERTIES ({_sql_pairs(parts['properties'])})")
    _run("\n".join(lines), "CreateTable", errors)
    return _DONE


def update_table(schema, table_input, name=None, errors=None, named=None):
    """Bring an external table in line with a TableInput as glue.update_table does: new columns at the end, comments, properties.

    Properties that the input does not give go, but for the catalog's own, whose names have a dot; comments stay. Raises
    EntityNotFoundException as Glue does, ValueError for what can only be had by dropping the table, with its rights and tags.
    """
    parts, full = table_parts(table_input), _full_name(schema, name or table_input["Name"], named)
    held = _held(full, errors)
    columns = [(each["Name"].lower(), _short_type(each["Type"])) for each in parts["columns"]]
    keys = [(each["Name"].lower(), _short_type(each["Type"])) for each in parts["keys"]]
    given = {"format": parts["format"], "location": _bare_place(parts["location"]), "keys": keys,
             "columns": columns[: len(held["columns"])], "options": parts["options"]}  # fmt: skip
    if not parts["location"]:
        del given["location"]
    odd = sorted(key for key, value in given.items() if value != held[key])
    if odd:
        told = "; ".join(f"{key} {held[key]!r} would become {given[key]!r}" for key in odd)
        raise ValueError(
            f"{full} cannot be changed in place: {told}; drop it and make it anew, and grant its rights again"
        )
    added = parts["columns"][len(held["columns"]) :]
    changes = [f"ADD COLUMNS ({', '.join(map(_sql_column, added))})"] if added else []
    changes += [
        f"ALTER COLUMN {_sql_name(each['Name'])} COMMENT {_sql_text(each['Comment'])}"
        for each in parts["columns"][: len(held["columns"])]
        if each.get("Comment") and each["Comment"] != held["comments"].get(each["Name"].lower())
    ]
    properties = {key: value for key, value in parts["properties"].items() if held["properties"].get(key) != value}
    if properties:
        changes.append(f"SET TBLPROPERTIES ({_sql_pairs(properties)})")
    gone = [key for key in held["properties"].keys() - parts["properties"] if not re.fullmatch(_OWN_PROPERTY, key)]
    if gone:
        changes.append(f"UNSET TBLPROPERTIES IF EXISTS ({', '.join(map(_sql_text, sorted(gone)))})")
    for change in changes:
        _run(f"ALTER TABLE {full} {change}", "UpdateTable", errors)
    if parts["comment"] and parts["comment"] != held["comment"]:
        _run(f"COMMENT ON TABLE {full} IS {_sql_text(parts['comment'])}", "UpdateTable", errors)
    return _DONE


def delete_table(name, errors=None):
    """Drop an external table or a view as glue.delete_table does; the files stay.

    Raises EntityNotFoundException as Glue does, ValueError for a table whose files would go with it.
    """
    _run(_drop_statement(name, "DeleteTable", errors), "DeleteTable", errors)
    return _DONE


def batch_delete_table(schema, names, errors=None, named=None):
    """Drop external tables and views as glue.batch_delete_table does; those that are not there are among the Errors.

    Raises ValueError for a table whose files would go with it, before anything is dropped.
    """
    statements, missing = [], []
    for name in names:
        try:
            statements.append(_drop_statement(_full_name(schema, name, named), "BatchDeleteTable", None))
        except ClientError as error:
            code, message = (error.response["Error"][key] for key in ("Code", "Message"))
            missing.append({"TableName": name, "ErrorDetail": {"ErrorCode": code, "ErrorMessage": message}})
    if missing:
        # A database that is not there is an error of the whole call.
        _run(f"SHOW TABLES IN {_full_name(schema, 'any', named).rpartition('.')[0]}", "BatchDeleteTable", errors)
    for statement in statements:
        _run(statement, "BatchDeleteTable", errors)
    return {**_DONE, "Errors": missing}


def _full_name(schema, name, named):
    return named(schema, name) if named else f"{schema}.{_sql_name(name)}"


def _run(statement, operation, errors):
    try:
        return SparkSession.builder.getOrCreate().sql(statement)
    except AnalysisException as error:
        raise _glue_error(error, operation, errors) from error


def _drop_statement(name, operation, errors):
    try:
        kind = SparkSession.builder.getOrCreate().catalog.getTable(name).tableType
    except AnalysisException as error:
        raise _glue_error(error, operation, errors) from error
    if kind not in ("EXTERNAL", "VIEW"):
        raise ValueError(
            f"{name} is {kind}: its rows would go with it, which Glue leaves; use DROP TABLE if they may go"
        )
    return f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {name}"


def _held(name, errors):
    """Return what a table is now, in the words of `table_parts`."""
    told = [(row[0], row[1]) for row in _run(f"DESCRIBE TABLE EXTENDED {name}", "UpdateTable", errors).collect()]
    at = next(at for at, (key, _) in enumerate(told) if key.startswith("# Detailed Table"))
    details = dict(told[at:])
    columns = SparkSession.builder.getOrCreate().catalog.listColumns(name)
    listed = [(each.name.lower(), _short_type(each.dataType), each.isPartition) for each in columns]
    properties = _run(f"SHOW TBLPROPERTIES {name}", "UpdateTable", errors).collect()
    return {
        "format": str(details.get("Provider")).lower(),
        "location": _bare_place(details.get("Location", "")),
        "keys": [(column, kind) for column, kind, key in listed if key],
        "columns": [(column, kind) for column, kind, key in listed if not key],
        "options": _held_options(details.get("Storage Properties", "")),
        "comment": details.get("Comment"),
        "comments": {each.name.lower(): each.description for each in columns},
        "properties": {row[0]: row[1] for row in properties},
    }


def _bare_place(place):
    return re.sub("^file:/+", "/", place).rstrip("/")


def _held_options(text):
    inner = text.strip()[1:-1]
    found = list(re.finditer(r"(?:^|, )([\w.]+)=", inner))
    ends = [*(each.start() for each in found[1:]), len(inner)]
    given = {each[1]: inner[each.end() : end] for each, end in zip(found, ends, strict=False)}
    return {key: value for key, value in given.items() if key in _OPTIONS}


def _short_type(kind):
    kind = re.sub(
        r"[a-z]+(?![a-z_0-9]*:)", lambda word: _SHORT_TYPES.get(word[0], word[0]), re.sub(r"\s", "", kind.lower())
    )
    return re.sub(r"\bdecimal(?!\()", "decimal(10,0)", kind)


def _sql_column(column):
    told = f" COMMENT {_sql_text(column['Comment'])}" if column.get("Comment") else ""
    return f"{_sql_name(column['Name'])} {column['Type']}{told}"


def _sql_pairs(pairs, sign="="):
    return ", ".join(f"{_sql_text(key)}{sign}{_sql_text(value)}" for key, value in pairs.items())


def _sql_text(text):
    return "'" + str(text).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _sql_name(name):
    return "`" + name.replace("`", "``") + "`"
