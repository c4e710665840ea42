"""Custom and marketplace Spark connectors: the data source of a class, where this Spark has it."""

from collections.abc import Mapping
from typing import Any

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.refusals import refuse

CONNECTORS = frozenset({"custom.spark", "marketplace.spark"})
_NOT_THE_SOURCES = frozenset({"classname", "connectionname", "secretid", "connectiontype", "fullurl", "database"})


def connector_of(environment: RuntimeEnvironment, options: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the class and the options of a connector: those of its connection, then the call's."""
    given = {str(key).lower(): str(value) for key, value in options.items()}
    connection = environment.connections.get(given.get("connectionname", ""), {})
    name = given.get("classname") or connection.get("className")
    if not name:
        refuse(f"connection {given.get('connectionname', '')}", "its className is not known here")
    every = {**connection, **options}
    return name, {str(key): str(value) for key, value in every.items() if str(key).lower() not in _NOT_THE_SOURCES}
