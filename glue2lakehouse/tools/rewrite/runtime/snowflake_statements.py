"""Statements that Snowflake runs, through its Python connector instead of the JVM of its connector for Spark."""

import base64
import re

_CONNECTION = frozenset(
    "sfurl sfuser sfpassword pem_private_key sfdatabase sfschema sfwarehouse sfrole sfaccount".split()
)
_OF_FRAMES = frozenset(
    "dbtable query preactions postactions autopushdown usestagingtable truncate_table keep_column_case column_mapping columnmap "
    "column_mismatch_behavior continue_on_error parallelism purge truncate_columns tempdir sftimezone".split()
)
_OF_A_SESSION = re.compile(
    r"(\s|--[^\n]*\n|//[^\n]*\n|/\*.*?\*/)*(begin(\s+(work|transaction)(\s+name\s+\w+)?)?\s*;?\s*$|start\s+transaction\b|commit\b|rollback\b"
    r"|use\b|set\b|unset\b|alter\s+session\b|create\s+(or\s+replace\s+)?((local|global)\s+)?(temp|temporary|volatile)\b)",
    re.IGNORECASE | re.DOTALL,
)


class NotForSnowflake(Exception):
    """Options or a statement that the helper cannot run as the connector for Spark does; no handler for other errors takes it."""


def snowflake_options(options: dict) -> dict:
    """Return the options of Snowflake's connector for Spark as they are, if its Python connector can connect by them.

    Raises NotForSnowflake for an option that it has no equal of, and where the URL, the user, the database or the secret is missing.
    """
    _connection(options)
    return options


def counts_for_its_session(statement: str) -> bool:
    """Whether a statement only counts for the session that runs it: a transaction's begin and end, USE, SET, temporary tables."""
    return bool(_OF_A_SESSION.match(statement))


def run_in_snowflake(options: dict, statement: str, connect) -> None:
    """Run one statement in a session of its own, as Utils.runQuery does; `connect` is the one of snowflake.connector.

    Raises what Snowflake raises, and NotForSnowflake for options and statements that only count for a session that others share.
    """
    if counts_for_its_session(statement):
        raise NotForSnowflake(
            f"a statement that only counts for its own session has no effect here: {statement[:60]!r}"
        )
    session = connect(**_connection(options))
    try:
        session.cursor().execute(statement)
    finally:
        session.close()


def _connection(options):
    given = {key.lower(): str(value) for key, value in options.items() if value is not None}
    unknown = sorted(given.keys() - _CONNECTION - _OF_FRAMES)
    if unknown or len(given) != len(options):
        raise NotForSnowflake(
            f"options of Snowflake that are not known here, or given twice or without a value: {unknown}"
        )
    lacking = sorted({"sfurl", "sfuser", "sfdatabase"} - given.keys())
    if lacking or ("sfpassword" in given) == ("pem_private_key" in given):
        raise NotForSnowflake(
            f"Snowflake needs sfURL, sfUser, sfDatabase, and sfPassword or pem_private_key: {lacking}"
        )
    host, _, port = re.sub(r"^https://", "", given["sfurl"].strip().rstrip("/")).partition(":")
    if not re.fullmatch(r"[\w.-]+", host) or not re.fullmatch(r"\d*", port):
        raise NotForSnowflake("sfURL is not the name of a host, with or without a port")
    made = {
        "host": host, "port": int(port or 443), "protocol": "https", "user": given["sfuser"],
        "account": given.get("sfaccount", host.partition(".snowflakecomputing.")[0]),
        "database": given["sfdatabase"], "schema": given.get("sfschema", "public"),
    }  # fmt: skip
    made |= {name: given["sf" + name] for name in ("warehouse", "role", "password") if "sf" + name in given}
    if "pem_private_key" in given:
        try:
            made["private_key"] = base64.b64decode(re.sub(r"-+[A-Z ]+-+|\s", "", given["pem_private_key"]))
        except ValueError as error:
            raise NotForSnowflake("pem_private_key is not in base64") from error
    return made
