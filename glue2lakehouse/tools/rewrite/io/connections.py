"""What becomes of the options of a connection beyond files: Spark's options, secrets in a scope, what is to be said."""

import ast
import re
from collections.abc import Mapping
from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Piece, code, joined
from glue2lakehouse.tools.rewrite.io.connection_types import DBUTILS, Connector
from glue2lakehouse.tools.rewrite.io.secret_scopes import Holder, holder_of, scope_note, secret_scope, secrets_of
from glue2lakehouse.tools.rewrite.options import Options, quoted
from glue2lakehouse.tools.rewrite.rule import Use

_DRIVER_PROPERTIES = frozenset("ssl sslmode usessl requiressl encrypt trustservercertificate sslrootcert".split())
"""What JDBC drivers take as connection properties; Spark hands over to them what it does not know itself."""


class Settled(NamedTuple):
    """Spark options in order, the imports they need, and what is to be said about them."""

    options: list[tuple[str, Piece]]
    imports: tuple[str, ...]
    findings: list[Finding]
    blocked: Finding | None = None


_SWITCHES = ("ssl", "ssl.domain_match", "retryWrites")


def _mongo_uri(options: Options, holder: Holder | None) -> tuple[str, Piece] | None:
    """Put what Glue takes as options of their own into the connection string, where Spark's connector reads it.

    The string of a Glue connection has its credentials already.
    """
    uri = options.take("connection.uri", "uri")
    keys: tuple[str, ...] = ("username", "password", *_SWITCHES)
    if uri is None and holder is not None and options.given(*_SWITCHES):
        uri, keys = secrets_of(holder, ("connection.uri",), set())[0][1], _SWITCHES
    given = [(key, options.take(key)) for key in keys if options.given(key)] if uri is not None else []
    if uri is None or not given:
        return None if uri is None else ("connection.uri", uri)
    inside = code("{uri}", uri=uri)
    for key, value in given:
        assert value is not None
        inside = code("{inside}, {key}={value}", inside=inside, key=key.replace(".", "_"), value=value)
    return "connection.uri", code("mongo_uri({inside})", inside=inside)


def settle(use: Use, connection: str, connector: Connector, options: Options) -> Settled:
    """Return what becomes of each option; an option that nothing is known of blocks the rewrite."""
    name, secret = _holders(use, options)
    own = _own_options(use, connector, options, name, secret)
    if isinstance(own, Finding):
        return Settled([], (), [], own)
    given, findings = _mapped(use, connection, connector, options)
    done = [*own, *given]
    if rest := sorted(options.leftover()):
        blocked = use.blocker(
            f"option {', '.join(rest)} of a {connection} connection has no counterpart in Spark",
            "drop it where it is not needed, or rewrite this call by hand",
        )
        return Settled([], (), findings, blocked)
    helpers = [helper for helper in ("fill_placeholders", "mongo_uri") if any(helper in str(made) for _, made in own)]
    imports = tuple(f"from glue_compat import {helper}" for helper in helpers)
    for holder, what in ((secret, "secretId"), (name, "connection")):
        if holder is None:
            continue
        filled = "fill_placeholders" in helpers
        held = [] if filled else secrets_of(holder, connector.secrets, {target for target, _ in done})
        held = [item for item in held if what == "connection" or item[0] not in _PLACES]
        done = [*held, *done]
        asked = [key for key, made in (*held, *own) if "dbutils.secrets" in str(made)]
        imports = (*imports, DBUTILS) if asked else imports
        findings.append(scope_note(use, what, holder, asked or _placeholders(options)))
    if connection.lower() in _OWN_DRIVERS and name is not None and not any(key == "driver" for key, _ in done):
        findings.append(_driver_note(use, name))
    if not any(target == "aws_iam_role" for target, _ in done):
        # The connector takes one way to S3 only: a role, or the credentials that Spark has itself.
        done += [(key, quoted(value)) for key, value in connector.fixed.items()]
    return Settled(done, imports, findings)


def _holders(use: Use, options: Options) -> tuple[Holder | None, Holder | None]:
    """Return where the credentials are: under the name of a Glue connection, or of a secret."""
    name, secret = (
        holder_of(use, options, *keys) for keys in (("connectionName", "catalog_connection"), ("secretId",))
    )
    options.take("useConnectionProperties")
    known = use.connection(name.spelled) if name is not None else {}
    if name is not None and secret is None and "url" in known and "secretId" in known:
        name = name._replace(scope=secret_scope(use, "", known["secretId"]))
    return name, secret


def _own_options(
    use: Use, connector: Connector, options: Options, name: Holder | None, secret: Holder | None
) -> list[tuple[str, Piece]] | Finding:
    """Return what is put together from several options of Glue."""
    if connector.format == "jdbc":
        known = use.connection(name.spelled) if name is not None else {}
        return _own_driver(use, options, name if secret is None else secret, known)
    if connector.format == "mongodb" and (uri := _mongo_uri(options, name or secret)) is not None:
        return [uri]
    role = options.literals.get("aws_iam_user") if connector.format == "redshift" else None
    if isinstance(role, str) and _ROLE.match(role) and not options.given("aws_iam_role"):
        taken = options.take("aws_iam_user")
        assert taken is not None
        return [("aws_iam_role", taken)]
    return []


_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d*:role/")
"""What Glue Studio writes as `aws_iam_user`: the role that COPY and UNLOAD reach S3 by."""


def _mapped(
    use: Use, connection: str, connector: Connector, options: Options
) -> tuple[list[tuple[str, Piece]], list[Finding]]:
    """Return the options that have Spark's names, and what is said of them and of those that go; the rest is left."""
    done: list[tuple[str, Piece]] = []
    findings: list[Finding] = []
    known = {key.lower(): target for key, target in connector.options.items()}
    dropped = {key.lower(): reason for key, reason in connector.dropped.items()}
    properties = _DRIVER_PROPERTIES if connector.format == "jdbc" and connection != "custom.jdbc" else frozenset()
    for key in list(options.leftover()):
        lower = key.lower()
        if lower in known or lower in properties:
            value = options.take(key)
            assert value is not None
            done.append((known.get(lower, key), value))
        elif lower in dropped:
            options.take(key)
            findings.append(use.info(f"the option {key} goes: {dropped[lower]}", ""))
        if lower in known and lower in ("password", "sfpassword") and isinstance(options.literal(key), str):
            findings.append(
                use.warning("a password stands in the source", "put it into a secret scope and read it from there")
            )
    return done, findings


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
