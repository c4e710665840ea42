"""Connection strings and the properties of connections."""

import re
from string import Template
from urllib.parse import quote_plus

from pyspark.sql import DataFrame


def mongo_uri(uri: str, username=None, password=None, ssl=None, ssl_domain_match=None, retryWrites=None) -> str:
    """Return a MongoDB connection string with the credentials and switches that Glue takes as options of their own."""
    scheme, _, rest = uri.partition("://")
    host, slash, tail = rest.partition("/")
    if username is not None and "@" not in host:
        host = f"{quote_plus(username)}:{quote_plus(password or '')}@{host}"
    switches = {"tls": ssl, "retryWrites": retryWrites}
    if ssl_domain_match is not None:
        switches["tlsAllowInvalidHostnames"] = str(ssl_domain_match).lower() != "true"
    given = "&".join(f"{key}={str(value).lower()}" for key, value in switches.items() if value is not None)
    if given:
        tail = f"{tail}{'&' if '?' in tail else '?'}{given}"
    return f"{scheme}://{host}/{tail}" if slash or given else f"{scheme}://{host}"


def fill_placeholders(text: str, scope: str) -> str:
    """Return a URL with each `${key}` replaced by the secret of that key. Raises KeyError where the scope has none."""
    return Template(text).substitute(connection_properties(scope))


_LAKES = {
    "org.apache.spark.sql.delta.sources.deltadatasource": "delta", "org.apache.hudi": "hudi", "org.apache.hudi.defaultsource": "hudi",
    "org.apache.iceberg.spark.source.icebergsource": "iceberg",
}  # fmt: skip


def read_connector(session, scope: str, options: dict) -> DataFrame:
    """Read through the data source whose class is the secret `className` of a scope; its other secrets are options.

    Raises ValueError where the scope names no class, or an option that the call gives as well.
    """
    form, settings = _connector(scope, options)
    return session.read.format(form).options(**settings).load()


def write_connector(frame: DataFrame, scope: str, options: dict) -> None:
    """Append through the data source whose class is the secret `className` of a scope; its other secrets are options.

    Raises ValueError where the scope names no class, or an option that the call gives as well.
    """
    form, settings = _connector(scope, options)
    frame.write.mode("append").format(form).options(**settings).save()


def read_connector_by(session, options: dict) -> DataFrame:
    """Read through a connector by Glue's options as they are when it runs: className, connectionName, secretId and its own.

    Raises ValueError where nothing names a class.
    """
    form, settings = _given_connector(options)
    return session.read.format(form).options(**settings).load()


def write_connector_by(frame: DataFrame, options: dict) -> None:
    """Append through a connector by Glue's options as they are when it runs: className, connectionName, secretId and its own.

    Raises ValueError where nothing names a class, and for partitionKeys and lake formats.
    """
    form, settings = _given_connector(options)
    frame.write.mode("append").format(form).options(**settings).save()


def _given_connector(options):
    told = {key.lower(): value for key, value in options.items()}
    about = ("classname", "connectionname", "secretid", "connectiontype", "useconnectionproperties")
    own = {key: value for key, value in options.items() if key.lower() not in about}
    name, scope = told.get("classname"), told.get("secretid") or told.get("connectionname")
    if "partitionkeys" in told:
        raise ValueError("partitionKeys of a connector cannot be kept here: convert this call by hand")
    if name is None and scope is None:
        raise ValueError("the connector has neither a className nor a connection: name the class of its data source")
    if name is None:
        return _connector(scope, own)
    if str(name).lower() in (*_LAKES, *_LAKES.values()):
        raise ValueError(f"{name} is a lake format: read and write the table by its name or path")
    held = connection_properties(scope) if scope is not None else {}
    held.pop("className", None)
    return name, {**held, **own}


def _connector(scope, options):
    held = connection_properties(scope)
    name = held.pop("className", None)
    if name is None:
        raise ValueError(
            f"the secret scope {scope} has no className: put the class of the connector's data source there"
        )
    twice = sorted({key.lower() for key in held} & {key.lower() for key in options})
    if twice:
        raise ValueError(f"the secret scope {scope} and the call both give {twice}: keep one")
    form = _LAKES.get(name.lower(), name)
    if form in ("hudi", "iceberg"):
        raise ValueError(f"the connection {scope} is one of {form}: read and write the table by its name")
    return form, {**held, **options}


def connection_properties(connection: str) -> dict:
    """Return all secrets of a scope by key: what Glue's extract_jdbc_conf returns of a connection (user, password, url, …).

    The scope is called like the connection, with hyphens for what a scope's name cannot hold.
    """
    from databricks.sdk.runtime import dbutils

    scope = re.sub(r"[^\w.@-]", "-", connection)
    return {secret.key: dbutils.secrets.get(scope, secret.key) for secret in dbutils.secrets.list(scope)}
