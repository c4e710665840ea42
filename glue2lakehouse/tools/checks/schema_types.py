"""Types of Glue's own schema library, and what Spark calls them: a rename is no loss, what a type is made of has to stay."""

import ast
import re

_MODULE = "awsglue.gluetypes"
_SPARK = {"Field": "StructField"}
_KNOWN = re.compile(r"(?:[A-Z]\w*Type|Field)")


class SchemaTypes:
    """The names by which a module calls Glue's types, one by one or through the library's module."""

    def __init__(self, before: str) -> None:
        self._types: dict[str, str] = {}
        self._modules: set[str] = set()
        self._star = False
        for node in ast.walk(ast.parse(before)) if "gluetypes" in before else ():
            if isinstance(node, ast.ImportFrom) and node.module == _MODULE:
                self._star |= any(alias.name == "*" for alias in node.names)
                self._types |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module == "awsglue":
                self._modules |= {alias.asname or alias.name for alias in node.names if alias.name == "gluetypes"}
            elif isinstance(node, ast.Import):
                self._modules |= {alias.asname or alias.name for alias in node.names if alias.name == _MODULE}

    def spark_name(self, function: ast.expr) -> str:
        """Return what Spark calls the type that an expression names; empty for what is no type of Glue's."""
        if isinstance(function, ast.Attribute) and ast.unparse(function.value) in self._modules:
            name = function.attr
        elif isinstance(function, ast.Name):
            name = self._types.get(function.id, function.id if self._star else "")
        else:
            return ""
        return _SPARK.get(name, name) if _KNOWN.fullmatch(name) else ""
