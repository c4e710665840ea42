"""Hudi writes as writes to the Delta table that takes the Hudi table's place: MERGE by the key, append, delete, overwrite.

Source: hudi.apache.org/docs (write_operations, record_payload, record_merger, indexing, configurations),
aws-glue-programming-etl-format-hudi. A key is the record key within its partition, over all partitions with a global index.
Until Hudi 1.0 (Glue 5.1) an incoming row counts over the stored one whatever its precombine field says.
"""

import ast
import re
from dataclasses import dataclass

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.mapping.names import path_code, table_code
from glue2lakehouse.tools.rewrite.options import Options, truth
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Rewrite, Use

_WRITE = "hoodie.datasource.write."
_SYNC = "hoodie.datasource.hive_sync."
_LAYOUT = re.compile(
    r"hoodie\.(datasource\.(write\.(storage\.type|table\.type|table\.name|hive_style_partitioning|row\.writer\.enable)|"
    r"hive_sync\..*|meta\.sync\..*|meta_sync\..*)|table\.(type|name)|database\.name|[\w.]*parallelism|"
    r"(clean|cleaner|consistency|compact|clustering|metadata|parquet|meta|bloom|memory|write\.lock)\..*|"
    r"write\.markers\..*|copyonwrite\..*|embed\..*|keep\..*)|classname|connectionname",
    re.IGNORECASE,
)
"""Options that say where and how files are laid out, never which rows come out."""
_KEY_BY_COLUMNS = frozenset(
    {"simplekeygenerator", "complexkeygenerator", "simple", "complex", "simple_avro", "complex_avro"}
)
_NO_PARTITIONS = frozenset({"nonpartitionedkeygenerator", "non_partition", "non_partition_avro"})
_BY_PARTITION = frozenset({"bloom", "simple", "bucket"})
_GLOBAL = {"global_bloom": "bloom", "global_simple": "simple"}
_PAYLOADS = {
    "overwritewithlatestavropayload": False,
    "commit_time_ordering": False,
    "defaulthoodierecordpayload": True,
    "event_time_ordering": True,
}
"""How an incoming row meets a stored one -> whether a stored row that is newer stays."""
_APPENDED = "the Delta table has taken the Hudi table's place"


@dataclass(slots=True)
class _Write:
    """What the options say of a write: `partitions` belong to the key; `later_only` keeps stored rows that are newer.

    `twice` says that an insert leaves a stored row with its key as it is.
    """

    operation: str
    keys: Piece | None
    newest: Piece | None
    partitions: Piece | None
    later_only: bool
    twice: bool
    notes: tuple[Finding, ...]


def is_hudi(options: Options) -> bool:
    """Whether options are those of a Hudi table, whatever the connection type or format is called."""
    return any(key.lower().startswith("hoodie.") for key in options.values)


def write_hudi(
    use: Use,
    frame: Piece,
    options: Options,
    *,
    path: Piece | None = None,
    table: Piece | None = None,
    mode: str | None = None,
) -> Answer:
    """Return the write to the table that the call names, else to the one that Hudi is told to synchronise, else to the path.

    `mode` is that of a plain Spark write; a sink of Glue's appends.
    """
    anew = mode == "overwrite" and _operation(options) in ("insert", "bulk_insert")
    if (mode or _mode(options)) != "append" and not anew:
        action = "leave it out: Glue's sinks append" if mode is None else "write the rows to the Delta table by hand"
        return use.blocker(f"the save mode of the Hudi write is {mode or _mode(options)}", action)
    table = table or _synchronised(use, options)
    written = _written(use, options, "path" if table is not None else None)
    if isinstance(written, Finding):
        return written
    target = table or (path_code(use, path) if path is not None else None)
    if target is None:
        return use.blocker("the Hudi table has neither a path nor a table to sync", "name the table to write to")
    if written.operation in ("insert", "bulk_insert"):
        return _appended(use, frame, target, table is None, written, anew)
    return _by_helper(use, frame, target, written)


def _mode(options: Options) -> str:
    given = options.given("saveMode", "mode")
    mode = options.literal("saveMode", "mode")
    return mode.lower() if isinstance(mode, str) else "computed at run time" if given else "append"


def _written(use: Use, options: Options, needless: str | None) -> _Write | Finding:
    """Read what the options say, and refuse what they say besides; the path is needless beside a table's name."""
    operation = _operation(options)
    keys, newest = options.take(f"{_WRITE}recordkey.field"), options.take(f"{_WRITE}precombine.field")
    later_only = _later_only(use, options, newest is not None)
    if operation == "upsert" and later_only == "delete":
        operation, later_only = "delete", False
    partitions = _partitions(use, options, operation)
    if isinstance(partitions, Finding):
        return partitions
    _take_harmless(options, operation)
    gone = _laid_out(use, options, needless)
    if left := sorted(options.leftover()):
        return use.blocker(
            f"option {', '.join(left)} of a Hudi write has no counterpart here",
            "drop it where it is not needed, or rewrite this call by hand",
        )
    if operation not in ("upsert", "insert", "bulk_insert", "delete", "insert_overwrite", "insert_overwrite_table"):
        return use.blocker(f"the Hudi operation is {operation}", "write it as DELETE or MERGE INTO on the Delta table")
    if not isinstance(later_only, bool):
        return use.blocker(
            f"{later_only} decides which row of a key stays", "write it as MERGE INTO with that condition"
        )
    if operation in ("upsert", "delete") and keys is None:
        return use.blocker("the Hudi write has no record key", f"name {_WRITE}recordkey.field, or use MERGE INTO")
    twice = use.place.glue_version >= (5, 1) or options.given("hoodie.merge.allow.duplicate.on.inserts")
    return _Write(operation, keys, newest, partitions, later_only, twice, gone)


def _take_harmless(options: Options, operation: str) -> None:
    """Answer for the options that keep to what is done here anyway; others of them are left over."""
    wanted = {
        "hoodie.combine.before.upsert": True,
        "hoodie.combine.before.insert": False,
        f"{_WRITE}insert.drop.duplicates": False,
        "hoodie.merge.allow.duplicate.on.inserts": True,
    }
    for name, value in wanted.items():
        idle = operation in ("upsert", "delete") and name.endswith((".before.insert", ".on.inserts"))
        if idle or truth(options.literals.get(name)) is value:
            options.take(name)


def _operation(options: Options) -> str:
    operation = options.literal(f"{_WRITE}operation")
    if isinstance(operation, str):
        return operation.lower()
    return "computed at run time" if options.given(f"{_WRITE}operation") else "upsert"


def _later_only(use: Use, options: Options, ordered: bool) -> bool | str:
    """Whether a stored row that is newer stays; "delete" where incoming rows are empty, else the option that decides."""
    names = (
        f"{_WRITE}payload.class",
        f"{_WRITE}record.merge.mode",
        "hoodie.write.record.merge.mode",
        "hoodie.record.merge.mode",
    )
    name = next((name for name in names if options.given(name)), None)
    if name is None:
        return ordered and use.place.glue_version >= (5, 1)
    value = options.literal(name)
    leaf = value.rpartition(".")[2].lower() if isinstance(value, str) else ""
    if leaf == "emptyhoodierecordpayload":
        return "delete"
    known = _PAYLOADS.get(leaf)
    return name if known is None or (known and not ordered) else known


def _partitions(use: Use, options: Options, operation: str) -> Piece | Finding | None:
    """Return the partition columns that belong to the key: none with a global index."""
    given = options.take(f"{_WRITE}partitionpath.field")
    maker = (
        f"{_WRITE}keygenerator.class" if options.given(f"{_WRITE}keygenerator.class") else f"{_WRITE}keygenerator.type"
    )
    generator = options.literal(maker) if options.given(maker) else "simple"
    leaf = generator.rpartition(".")[2].lower() if isinstance(generator, str) else ""
    index, moves = _index(options)
    literal = (
        use.literal(given) if isinstance(given, ast.expr) else options.literals.get(f"{_WRITE}partitionpath.field")
    )
    if operation in ("insert", "bulk_insert", "insert_overwrite_table"):
        return None
    if leaf in _NO_PARTITIONS or given is None or literal == "":
        return None
    if leaf not in _KEY_BY_COLUMNS or (isinstance(literal, str) and ":" in literal):
        return use.blocker(
            f"the key generator {leaf or 'computed at run time'} makes partitions that are no columns as they are",
            "add the partition as a column, and use MERGE INTO with it",
        )
    if operation == "insert_overwrite" or index in _BY_PARTITION:
        return given
    if index in _GLOBAL and moves:
        return None
    return use.blocker(
        f"the index {index} decides what becomes of a key that comes with another partition", "write it as MERGE INTO"
    )


def _index(options: Options) -> tuple[str, bool]:
    """Return the kind of index in lower case, and whether a global one is told to move keys to their new partition."""
    kind = options.literal("hoodie.index.type") if options.given("hoodie.index.type") else "simple"
    index = kind.lower() if isinstance(kind, str) else "computed at run time"
    name = f"hoodie.{_GLOBAL.get(index, 'bloom')}.index.update.partition.path"
    moves = options.given(name) and truth(options.literal(name)) is True
    options.take(*(f"hoodie.{name}.index.update.partition.path" for name in ("bloom", "simple")))
    options.take(
        *(key for key in options.values if re.match(r"hoodie\.(simple|bucket)\.index\.|hoodie\.index\.bloom\.", key))
    )
    return index, moves


def _laid_out(use: Use, options: Options, needless: str | None) -> tuple[Finding, ...]:
    """Say what becomes of the options that are answered for, by name and value."""
    layout = [key for key in options.leftover() if _LAYOUT.fullmatch(key)]
    layout += [key for key in options.values if key.lower() == needless]
    meant = [key for key in options.values if key in options.taken and key.lower().startswith("hoodie.")]
    options.take(*layout)
    found = []
    if meant:
        found.append(use.info(f"{_shown(options, meant)}: said by the write to the Delta table", ""))
    if layout:
        found.append(use.info(f"{_shown(options, layout)}: goes, it lays out Hudi's files or names the table", ""))
    return (
        *found,
        use.warning(
            "the Hudi table becomes a Delta table, which has to be there with the rows of the Hudi table",
            "write the Hudi table as Delta once, without its _hoodie_ columns",
        ),
    )


def _shown(options: Options, keys: list[str]) -> str:
    known = {key: value for key, value in options.literals.items() if value is not NOT_LITERAL}
    return ", ".join(f"{key}={known.get(key, '...')}" for key in keys)


def _synchronised(use: Use, options: Options) -> Piece | None:
    """Return the name of the catalog table that the Hudi table is synchronised with, where it is."""
    on = any(truth(options.literal(name)) is True for name in (f"{_SYNC}enable", "hoodie.datasource.meta.sync.enable"))
    database, table = options.take(f"{_SYNC}database"), options.take(f"{_SYNC}table")
    if not on or database is None or table is None:
        return None
    return table_code(use, _spelled(options, database, "database"), _spelled(options, table, "table"))[0]


def _spelled(options: Options, piece: Piece, name: str) -> Piece:
    """Return the written-out text of an option instead of its place in a variable."""
    literal = options.literals.get(f"{_SYNC}{name}")
    return ast.Constant(literal) if isinstance(literal, str) else piece


def _appended(use: Use, frame: Piece, target: Piece, by_path: bool, written: _Write, anew: bool) -> Rewrite:
    """`bulk_insert` adds rows as they are; so does `insert`, but Hudi before 1.0 may put one in the place of a stored row."""
    end = '.format("delta").save({target})' if by_path else ".saveAsTable({target})"
    begin = '.mode("overwrite").option("overwriteSchema", True)' if anew else '.mode("append")'
    unique = written.operation == "insert" and not written.twice and not anew
    note = use.warning(
        "Hudi before 1.0 lets an inserted row take the place of one with its key where both come into one small file; "
        "here both stay",
        "use the operation upsert where a key may come twice",
    )
    return Rewrite(
        code("{frame}.write" + begin + end, frame=frame, target=target),
        certainty=Certainty.CONDITIONAL,
        condition=f"{_APPENDED}{'; no row is inserted whose key is there' if unique else ''}",
        findings=(*written.notes, *((note,) if unique else ())),
    )


def _by_helper(use: Use, frame: Piece, target: Piece, written: _Write) -> Rewrite:
    replaced = written.operation.startswith("insert_overwrite")
    helper = "replace_partitions" if replaced else "delete_rows" if written.operation == "delete" else "upsert_rows"
    if replaced:
        arguments = code("{frame}, {target}", frame=frame, target=target)
        if written.partitions is not None:
            arguments = code("{before}, {names}", before=arguments, names=written.partitions)
        condition = _APPENDED
    else:
        arguments = _arguments(frame, target, written)
        condition = f"{_APPENDED}; a key stands for one row of it"
        if helper == "upsert_rows":
            condition += "; of rows with one key and the same precombine field any may count, as in Hudi"
    return Rewrite(
        code("{helper}({arguments})", helper=helper, arguments=arguments),
        certainty=Certainty.CONDITIONAL,
        condition=condition,
        imports=(f"from glue_compat import {helper}",),
        compat=(helper,),
        findings=written.notes,
    )


def _arguments(frame: Piece, target: Piece, written: _Write) -> Code:
    keys = written.keys if written.keys is not None else '""'
    done = code("{frame}, {target}, {keys}", frame=frame, target=target, keys=keys)
    if written.newest is not None and written.operation == "upsert":
        done = code("{done}, {newest}", done=done, newest=written.newest)
    if written.partitions is not None:
        done = code("{done}, partitions={partitions}", done=done, partitions=written.partitions)
    if written.later_only and written.operation == "upsert":
        done = code("{done}, later_only=True", done=done)
    return done
