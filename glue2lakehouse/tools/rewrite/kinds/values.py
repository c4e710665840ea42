"""Kinds: abstract values that the interpreter gives to expressions.

A kind names types and callables by their qualified name (`awsglue.dynamicframe.DynamicFrame`), never by how the source
spells them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Tag = Literal[
    "bottom", "unknown", "none", "instance", "class", "module", "function", "method", "dict", "list", "tuple", "text",
    "union", "modules", "member",
]  # fmt: skip

DYNAMIC_FRAME = "awsglue.dynamicframe.DynamicFrame"
COLLECTION = "awsglue.dynamicframe.DynamicFrameCollection"
GLUE_CONTEXT = "awsglue.context.GlueContext"
DATA_FRAME = "pyspark.sql.DataFrame"
SPARK_SESSION = "pyspark.sql.SparkSession"
SPARK_CONTEXT = "pyspark.SparkContext"
MAX_UNION = 4
MAX_FUNCTIONS = 24
"""How many functions a name or a table of functions may stand for."""
MAX_DEPTH = 5
MAX_ITEMS = 200
_JOINABLE = frozenset({"instance", "dict", "list", "tuple"})


class Provenance(IntEnum):
    """Where the columns of a frame have their types from, most certain first.

    FIXED: Parquet, ORC, JDBC, a DataFrame, a mapping; CATALOG: applied value by value from the catalog, so dirty text
    files may hold choices; CHOICE: inferred from JSON or XML records; UNKNOWN: not seen.
    """

    FIXED = 0
    CATALOG = 1
    CHOICE = 2
    UNKNOWN = 3


class Lacking(IntEnum):
    """Whether records in Glue lack a field that Spark has a null for.

    NO: Parquet, ORC, JDBC and DataFrames, whose records have all; MAYBE: nobody has seen the files, as of a table that nothing
    defines; LIKELY: JSON and XML leave fields out, and so do the records of a union or merge of frames with other columns.
    """

    NO = 0
    MAYBE = 1
    LIKELY = 2


Columns = tuple[tuple[str, str], ...]


_LACKING = {
    Provenance.FIXED: Lacking.NO,
    Provenance.CATALOG: Lacking.MAYBE,
    Provenance.CHOICE: Lacking.LIKELY,
    Provenance.UNKNOWN: Lacking.MAYBE,
}


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What is known of a frame before it runs; `columns` are (name, Spark type) in order, None when not known.

    `source` is the catalog table `database.table` it was read from, `streaming` whether it holds the raw records of a
    stream that infers its schema, `sorted_by_name` whether Spark's reader puts the columns in another order than Glue's,
    `single` whether a helper has made sure that each column holds one type, `mixed` whether the rows come from several
    frames, or from records, so that a column that Spark has one type for may hold several in Glue. `typed` are the columns
    (paths, in lower case) that a cast has given their type, `lacking` is what is known of missing fields besides what the provenance says.
    """

    provenance: Provenance = Provenance.UNKNOWN
    columns: Columns | None = None
    source: str = ""
    streaming: bool = False
    sorted_by_name: bool = False
    single: bool = False
    mixed: bool = False
    typed: frozenset[str] = frozenset()
    lacking: Lacking = Lacking.NO

    @property
    def lacks_fields(self) -> Lacking:
        """Whether a record in Glue lacks a field that Spark has a null for."""
        return max(self.lacking, _LACKING[self.provenance])

    @property
    def may_lack_fields(self) -> bool:
        """Whether a record in Glue may lack a field that Spark has a null for."""
        return self.lacks_fields is not Lacking.NO

    @property
    def has_single_types(self) -> bool:
        """Whether no column holds values of several types."""
        return self.single or self.provenance is Provenance.FIXED

    @property
    def surely_single(self) -> bool:
        """Whether no column holds values of several types in Glue either."""
        return self.has_single_types and not self.mixed


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What a table's definition says: its storage format in lower case, and (name, Spark type) of all columns.

    `located` tells whether it names the folder of its files, so that they may stay what they are; `location` is that folder.
    """

    format: str = ""
    columns: Columns = ()
    located: bool = False
    location: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One abstract value. `name` is the qualified name of the type, class, module or callable, or the text itself.

    `modules` is one of several files of the project, `member` what the file that it is at run time has under a name.
    """

    tag: Tag
    name: str = ""
    items: tuple[tuple[str, "Kind"], ...] = ()
    receiver: "Kind | None" = None
    frame: FrameFacts | None = None

    def is_a(self, name: str) -> bool:
        """Whether the value is an instance of exactly this type."""
        return self.tag == "instance" and self.name == name

    def members(self) -> tuple["Kind", ...]:
        """The alternatives of a union, or the kind itself."""
        return tuple(kind for _, kind in self.items) if self.tag == "union" else (self,)

    def may_be(self, name: str) -> bool:
        """Whether one of the alternatives is an instance of this type."""
        return any(kind.is_a(name) for kind in self.members())

    @property
    def known(self) -> bool:
        """Whether anything was found out."""
        return self.tag not in ("bottom", "unknown")


BOTTOM = Kind("bottom")
UNKNOWN = Kind("unknown")
NONE = Kind("none")


def instance(name: str, frame: FrameFacts | None = None) -> Kind:
    """Return the kind of an object of the type."""
    return Kind("instance", name, frame=frame)


def text(value: str) -> Kind:
    """Return the kind of a string whose value is known."""
    return Kind("text", value)


def general(kind: Kind) -> Kind:
    """Forget the value of a text: what is known is that it is one."""
    return instance("str") if kind.tag == "text" else kind


def join(first: Kind, second: Kind) -> Kind:
    """Return the least kind that covers both; None and not-yet-seen yield to anything."""
    if first is second or second.tag == "bottom":
        return first
    if first.tag == "bottom":
        return second
    if first == second:
        return first
    if first.tag == "none" and second.known:
        return general(second)
    if second.tag == "none" and first.known:
        return general(first)
    if first.tag == second.tag and first.name == second.name and first.tag in _JOINABLE:
        return _join_parts(first, second)
    return _union((*first.members(), *second.members()))


def either(kinds: Iterable[Kind]) -> Kind:
    """Return the join of values of which each may be the one at run time: beside one not seen, a text keeps no value."""
    alternatives = list(kinds)
    joined = join_all(alternatives)
    return general(joined) if joined.tag == "text" and any(kind.tag == "bottom" for kind in alternatives) else joined


def join_all(kinds: Iterable[Kind]) -> Kind:
    """Return the join of any number of kinds; nothing gives `BOTTOM`."""
    result = BOTTOM
    for kind in kinds:
        result = join(result, kind)
    return result


def _join_parts(first: Kind, second: Kind) -> Kind:
    items = dict(first.items)
    for key, kind in second.items:
        items[key] = join(items[key], kind) if key in items else kind
    if len(items) > MAX_ITEMS or any(_depth(kind) > MAX_DEPTH for kind in items.values()):
        return Kind(first.tag, first.name, (("", UNKNOWN),), first.receiver)
    frame = _join_frames(first.frame, second.frame)
    return Kind(first.tag, first.name, tuple(items.items()), first.receiver, frame)


def _depth(kind: Kind) -> int:
    return 1 + max((_depth(item) for _, item in kind.items), default=0)


def _join_frames(first: FrameFacts | None, second: FrameFacts | None) -> FrameFacts | None:
    if first is None or second is None:
        return first or second
    return FrameFacts(
        max(first.provenance, second.provenance),
        first.columns if first.columns == second.columns else None,
        first.source if first.source == second.source else "",
        first.streaming or second.streaming,
        first.sorted_by_name or second.sorted_by_name,
        first.has_single_types and second.has_single_types,
        first.mixed or second.mixed,
        first.typed & second.typed,
        max(first.lacks_fields, second.lacks_fields),
    )


def _union(kinds: Iterable[Kind]) -> Kind:
    members: list[Kind] = []
    for kind in kinds:
        if kind.tag == "text":
            kind = instance("str")
        for position, other in enumerate(members):
            if (other.tag, other.name) == (kind.tag, kind.name):
                joinable = other != kind and kind.tag in _JOINABLE
                members[position] = join(other, kind) if joinable else other
                break
        else:
            members.append(kind)
    if len(members) == 1:
        return members[0]
    if len(members) > (MAX_FUNCTIONS if all(kind.tag == "function" for kind in members) else MAX_UNION):
        return UNKNOWN
    return Kind("union", items=tuple(("", kind) for kind in members))
