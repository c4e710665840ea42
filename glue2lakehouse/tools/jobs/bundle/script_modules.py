"""Modules that a script imports and that no argument of its job brings: Glue's image, or Python shell's library set, has them there.

AWS: Python modules already provided in Glue; supported libraries for Python shell jobs. Named are those that no Databricks runtime is
documented to have.
"""

import ast
import re
from collections.abc import Iterable

_PACKAGES = {
    "awswrangler": "awswrangler", "redshift_connector": "redshift-connector", "pg8000": "pg8000", "pymysql": "PyMySQL", "pgdb": "PyGreSQL",
    "pyathena": "PyAthena", "elasticsearch": "elasticsearch", "opensearchpy": "opensearch-py", "s3fs": "s3fs", "pyorc": "pyorc",
    "pyhocon": "pyhocon", "nltk": "nltk", "pymongo": "pymongo", "great_expectations": "great-expectations", "pydeequ": "pydeequ",
    "openpyxl": "openpyxl", "xlrd": "xlrd", "paramiko": "paramiko", "oracledb": "oracledb", "cx_Oracle": "cx_Oracle",
    "smart_open": "smart-open", "xmltodict": "xmltodict", "requests_aws4auth": "requests-aws4auth",
}  # fmt: skip


def missing_packages(script: str, dependencies: Iterable[str]) -> list[str]:
    """Return the packages that a script imports and its task does not install.

    None where a wheel, a file of requirements or an open variable is among the dependencies, which may bring anything.
    """
    given = list(dependencies)
    if any(item.endswith((".whl", ".txt")) and "/dist/" not in item for item in given) or any(
        "$" in item or "://" in item for item in given
    ):
        return []
    named = {_plain(re.split(r"[\[=<>!~;@ ]", item)[0]) for item in given}
    return sorted(
        {package for name in _imported(script) if (package := _PACKAGES.get(name)) and _plain(package) not in named}
    )


def _imported(script: str) -> set[str]:
    """Return the top-level modules that are imported for certain: not below a `try` or a condition."""
    try:
        body = ast.parse(script).body
    except (SyntaxError, ValueError, RecursionError):
        return set()
    found = {alias.name.partition(".")[0] for node in body if isinstance(node, ast.Import) for alias in node.names}
    return found | {
        (node.module or "").partition(".")[0] for node in body if isinstance(node, ast.ImportFrom) and not node.level
    }


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
