"""Connection strings."""

from urllib.parse import quote_plus


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


def connection_properties(scope: str) -> dict:
    """Return all secrets of a scope by key: what Glue's extract_jdbc_conf returns of a connection (user, password, url, …)."""
    from databricks.sdk.runtime import dbutils

    return {secret.key: dbutils.secrets.get(scope, secret.key) for secret in dbutils.secrets.list(scope)}
