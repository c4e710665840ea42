"""Spark connectors of one's own and from the marketplace: the data source's class by name, its options as they are.

Glue: aws-glue-programming-etl-connect-home (custom and AWS Marketplace connectionType values). The class is `className` of the
call or of the Glue connection; what the connection's secret holds become options as well. Classes of lake formats go that way.
"""

from typing import NamedTuple

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.io.hudi import is_hudi, write_hudi
from glue2lakehouse.tools.rewrite.io.lakes import read_lake, with_options, write_lake
from glue2lakehouse.tools.rewrite.io.secret_scopes import holder_of, secret_scope
from glue2lakehouse.tools.rewrite.options import Options, quoted
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Rewrite, Use

TYPES = frozenset({"custom.spark", "marketplace.spark"})
_LAKE_CLASSES = {
    "delta": "delta",
    "org.apache.spark.sql.delta.sources.deltadatasource": "delta",
    "hudi": "hudi",
    "org.apache.hudi": "hudi",
    "org.apache.hudi.defaultsource": "hudi",
    "iceberg": "iceberg",
    "org.apache.iceberg.spark.source.icebergsource": "iceberg",
}
_INSTALLED = "the same version of the connector is installed as a library"
_SECRETS = "the secret scope holds what the Glue connection's secret does, and an option of the call counts over it"
_CLASS = (
    "the secret scope holds the Glue connection: its data source's class under className, and what its secret holds; "
    "the connector's library is on the compute"
)


class _Source(NamedTuple):
    """A data source: its class where it is known, the scope of its connection, and the options of the call."""

    form: Piece | None
    scope: Piece | None
    options: list[tuple[str, Piece]]


def read_connector(use: Use, session: Piece, options: Options) -> Answer:
    """Return the read through a connector's data source."""
    if lake := _lake(use, options):
        return read_lake(use, session, lake, options)
    source = _source(use, options)
    if source.form is None:
        return _by_scope(use, "read_connector", session, source)
    reader = _prepared(code("{session}.read.format({form})", session=session, form=source.form), source)
    return _done(use, code("{reader}.load()", reader=reader), source)


def write_connector(use: Use, frame: Piece, options: Options, keys: Code) -> Answer:
    """Return the append through a connector's data source."""
    if lake := _lake(use, options):
        if lake == "hudi":
            return write_hudi(use, frame, options, path=options.take("path"))
        return write_lake(use, frame, lake, options, keys)
    source = _source(use, options)
    if source.form is None:
        return _by_scope(use, "write_connector", frame, source)
    writer = code('{frame}.write.mode("append").format({form}){keys}', frame=frame, form=source.form, keys=keys)
    return _done(use, code("{writer}.save()", writer=_prepared(writer, source)), source)


def _lake(use: Use, options: Options) -> str:
    """Return the lake format that a written-out class or a connection of the settings stands for; Hudi's options tell it."""
    if is_hudi(options):
        return "hudi"
    held = {key.lower(): value for key, value in options.literals.items()}
    name = held.get("classname", NOT_LITERAL)
    if not isinstance(name, str):
        name = use.connection(held.get("connectionname")).get("className", "")
    return _LAKE_CLASSES.get(str(name).lower(), "")


def _source(use: Use, options: Options) -> _Source:
    form = options.take("className")
    name, secret = (holder_of(use, options, key) for key in ("connectionName", "secretId"))
    options.take("connectionType", "useConnectionProperties")
    known = use.connection(name.spelled if name is not None else None)
    if known and form is None and "className" in known:
        form = quoted(known["className"])
    holder = secret or name
    scope = holder.scope if holder is not None else None
    if known and secret is None:
        scope = secret_scope(use, "", known["secretId"]) if "secretId" in known else None
    rest = [(key, value) for key in list(options.leftover()) if (value := options.take(key)) is not None]
    given = {key.lower() for key, _ in rest}
    told = [(key, value) for key, value in known.items() if key not in ("className", "secretId")]
    rest = [*((key, quoted(value)) for key, value in told if key.lower() not in given), *rest]
    return _Source(form, scope, rest)


def _prepared(maker: Code, source: _Source) -> Code:
    if source.scope is not None:
        maker = code("{maker}.options(**connection_properties({scope}))", maker=maker, scope=source.scope)
    return with_options(maker, source.options)


def _done(use: Use, made: Code, source: _Source) -> Rewrite:
    if source.scope is None:
        return Rewrite(made, certainty=Certainty.CONDITIONAL, condition=_INSTALLED)
    return Rewrite(
        made,
        certainty=Certainty.CONDITIONAL,
        condition=f"{_INSTALLED}; {_SECRETS}",
        imports=("from glue_compat import connection_properties",),
        compat=("connection_properties",),
        findings=(
            use.warning(
                "the secret of the Glue connection is replaced by a secret scope",
                "create the scope with the keys of that secret, which become options of the data source",
            ),
        ),
    )


def _by_scope(use: Use, helper: str, what: Piece, source: _Source) -> Answer:
    """The class stands in the Glue connection only: the helper looks it up in the scope when it runs, or says so."""
    if source.scope is None:
        return use.blocker(
            "the connector has neither a className nor a connection",
            "name the data source in connection_options: className",
        )
    given = code("{{}}")
    for number, (key, value) in enumerate(source.options):
        before = code("{{") if number == 0 else code("{given}, ", given=given)
        given = code("{before}{key}: {value}", before=before, key=quoted(key), value=value)
    if source.options:
        given = code("{given}}}", given=given)
    return Rewrite(
        code("{helper}({what}, {scope}, {given})", helper=helper, what=what, scope=source.scope, given=given),
        certainty=Certainty.CONDITIONAL,
        condition=_CLASS,
        imports=(f"from glue_compat import {helper}",),
        compat=(helper,),
        findings=(
            use.warning(
                "which data source it is stands in the Glue connection, which is replaced by a secret scope",
                "create the scope with className and the keys of the connection's secret, or name the class in "
                "glue2lakehouse.yaml (connections) and convert again",
            ),
        ),
    )
