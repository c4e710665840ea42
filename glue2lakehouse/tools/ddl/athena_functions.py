"""Write Athena's (Trino's) calls as the Spark expressions that give the same value; what differs in a corner is said.

Trino: functions (aggregate, array, datetime, json, regexp, string). Databricks: sql-ref-functions-builtin, ANSI mode on.
A call that the original would have failed on may give a value here; a call that gave a value gives the same one.
"""

import re
from collections.abc import Callable

from sqlglot import exp

from glue2lakehouse.tools.ddl.athena_call import JSON_TEXT, Made, Said, Unproven, call, info, json_text, warn
from glue2lakehouse.tools.ddl.athena_casts import average, cast, divide, of_texts, rounded
from glue2lakehouse.tools.ddl.athena_dates import date_format, date_parse, to_timestamp
from glue2lakehouse.tools.ddl.athena_decimals import chosen, computed, united
from glue2lakehouse.tools.ddl.athena_lists import LISTS, array_agg, joined_elements, null_over_no_rows
from glue2lakehouse.tools.ddl.athena_try import in_try, tried, try_
from glue2lakehouse.tools.ddl.athena_zones import at_time_zone, in_zone, note_zones
from glue2lakehouse.tools.ddl.kinds import Kinds

_EXACT_UNITS = frozenset({"MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK"})
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_DAYS = {"DAY": 1, "WEEK": 7}
_WHITESPACE = " \t\n\x0b\f\r"
_JODA = r"yyyy|MM?|dd?|HH?|mm?|ss?|SSS|'[^']*'|[-/:. ,_]"
_WRITES, _READS = re.compile(f"({_JODA})+"), re.compile(f"({_JODA}|S+|Z$)+")
_OF_MAP, _OF_ROW = "of_map", "of_row"
_OPTIONAL_GROUP = re.compile(r"\||\)[?*]|\)\{0")
_FIELDS = {
    "YEAR": exp.Year, "MONTH": exp.Month, "DAY": exp.Day, "HOUR": exp.Hour, "MINUTE": exp.Minute, "SECOND": exp.Second,
    "QUARTER": exp.Quarter, "WEEK": exp.WeekOfYear, "DOY": exp.DayOfYear, "DAY_OF_YEAR": exp.DayOfYear,
}  # fmt: skip


def _date_diff(node: exp.DateDiff, kinds: Kinds) -> Made:
    unit = node.args["unit"].name.upper()
    made = call("TIMESTAMPDIFF", exp.var(unit), node.expression, node.this)
    if unit in _EXACT_UNITS:
        return made, ()
    if unit not in _MONTHS:
        raise Unproven(f"date_diff in {unit} is not proven to count as Spark does")
    message = "date_diff counts a month as full on the last day of a shorter month, Spark does not"
    return made, (warn(message),)


def _date_add(node: exp.DateAdd, kinds: Kinds) -> Made:
    unit, amount = node.args["unit"].name.upper(), node.expression
    factor = _MONTHS.get(unit) or _DAYS.get(unit) or 1
    name = "MONTH" if unit in _MONTHS else "DAY" if unit in _DAYS else unit
    if name not in ("MONTH", "DAY", "HOUR", "MINUTE", "SECOND"):
        raise Unproven(f"date_add in {unit} is not proven to add as Spark does")
    number = _number(amount)
    if number is None:
        return _date_add_computed(node, name, factor, kinds)
    step = exp.Interval(this=exp.Literal.string(str(abs(number) * factor)), unit=exp.var(name))
    return (exp.Add if number >= 0 else exp.Sub)(this=node.this, expression=step), ()


def _date_add_computed(node: exp.DateAdd, name: str, factor: int, kinds: Kinds) -> Made:
    """A number times an interval of days is one of days to seconds, which makes a TIMESTAMP of a DATE."""
    amount, kind = _operand(node.expression), kinds.of(node.this)
    if name == "DAY" and kind == "date":
        days = exp.Mul(this=amount, expression=exp.Literal.number(factor)) if factor > 1 else node.expression
        return call("DATE_ADD", node.this, days), ()
    each = exp.Interval(this=exp.Literal.string(str(factor)), unit=exp.var(name))
    made = exp.Add(this=node.this, expression=exp.Mul(this=amount, expression=each))
    if name == "DAY" and not kind:
        return made, (warn("date_add gives a TIMESTAMP; if its argument is a DATE, Athena's result is a DATE"),)
    return made, ()


def _number(node: exp.Expr) -> int | None:
    sign = -1 if isinstance(node, exp.Neg) else 1
    inner = node.this if isinstance(node, exp.Neg) else node
    return sign * int(inner.name) if isinstance(inner, exp.Literal) and inner.name.isdigit() else None


def _operand(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node) if isinstance(node, exp.Binary) else node


def _date_trunc(node: exp.TimestampTrunc | exp.DateTrunc, kinds: Kinds) -> Made:
    unit, kind = node.args["unit"].name.upper(), kinds.of(node.this)
    if unit not in _EXACT_UNITS | _MONTHS.keys():
        raise Unproven(f"date_trunc to {unit} is not proven to cut as Spark does")
    made = call("DATE_TRUNC", exp.Literal.string(unit), node.this)
    if kind == "timestamp":
        return made, ()
    if kind == "date":
        return (node.this if unit == "DAY" else call("TRUNC", node.this, exp.Literal.string(unit))), ()
    return made, (warn("date_trunc gives a TIMESTAMP; if its argument is a DATE, Athena's result is a DATE"),)


def _from_unixtime(node: exp.UnixToTime, kinds: Kinds) -> Made:
    if any(node.args.get(key) for key in ("scale", "hours", "minutes", "format")):
        raise Unproven("from_unixtime with an offset in hours is not proven to give the same value")
    made: exp.Expr = call("TIMESTAMP_SECONDS", node.this)
    if (zone := node.args.get("zone")) is not None:
        made = in_zone(node, made, zone)
    said = () if kinds.of(node.this) == "int" else (info("from_unixtime keeps parts of a millisecond in Spark"),)
    return made, said


def _to_unixtime(node: exp.TimeToUnix, kinds: Kinds) -> Made:
    moment = node.this if kinds.of(node.this) == "timestamp" else exp.cast(node.this, "timestamp", dialect="databricks")
    return exp.cast(moment, "double", dialect="databricks"), ()


def _json_scalar(node: exp.JSONExtractScalar, kinds: Kinds) -> Made:
    return json_text(node), (JSON_TEXT,)


def _json(node: exp.JSONExtract, kinds: Kinds) -> Made:
    measured = isinstance(node.parent, exp.Anonymous) and node.parent.name.lower() == "json_array_length"
    if isinstance(node.parent, exp.Cast) or measured:
        return node, ()
    raise Unproven(
        "json_extract gives a JSON value, a type that Spark does not have; cast it, or use json_extract_scalar"
    )


def _json_value(node: exp.ParseJSON, kinds: Kinds) -> Made:
    if isinstance(node.parent, exp.Cast) and of_texts(node.parent.to):
        return node, ()
    raise Unproven("json_parse gives a JSON value, a type that Spark does not have; use json_extract_scalar")


def _element(node: exp.Bracket, kinds: Kinds) -> Made:
    (key,) = node.expressions if len(node.expressions) == 1 else (None,)
    if node.args.get("safe") and key is not None:
        return call("TRY_ELEMENT_AT", node.this, key), ()
    if isinstance(key, exp.Literal) and key.is_string:
        return (
            tried(call("TRY_ELEMENT_AT", node.this, key)) if in_try(node) else call("ELEMENT_AT", node.this, key)
        ), ()
    number = _number(key) if key is not None else None
    if node.meta.get(_OF_ROW):
        raise Unproven(f"{node.sql()[:40]}: a field of a row is taken by its name in Spark")
    if number is None:
        raise Unproven(f"{node.sql()[:40]}: an index that is computed is not proven to count as Spark does")
    # The parser has counted a literal index from 0 already, unless it knows that it is no array's.
    counted = number if node.meta.get(_OF_MAP) else number + 1
    if in_try(node):
        if counted < 1:
            raise Unproven(f"{node.sql()[:40]}: an index below 1 fails in Athena and counts from the end in Spark")
        return tried(call("TRY_ELEMENT_AT", node.this, exp.Literal.number(counted))), ()
    return call("ELEMENT_AT", node.this, exp.Literal.number(counted)), ()


def _note_maps(tree: exp.Expr) -> None:
    """Mark what takes a value out of a map or row, as the parser knows it: translated calls have no type any more."""
    for node in tree.find_all(exp.Bracket):
        kind = node.this.type.this if node.this.type is not None else None
        if kind == exp.DataType.Type.STRUCT:
            node.meta[_OF_ROW] = True
        elif kind not in (None, exp.DataType.Type.UNKNOWN, exp.DataType.Type.ARRAY):
            node.meta[_OF_MAP] = True


def _null_wins(node: exp.Greatest | exp.Least, kinds: Kinds) -> Made:
    parts = [node.this, *node.expressions]
    open_ = [part for part in parts if not isinstance(part, exp.Literal)]
    if not open_:
        return node, ()
    nulls: exp.Expr = exp.Is(this=open_[0].copy(), expression=exp.Null())
    for part in open_[1:]:
        nulls = exp.Or(this=nulls, expression=exp.Is(this=part.copy(), expression=exp.Null()))
    return exp.Case(ifs=[exp.If(this=nulls, true=exp.Null())], default=_spark_twin(node)), ()


def _spark_twin(node: exp.Expr) -> exp.Expr:
    """Return the call under a name that is not translated again."""
    return call(node.key.upper(), node.this, *node.expressions)


def _trim(node: exp.Trim, kinds: Kinds) -> Made:
    if node.expression:
        raise Unproven("trim with signs of its own is not proven to give the same value")
    position = (node.args.get("position") or "BOTH").upper()
    made = exp.Trim(this=node.this, position=position, expression=exp.Literal.string(_WHITESPACE))
    return made, (info("trim takes off blanks, tabs and line ends, as in Athena, but no other Unicode spaces"),)


def _quoted_split(text: exp.Expr, sign: exp.Expr) -> exp.Expr:
    if not (isinstance(sign, exp.Literal) and sign.name and "\\E" not in sign.name):
        raise Unproven("split at a delimiter that is computed is not proven: Spark reads it as a pattern")
    return exp.RegexpSplit(this=text, expression=exp.Literal.string(f"\\Q{sign.name}\\E"))


def _split(node: exp.Split, kinds: Kinds) -> Made:
    """The last of at most so many pieces is all that is left, in Athena and in Spark."""
    limit = node.args.get("limit")
    if limit is None:
        return node, ()
    pieces = _quoted_split(node.this, node.expression)
    return call("SPLIT", pieces.this, pieces.expression, limit), ()


def _position(node: exp.StrPosition, kinds: Kinds) -> Made:
    if node.args.get("occurrence") is not None:
        raise Unproven("strpos of another occurrence than the first has no equal in Spark")
    return node, ()


def _from_utf8(node: exp.Decode, kinds: Kinds) -> Made:
    if node.args.get("replace") is not None:
        raise Unproven("from_utf8 with a sign for what is no UTF-8 has no equal in Spark")
    return node, ()


def _regexp_replace(node: exp.RegexpReplace, kinds: Kinds) -> Made:
    if isinstance(node.args.get("replacement"), exp.Lambda):
        raise Unproven("regexp_replace with a function has no equal in Spark")
    return node, ()


def _split_part(node: exp.SplitPart, kinds: Kinds) -> Made:
    pieces = _quoted_split(node.this, node.args["delimiter"])
    return call("TRY_ELEMENT_AT", pieces, node.args["part_index"]), ()


def _regexp_extract(node: exp.RegexpExtract, kinds: Kinds) -> Made:
    group, pattern = node.args.get("group"), node.expression
    if group is None or (isinstance(group, exp.Literal) and group.name == "0"):
        return call("REGEXP_SUBSTR", node.this, pattern), ()
    if not isinstance(pattern, exp.Literal) or _OPTIONAL_GROUP.search(pattern.name):
        raise Unproven("regexp_extract with a group that may take no part in the match gives NULL, in Spark ''")
    found = call("REGEXP_LIKE", node.this.copy(), pattern.copy())
    return exp.Case(ifs=[exp.If(this=found, true=call("REGEXP_EXTRACT", node.this, pattern, group))]), ()


def _substring(node: exp.Substring, kinds: Kinds) -> Made:
    start, length = node.args.get("start"), node.args.get("length")
    number = _number(start) if start is not None else None
    from_position = (
        isinstance(start, exp.Add) and isinstance(start.this, exp.StrPosition) and (_number(start.expression) or 0) > 0
    )
    if (number is not None and number > 0) or from_position:
        return node, ()
    if number is None or number == 0:
        raise Unproven("substr that does not start at a positive constant counts otherwise in Spark")
    short = exp.LT(this=exp.Length(this=node.this.copy()), expression=exp.Literal.number(-number))
    rest = call("SUBSTR", *[part for part in (node.this, start, length) if part is not None])
    return call("IF", short, exp.Literal.string(""), rest), ()


def _weekday(value: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Add(this=call("WEEKDAY", value), expression=exp.Literal.number(1)))


def _day_of_week(node: exp.DayOfWeekIso, kinds: Kinds) -> Made:
    return _weekday(node.this), ()


def _extract(node: exp.Extract, kinds: Kinds) -> Made:
    field = node.this.name.upper()
    if field in ("DOW", "DAY_OF_WEEK"):
        return _weekday(node.expression), ()
    if field not in _FIELDS:
        raise Unproven(f"extract({field.lower()} from …) is not proven to give the same value")
    return _FIELDS[field](this=node.expression), ()


def _rounded(node: exp.Floor | exp.Ceil, kinds: Kinds) -> Made:
    if kinds.of(node.this) in ("int", "decimal"):
        return node, ()
    return node, (info(f"{node.sql_name().lower()} of a DOUBLE is a BIGINT in Spark, of the same value"),)


def _logarithm(node: exp.Expr, kinds: Kinds) -> Made:
    return node, (warn("the logarithm of 0 is -Infinity in Athena and NULL in Spark"),)


def _map_agg(node: exp.Anonymous, kinds: Kinds) -> Made:
    pair = call("STRUCT", *node.expressions)
    message = "map_agg fails in Spark on a key that is NULL or comes twice; Athena leaves it out or takes one"
    made = call("MAP_FROM_ENTRIES", call("COLLECT_LIST", pair))
    select = node.find_ancestor(exp.Select)
    if select is None or isinstance(node.parent, exp.Filter | exp.Window):
        raise Unproven("map_agg with a filter or a window is not proven: what Spark makes of it is no aggregate")
    return null_over_no_rows(made, select), (warn(message),)


def _approximate(node: exp.ApproxDistinct | exp.ApproxQuantile, kinds: Kinds) -> Made:
    if node.args.get("accuracy") or node.args.get("weight"):
        raise Unproven("an approximation with a weight or an accuracy of its own is counted otherwise in Spark")
    return node, (info("both engines approximate here, each in its way"),)


def _any_value(node: exp.AnyValue, kinds: Kinds) -> Made:
    return call("ANY_VALUE", node.this, exp.true()), ()


def _joda(node: exp.Anonymous | exp.ParseDatetime, kinds: Kinds) -> Made:
    parses = isinstance(node, exp.ParseDatetime)
    pattern = node.args.get("format") if parses else node.expressions[1] if len(node.expressions) == 2 else None
    if not isinstance(pattern, exp.Literal) or not (_READS if parses else _WRITES).fullmatch(pattern.name):
        name = "parse_datetime" if parses else "format_datetime"
        raise Unproven(f"the pattern of {name} is not proven to mean the same to Spark")
    if isinstance(node, exp.ParseDatetime):
        said = (info("parse_datetime keeps parts of a millisecond in Spark"),) if "SSSS" in pattern.name else ()
        made, more = to_timestamp(node, _lenient(pattern.name))
        return made, said + more
    return call("DATE_FORMAT", node.expressions[0], pattern), ()


def _lenient(pattern: str) -> str:
    """Read a number of one digit, too, as Joda does, unless another number follows or comes before at once."""
    parts = re.split(r"('[^']*')", pattern)
    bare = r"(?<![A-Za-z])(MM|dd|HH|mm|ss)(?![A-Za-z])"
    return "".join(part if part.startswith("'") else re.sub(bare, lambda m: m[0][0], part) for part in parts)


def _grouping(node: exp.Grouping, kinds: Kinds) -> Made:
    """Spark's grouping takes one column; of several, the last one is the lowest bit."""
    first, *others = node.expressions
    if not others:
        return node, ()
    bits = [exp.Grouping(expressions=[each]) for each in (first, *others)]
    made: exp.Expr = bits[0]
    for bit in bits[1:]:
        made = exp.Add(this=exp.Mul(this=made, expression=exp.Literal.number(2)), expression=bit)
        made = exp.Paren(this=made)
    return made, ()


def _sum(node: exp.Sum, kinds: Kinds) -> Made:
    if kinds.of(node.this) != "float":
        return node, ()
    return node, (
        warn(f"{node.sql()[:60]}: the sum of a REAL is a REAL in Athena, of fewer digits, and a DOUBLE in Spark"),
    )


def _renamed(name: str) -> Callable[[exp.Expr, Kinds], Made]:
    def rename(node: exp.Expr, kinds: Kinds) -> Made:
        arguments = node.expressions if isinstance(node, exp.Anonymous) else [node.this, *node.expressions]
        return call(name, *arguments), ()

    return rename


def _none_match(node: exp.Anonymous, kinds: Kinds) -> Made:
    return exp.Not(this=call("EXISTS", *node.expressions)), ()


def _url_host(node: exp.Anonymous, kinds: Kinds) -> Made:
    return call("TRY_PARSE_URL", *node.expressions, exp.Literal.string("HOST")), ()


def _sha2(node: exp.SHA2Digest, kinds: Kinds) -> Made:
    length = node.args.get("length")
    return exp.Unhex(this=exp.SHA2(this=node.this, length=length.copy() if length else exp.Literal.number(256))), ()


def _sha1(node: exp.SHA, kinds: Kinds) -> Made:
    return exp.Unhex(this=call("SHA1", node.this)), ()


def _replace(node: exp.Replace, kinds: Kinds) -> Made:
    if isinstance(node.expression, exp.Literal) and not node.expression.name:
        raise Unproven("replace of an empty text stands before each character in Athena; Spark changes nothing")
    return node, ()


def _if(node: exp.If, kinds: Kinds) -> Made:
    """Spark's `if` wants three arguments; the branches of a CASE are of the same class."""
    if isinstance(node.parent, exp.Case):
        return node, ()
    if node.args.get("false") is not None:
        return chosen(node, kinds)
    return exp.If(this=node.this, true=node.args["true"], false=exp.Null()), ()


def _chr(node: exp.Chr, kinds: Kinds) -> Made:
    number = _number(node.expressions[0]) if len(node.expressions) == 1 else None
    if number is None or not 0 < number < 128:
        raise Unproven("chr of what is no ASCII code is not proven: Spark takes it modulo 256")
    return node, ()


def _json_length(node: exp.Anonymous, kinds: Kinds) -> Made:
    (held,) = node.expressions
    if isinstance(held, exp.JSONExtract):
        made = json_text(held)
        if held.expression.sql(dialect="trino").count(".") > 1:
            raise Unproven("json_array_length below an object that may be an array is not proven: Spark looks into it")
        return call("JSON_ARRAY_LENGTH", made), ()
    return call("JSON_ARRAY_LENGTH", held), ()


def _year_of_week(node: exp.YearOfWeek, kinds: Kinds) -> Made:
    return exp.Extract(this=exp.var("YEAROFWEEK"), expression=node.this), ()


_TYPED: dict[type[exp.Expr], Callable[..., Made]] = {
    exp.DateDiff: _date_diff, exp.DateAdd: _date_add, exp.TimestampTrunc: _date_trunc, exp.DateTrunc: _date_trunc, exp.UnixToTime: _from_unixtime,
    exp.TimeToUnix: _to_unixtime, exp.JSONExtractScalar: _json_scalar, exp.Bracket: _element, exp.ArrayAgg: array_agg,
    exp.Greatest: _null_wins, exp.Least: _null_wins, exp.Trim: _trim, exp.SplitPart: _split_part,
    exp.RegexpExtract: _regexp_extract, exp.Split: _split, exp.StrPosition: _position, exp.Decode: _from_utf8, exp.RegexpReplace: _regexp_replace, exp.Substring: _substring, exp.DayOfWeekIso: _day_of_week, exp.Extract: _extract,
    exp.Floor: _rounded, exp.Ceil: _rounded, exp.Ln: _logarithm, exp.Log: _logarithm, exp.ApproxDistinct: _approximate,
    exp.ApproxQuantile: _approximate, exp.AnyValue: _any_value, exp.Try: try_, exp.ParseDatetime: _joda,
    exp.ArraySize: _renamed("CARDINALITY"), exp.SHA2Digest: _sha2, exp.SHA: _sha1, exp.Replace: _replace, exp.StrToTime: date_parse,
    exp.TimeToStr: date_format, exp.YearOfWeek: _year_of_week, exp.JSONExtract: _json, exp.Cast: cast, exp.TryCast: cast,
    exp.Div: divide, exp.Mul: computed, exp.Add: computed, exp.Sub: computed, exp.Coalesce: chosen, exp.Case: chosen, exp.Union: united, exp.Intersect: united, exp.Except: united, exp.Avg: average, exp.Round: rounded, exp.If: _if, exp.FromBase64: _renamed("UNBASE64"), exp.Chr: _chr, exp.AtTimeZone: at_time_zone, exp.Grouping: _grouping, exp.Sum: _sum, exp.ParseJSON: _json_value,
    **LISTS,
}  # fmt: skip
_NAMED: dict[str, Callable[..., Made]] = {
    "map_agg": _map_agg, "format_datetime": _joda, "any_match": _renamed("EXISTS"), "all_match": _renamed("FORALL"),
    "none_match": _none_match, "url_extract_host": _url_host, "json_array_length": _json_length,
}  # fmt: skip
TRANSLATED = frozenset(
    "date_diff date_add date_trunc from_unixtime to_unixtime json_extract_scalar element_at array_agg greatest least trim"
    " ltrim rtrim split_part regexp_extract substr substring day_of_week dow extract floor ceil ceiling ln log log2 log10"
    " approx_distinct approx_percentile any_value arbitrary try parse_datetime cardinality sha1 sha256 sha512 array_sort"
    " json_extract json_parse if from_base64 from_hex from_utf8 chr reduce array_max array_min flatten".split()
) | frozenset(_NAMED)


def translate_calls(tree: exp.Expr, kinds: Kinds) -> tuple[list[str], list[Said]]:
    """Put Spark's expression in the place of each call; returns what could not be, and what has to be looked at."""
    problems: list[str] = []
    said = [*joined_elements(tree, kinds), *note_zones(tree)]
    _note_maps(tree)
    # Inner calls first, so that an outer one takes the translated ones along; types are those of the original.
    for node in reversed(list(tree.walk())):
        write = _NAMED.get(node.name.lower()) if isinstance(node, exp.Anonymous) else _TYPED.get(type(node))
        if write is None:
            continue
        kind = kinds.of(node)
        try:
            made, notes = write(node, kinds)
        except Unproven as error:
            problems.append(str(error))
            continue
        said += notes
        if made is not node:
            node.replace(made)
            if kind:
                kinds.remember(made, kind)
    return list(dict.fromkeys(problems)), list(dict.fromkeys(said))
