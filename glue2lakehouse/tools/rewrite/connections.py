"""Connection types beyond files: Spark's format for each, and what becomes of every option.

Source: the connection pages of the Glue guide and the connectors' own references, as in `tools/facts/options.csv`.
"""

import ast
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Piece, code, joined
from glue2lakehouse.tools.rewrite.options import Options, quoted
from glue2lakehouse.tools.rewrite.rule import Use
from glue2lakehouse.tools.rewrite.secret_scopes import Holder, holder_of, scope_note, secret_scope, secrets_of

DBUTILS = "from databricks.sdk.runtime import dbutils"


class Connector(NamedTuple):
    """How a connection type reads and writes with Spark.

    `options` maps a Glue option to Spark's name for it; `dropped` names the ones without effect on the data with the
    reason; `secrets` are the options that a Glue connection brings along, taken from a secret scope instead.
    """

    format: str
    options: dict[str, str]
    dropped: Mapping[str, str] = MappingProxyType({})
    secrets: tuple[str, ...] = ()
    fixed: Mapping[str, str] = MappingProxyType({})


def compat_of(imports: tuple[str, ...]) -> tuple[str, ...]:
    """Return the helpers that import lines name."""
    return tuple(line.rsplit(" ", 1)[-1] for line in imports if line.startswith("from glue_compat import "))


def _same(names: str) -> dict[str, str]:
    return {name: name for name in names.split()}


_TUNING = "sets how it is read or written, not what"
_JDBC = _same("url dbtable query user password partitionColumn lowerBound upperBound numPartitions fetchsize "
              "isolationLevel driver sessionInitStatement queryTimeout truncate") | {
    "customJdbcDriverClassName": "driver",
    "bulkSize": "batchsize",
    "batchsize": "batchsize",
    "sampleQuery": "query",
    "className": "driver",
}  # fmt: skip
_JDBC_DROPPED = {"customJdbcDriverS3Path": "the driver comes with the cluster or as a library"}
_JDBC_SECRETS = ("url", "user", "password")
_SNOWFLAKE = _same("sfDatabase sfSchema sfWarehouse sfRole sfUrl sfUser sfPassword pem_private_key dbtable query "
                   "preactions postactions autopushdown")  # fmt: skip

_DRIVER_PROPERTIES = frozenset("ssl sslmode usessl requiressl encrypt trustservercertificate sslrootcert".split())
"""What JDBC drivers take as connection properties; Spark hands over to them what it does not know itself."""

CONNECTORS: dict[str, Connector] = {
    **{
        name: Connector("jdbc", _JDBC, _JDBC_DROPPED, _JDBC_SECRETS)
        for name in (
            "jdbc",
            "mysql",
            "postgresql",
            "oracle",
            "sqlserver",
            "azuresql",
            "teradata",
            "saphana",
            "custom.jdbc",
            "marketplace.jdbc",
        )
    },
    "redshift": Connector(
        "redshift",
        _same(
            "url dbtable query user password aws_iam_role sse_kms_key extracopyoptions csvnullstring preactions "
            "postactions usestagingtable tempformat autopushdown"
        )
        | {"redshiftTmpDir": "tempdir", "redshift_tmp_dir": "tempdir", "tempdir": "tempdir"},
        {
            "unload_s3_format": _TUNING,
            "autopushdown.s3_result_cache": _TUNING,
            **_JDBC_DROPPED,
        },
        _JDBC_SECRETS,
        {"forward_spark_s3_credentials": "true"},
    ),
    "mongodb": Connector(
        "mongodb",
        _same("connection.uri database collection") | {"uri": "connection.uri", "pipeline": "aggregation.pipeline"},
        dict.fromkeys(
            (
                "disableUpdateUri",
                "batchSize",
                "partitioner",
                "partitionerOptions.partitionKey",
                "partitionerOptions.partitionSizeMB",
                "partitionerOptions.samplesPerPartition",
                "partitionerOptions.numberOfPartitions",
                "partitionerOptions.shardkey",
            ),
            _TUNING,
        ),
        ("connection.uri",),
    ),
    "snowflake": Connector("snowflake", _SNOWFLAKE, {}, ("sfUrl", "sfUser", "sfPassword")),
    "bigquery": Connector(
        "bigquery",
        _same("project parentProject table query viewsEnabled materializationDataset writeMethod temporaryGcsBucket"),
        {"sourceType": "told by which of table and query is given"},
        ("credentials",),
    ),
    "opensearch": Connector(
        "opensearch",
        _same("opensearch.resource opensearch.query pushdown opensearch.read.field.as.array.include opensearch.nodes"),
        {},
        ("opensearch.nodes", "opensearch.net.http.auth.user", "opensearch.net.http.auth.pass"),
    ),
    "vertica": Connector(
        "com.vertica.spark.datasource.VerticaSource",
        _same("db table query staging_fs_url host user password") | {"dbSchema": "dbschema"},
        {},
        ("host", "user", "password"),
    ),
    "azurecosmos": Connector(
        "cosmos.oltp",
        _same("spark.cosmos.database spark.cosmos.container spark.cosmos.read.customQuery"),
        {},
        ("spark.cosmos.accountEndpoint", "spark.cosmos.accountKey"),
    ),
}
CONNECTORS["documentdb"] = CONNECTORS["mongodb"]


class Settled(NamedTuple):
    """Spark options in order, the imports they need, and what is to be said about them."""

    options: list[tuple[str, Piece]]
    imports: tuple[str, ...]
    findings: list[Finding]
    blocked: Finding | None = None


_URI = ("username", "password", "ssl", "ssl.domain_match", "retryWrites")


def _mongo_uri(options: Options) -> tuple[str, Piece] | None:
    """Put what Glue takes as options of their own into the connection string, where Spark's connector reads it."""
    uri = options.take("connection.uri", "uri")
    if uri is None:
        return None
    given = [(key, options.take(key)) for key in _URI if options.given(key)]
    if not given:
        return "connection.uri", uri
    inside = code("{uri}", uri=uri)
    for key, value in given:
        assert value is not None
        inside = code("{inside}, {key}={value}", inside=inside, key=key.replace(".", "_"), value=value)
    return "connection.uri", code("mongo_uri({inside})", inside=inside)


def settle(use: Use, connection: str, connector: Connector, options: Options) -> Settled:
    """Return what becomes of each option; an option that nothing is known of blocks the rewrite."""
    done: list[tuple[str, Piece]] = []
    findings: list[Finding] = []
    imports: tuple[str, ...] = ()
    name, secret = (
        holder_of(use, options, *keys) for keys in (("connectionName", "catalog_connection"), ("secretId",))
    )
    options.take("useConnectionProperties")
    known_here = use.connection(name.spelled) if name is not None else {}
    if name is not None and secret is None and "url" in known_here and "secretId" in known_here:
        name = name._replace(scope=secret_scope(use, "", known_here["secretId"]))
    filled = False
    if connector.format == "jdbc":
        refused = _own_driver(use, options, name if secret is None else secret, known_here)
        if isinstance(refused, Finding):
            return Settled([], (), [], refused)
        done += refused
        filled = any("fill_placeholders" in str(value) for _, value in refused)
        if filled:
            imports = ("from glue_compat import fill_placeholders",)
    if connector.format == "mongodb" and (uri := _mongo_uri(options)) is not None:
        done.append(uri)
        if "mongo_uri" in str(uri[1]):
            imports = ("from glue_compat import mongo_uri",)
    known = {key.lower(): target for key, target in connector.options.items()}
    dropped = {key.lower() for key in connector.dropped}
    for key in list(options.leftover()):
        if key.lower() in known:
            value = options.take(key)
            assert value is not None
            done.append((known[key.lower()], value))
            if key.lower() in ("password", "sfpassword") and isinstance(options.literal(key), str):
                findings.append(
                    use.warning("a password stands in the source", "put it into a secret scope and read it from there")
                )
        elif key.lower() in dropped:
            options.take(key)
            reason = next(why for name, why in connector.dropped.items() if name.lower() == key.lower())
            findings.append(use.info(f"the option {key} goes: {reason}", ""))
        elif connector.format == "jdbc" and connection != "custom.jdbc" and key.lower() in _DRIVER_PROPERTIES:
            value = options.take(key)
            assert value is not None
            done.append((key, value))
    rest = sorted(options.leftover())
    if rest:
        blocked = use.blocker(
            f"option {', '.join(rest)} of a {connection} connection has no counterpart in Spark",
            "drop it where it is not needed, or rewrite this call by hand",
        )
        return Settled([], (), findings, blocked)
    for holder, what in ((secret, "secretId"), (name, "connection")):
        if holder is None:
            continue
        held = [] if filled else secrets_of(holder, connector.secrets, {target for target, _ in done})
        held = [item for item in held if what == "connection" or item[0] not in _PLACES]
        done = [*held, *done]
        imports = (*imports, DBUTILS) if held else imports
        findings.append(scope_note(use, what, holder, [key for key, _ in held] or _placeholders(options)))
    if connection.lower() in _OWN_DRIVERS and name is not None and not any(key == "driver" for key, _ in done):
        findings.append(_driver_note(use, name))
    if not any(target == "aws_iam_role" for target, _ in done):
        # The connector takes one way to S3 only: a role, or the credentials that Spark has itself.
        done += [(key, quoted(value)) for key, value in connector.fixed.items()]
    return Settled(done, imports, findings)


_OWN_DRIVERS = ("custom.jdbc", "marketplace.jdbc")


def _driver_note(use: Use, name: Holder) -> Finding:
    shown = name.spelled if isinstance(name.spelled, str) else "NAME"
    return use.info(
        "which JDBC driver the connector has stands in the Glue connection",
        f"install the driver as a library; where Spark does not find it by the URL, name its class in glue2lakehouse.yaml, "
        f"connections: {{{shown}: {{className: ...}}}}, and convert again",
    )


def _placeholders(options: Options) -> list[str]:
    """Return the keys of the secret that the URL asks for."""
    url = next((value for key, value in options.literals.items() if key.lower() == "url"), "")
    return list(dict.fromkeys(re.findall(r"\$\{(\w+)\}", url))) if isinstance(url, str) else []


def _own_driver(
    use: Use, options: Options, holder: Holder | None, known: Mapping[str, str]
) -> list[tuple[str, Piece]] | Finding:
    """Return what only drivers of one's own are given: a URL with `${…}` for secrets, a condition that the database filters by."""
    done: list[tuple[str, Piece]] = []
    if not options.given("url") and "url" in known:
        options.values["url"], options.literals["url"] = quoted(known["url"]), known["url"]
    if "className" in known and not options.given("className", "customJdbcDriverClassName", "driver"):
        done.append(("driver", quoted(known["className"])))
    url = options.literals.get(next((key for key in options.values if key.lower() == "url"), ""))
    if isinstance(url, str) and "${" in url:
        if holder is None:
            return use.blocker("the URL has placeholders for secrets, and no secret is named", "name it: secretId")
        text = options.take("url")
        assert text is not None
        done.append(("url", code("fill_placeholders({url}, {scope})", url=text, scope=holder.scope)))
    condition = options.take("filterPredicate")
    if condition is None:
        return done
    table = options.take("dbtable")
    if table is None:
        return use.blocker("a query is filtered by filterPredicate", "put the condition into the query")
    told = [use.literal(part) if isinstance(part, ast.expr) else None for part in (table, condition)]
    if all(isinstance(part, str) for part in told):
        return [*done, ("dbtable", quoted(f"(SELECT * FROM {told[0]} WHERE {told[1]}) filtered"))]
    words = ('"(SELECT * FROM "', '" WHERE "', '") filtered"')
    filtered = joined(" + ", [words[0], _summand(table), words[1], _summand(condition), words[2]])
    return [*done, ("dbtable", filtered)]


def _summand(piece: Piece) -> Piece:
    """Return a piece as part of a sum: `a if b else c` and the like need brackets."""
    plain = not isinstance(piece, ast.expr) or isinstance(
        piece, ast.Constant | ast.Name | ast.Attribute | ast.Subscript | ast.Call
    )
    return piece if plain else code("({piece})", piece=piece)


_PLACES = frozenset({"url", "sfUrl", "host", "opensearch.nodes"})
"""What a connection knows and a secret of AWS Secrets Manager does not: where the database is."""
