"""The touches of Glue's arguments: mappings, choices, predicates, formats, options."""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.checks import glue_surface as glue
from glue2lakehouse.tools.checks.facts import Fact
from glue2lakehouse.tools.checks.merged_options import merged
from glue2lakehouse.tools.checks.option_touches import WRITE_MODES, Option, read_option
from glue2lakehouse.tools.checks.options import CONNECTIONS, CONNECTORS, FORMATS, NAMES, type_name
from glue2lakehouse.tools.checks.plain_touches import PlainReader
from glue2lakehouse.tools.checks.syntax import constant, plain, text_of, walk
from glue2lakehouse.tools.checks.touch import HELPER, Touch

MEANINGLESS = frozenset(
    {
        ("from_df", "name"),
        ("Relationalize", "staging_path"),
        ("Relationalize", "options"),
        ("Relationalize", "name_default"),
        ("ApplyMapping", "case_sensitive"),
        ("SplitFields", "unused"),
    }
)
"""Arguments of one call that hold no data: a frame's label, the staging folder of a pivot."""


class ArgumentReader(PlainReader):
    """Adds what a Glue call is given: one method `_take_<parameter>` for each parameter of its own kind."""

    def _argument(self, kind: str, parameter: str, value: ast.expr, connection: str) -> None:
        if parameter in glue.DROPPED_ARGUMENTS or (kind, parameter) in MEANINGLESS:
            return
        literal = constant(value)
        if (parameter in glue.ZERO_DEFAULTS and literal == "0") or literal == "None":
            return
        handler = getattr(self, f"_take_{parameter}", None)
        if handler is not None:
            handler(value, kind)
        elif parameter.endswith("options"):
            self._options(value, connection, kind)
        elif parameter.startswith("**"):
            self._option(parameter[2:], value, connection)
        elif parameter in glue.ZERO_DEFAULTS:
            kept: Fact = ("low", "fail_at_errors")
            if literal is not None:
                kept = ("opt", parameter.removesuffix("Threshold"), literal)
            what = f"{parameter}={literal or '...'}"
            self._need(what, value, ("low", parameter.lower()), kept, mentions=(parameter,))
        else:
            self._visit(value)

    def _take_connection_type(self, value: ast.expr, kind: str) -> None:
        held = self._written_out.get(value.id) if isinstance(value, ast.Name) else None
        words = CONNECTIONS | dict.fromkeys(CONNECTORS, CONNECTIONS["hudi"]) if self._hudi else CONNECTIONS
        self._kind_of_source("connection type", text_of(value if held is None else held), value, words)

    def _take_format(self, value: ast.expr, kind: str) -> None:
        literal = text_of(value)
        if kind == "Unbox":
            self._kind_of_source("format", literal, value, FORMATS)
            return
        others = "saveastable insertinto" if self._table_sink and not kind.startswith("read") else ""
        self._kind_of_source("format", literal, value, FORMATS, others)
        if kind == "set_format" and (literal or "").lower() == "csv" and not self._header_told:
            # A table of Unity Catalog has no header.
            tables: list[Fact] = [("low", word) for word in others.split()]
            what = "header of the CSV sink (Glue writes it)"
            self._need(what, value, ("opt", "header", "true"), *tables, mentions=("header",))

    def _kind_of_source(
        self, what: str, literal: str | None, node: ast.expr, names: dict[str, str], others: str = ""
    ) -> None:
        if literal is None:
            self._visit(node)
            return
        words = names.get(literal.lower(), literal.lower()).split()
        if words:
            alternatives: list[Fact] = [("low", word) for word in (*words, *others.split())]
            self._need(f"{what} {literal!r}", node, *alternatives, ("str", literal), mentions=(literal,))

    def _take_push_down_predicate(self, value: ast.expr, kind: str) -> None:
        if text_of(value) == "":
            return
        self._operation("filter", value, "where", "push_down_predicate")
        self._visit(value)

    def _take_redshift_tmp_dir(self, value: ast.expr, kind: str) -> None:
        """A catalog table needs no staging folder in Unity Catalog; a JDBC or Redshift connection does."""
        if kind.endswith("jdbc_conf") and text_of(value) != "":
            self._option("redshiftTmpDir", value, "redshift")

    def _take_catalog_connection(self, value: ast.expr, kind: str) -> None:
        self._option("connectionName", value, "")

    def _take_mappings(self, value: ast.expr, kind: str) -> None:
        items = value.elts if isinstance(value, ast.List) else [value] if isinstance(value, ast.Tuple) else None
        if items is None:
            self._visit(value)
            words = "select selectexpr withcolumn withcolumns withcolumnrenamed"
            self._need("mapping", value, *(("low", w) for w in words.split()), HELPER, kind="operation")
            return
        for item in items:
            texts = [text_of(part) for part in item.elts] if isinstance(item, ast.Tuple) else []
            parts = [text for text in texts if text is not None]
            if len(parts) != len(texts) or len(parts) not in (2, 3, 4):
                self._visit(item)
            elif len(parts) == 2:
                self._pair(parts[0], parts[1], "", "", item)
            elif len(parts) == 3:
                self._pair(parts[0], parts[1], "", parts[2], item)
            else:
                self._pair(parts[0], parts[2], parts[1], parts[3], item)

    def _pair(self, source: str, target: str, old: str, new: str, node: ast.expr) -> None:
        source, target, old, new = plain(source), plain(target), type_name(old), type_name(new)
        kinds = [new] if new and old != new else ["", new]
        kinds += ["decimal(10,2)"] if new == "decimal" else []
        sources = dict.fromkeys((source, source.rpartition(".")[2]))
        targets = dict.fromkeys((target, target.rpartition(".")[2]))
        alternatives: list[Fact] = [("pair", s, t, k) for s in sources for t in targets for k in kinds]
        if old == new and new in ("struct", "array"):
            alternatives.append(("word", source))
        what = f"mapping {source} -> {target}" + (f" ({new})" if new else "")
        self._need(what, node, *alternatives, mentions=(source, target), kind=f"pair:{new}")

    def _take_specs(self, value: ast.expr, kind: str) -> None:
        items = value.elts if isinstance(value, ast.List) else [value]
        for item in items:
            texts = [text_of(part) for part in item.elts] if isinstance(item, ast.Tuple) else []
            if len(texts) != 2 or texts[0] is None or texts[1] is None:
                self._visit(item)
                continue
            path, (action, _, kind_name) = plain(texts[0]).replace("[]", ""), texts[1].partition(":")
            if action == "cast":
                self._pair(path, path, "?", kind_name, item)
            else:
                self._choice(f"choice {path}: {texts[1]}", item, path, texts[1])

    def _take_choice(self, value: ast.expr, kind: str) -> None:
        literal = text_of(value)
        if literal is None:
            self._visit(value)
        elif literal:
            self._choice(f"choice {literal}", value, literal, "choice")

    def _choice(self, what: str, node: ast.expr, *mentions: str) -> None:
        """On a frame of fixed schema a choice changes nothing; CSV, JSON and XML may hold some."""
        alternatives: list[Fact] = [("str", mentions[0])]
        if mentions[0] == "match_catalog":
            alternatives.append(("name", "match_choices"))
        severity = Severity.BLOCKER if self._untyped else Severity.WARNING
        mentions = (*mentions, "resolvechoice", "resolve-choice", "choice")
        self._found.append(Touch(what, node.lineno, tuple(alternatives), mentions, severity=severity))

    def _take_comparison_dict(self, value: ast.expr, kind: str) -> None:
        if not isinstance(value, ast.Dict):
            self._visit(value)
            return
        for key, conditions in zip(value.keys, value.values, strict=True):
            column = plain(text_of(key) or "")
            if not isinstance(conditions, ast.Dict) or not column:
                self._visit(key)
                self._visit(conditions)
                continue
            for sign, operand in zip(conditions.keys, conditions.values, strict=True):
                literal, operator = constant(operand), text_of(sign) or ""
                if literal is None:
                    self._visit(operand)
                    continue
                leaf = column.rpartition(".")[2]
                operator = {"=": "==", "<>": "!="}.get(operator, operator)
                facts: list[Fact] = [("cmp", name, operator, literal) for name in (leaf, "")]
                what = f"comparison {column} {operator} {literal}"
                self._need(what, operand, *facts, HELPER, mentions=(column,), kind="comparison")

    def _take_f(self, value: ast.expr, kind: str) -> None:
        nots = {
            (inner.lineno, inner.col_offset)
            for outer in walk(value)
            if isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)
            for inner in walk(outer)
            if isinstance(inner, ast.Compare)
        }
        self._nots = frozenset(nots)
        self._visit(value)
        self._nots = frozenset()

    def _options(self, value: ast.expr, connection: str, kind: str) -> None:
        if not isinstance(value, ast.Dict):
            self._spread(value, connection)
            return
        for key, item in zip(value.keys, value.values, strict=True):
            name = text_of(key)
            if key is None:
                self._spread(item, connection)
            elif name is None:
                self._visit(key)
                self._visit(item)
            else:
                self._option(name, item, connection)

    def _spread(self, value: ast.expr, connection: str) -> None:
        """Ask for each option that a variable or dictionaries put together hold; their values stay where they are assigned.

        Where all of them are known, a finding that names one also answers for the variable: each has a touch of its own.
        """
        held = merged(value, self._written_out)
        asked = {name for name, item in held.entries.items() if self._asked(name, item, connection)}
        if held.whole and held.entries and not asked:
            return
        start = len(self._found)
        self._visit(value)
        if held.whole:
            self._found[start:] = [replace(one, mentions=(*one.mentions, *asked)) for one in self._found[start:]]
        for name in sorted(asked):
            self._held_option(name, held.entries[name], value, connection)

    def _asked(self, key: str, value: ast.expr, connection: str) -> bool:
        return not read_option(key, value, connection, self._updates_catalog).dropped

    def _held_option(self, key: str, value: ast.expr, node: ast.expr, connection: str) -> None:
        option = read_option(key, value, connection, self._updates_catalog)
        low = key.lower()
        facts: list[Fact] = [("str", key), ("has", "**")]
        if low in WRITE_MODES and option.alternatives:
            # Every writer has the word `mode`; only its value, or the variable's entry, says that this one is kept.
            facts += option.alternatives
        else:
            facts += [("low", word) for word in (*NAMES.get(low, low).split(), low)]
            facts += [("low", "secrets")] if option.secret else []
        if not low.startswith("hoodie."):
            facts.append(HELPER)
        self._need(f"option {key}", node, *facts, mentions=(key,), kind="option")

    def _option(self, key: str, value: ast.expr, connection: str) -> None:
        option: Option = read_option(key, value, connection, self._updates_catalog)
        if option.dropped:
            return
        if option.alternatives:
            shown = constant(value) if not option.secret else None
            what = f"option {key}" + (f"={shown}" if shown is not None else "")
            self._need(what, value, *option.alternatives, mentions=(key,), kind="option")
        if option.visit:
            start = len(self._found)
            self._visit(value)
            for index in range(start, len(self._found)):
                touch = self._found[index]
                extra: tuple[Fact, ...] = (("low", "secrets"),) if option.secret else ()
                self._found[index] = replace(
                    touch, alternatives=touch.alternatives + extra, mentions=(*touch.mentions, key)
                )
