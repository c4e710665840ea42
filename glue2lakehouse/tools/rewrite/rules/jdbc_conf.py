"""Credentials of a Glue connection: `extract_jdbc_conf` -> the secrets of a scope, as a dict.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (extract_jdbc_conf). Databricks keeps credentials in secret scopes;
the keys of the scope are those that the job looks up.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.io.secret_scopes import secret_scope
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, code


class JdbcConf(Rule):
    """The scope is called like the connection unless `secrets` in the settings names another."""

    name = "jdbc-conf"
    glue = (f"{GLUE_CONTEXT}.extract_jdbc_conf",)
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'conf = glueContext.extract_jdbc_conf("warehouse")\nprint(conf["url"])\n',
        after="from pyspark.sql import SparkSession\nfrom glue_compat import connection_properties\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'conf = connection_properties("warehouse")\nprint(conf["url"])\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """All that the scope holds; which keys that has to be is told with the finding."""
        name = call.argument("connection_name")
        call.drop("catalog_id")
        if name is None:
            return call.blocker("the connection is not named", "pass connection_name")
        scope = secret_scope(call, name)
        keys = ", ".join(_asked(call)) or "user, password, url, fullUrl, vendor"
        return Rewrite(
            code("connection_properties({scope})", scope=scope),
            certainty=Certainty.CONDITIONAL,
            condition="the secret scope holds the keys that are looked up",
            imports=("from glue_compat import connection_properties",),
            compat=("connection_properties",),
            findings=(
                call.warning(
                    f"the Glue connection {call.text(name)} is replaced by a secret scope",
                    f"create the secret scope with the keys {keys}",
                ),
            ),
        )


def _asked(call: GlueCall) -> list[str]:
    """Return the keys that the module looks up in the variable that holds the properties."""
    held = call.assigned
    found: dict[str, None] = {}
    for node in call.place.nodes if held is not None else ():
        owner = node.value if isinstance(node, ast.Subscript) else None
        key: ast.expr | None = node.slice if isinstance(node, ast.Subscript) else None
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
            and node.args
        ):
            owner, key = node.func.value, node.args[0]
        if isinstance(owner, ast.Name) and held is not None and owner.id == held.id and key is not None:
            spelled = call.literal(key)
            found |= {spelled: None} if isinstance(spelled, str) else {}
    return list(found)
