"""Ask the catalog by Python, not by Java: `spark._jsparkSession.catalog().tableExists("a", "b")` -> `spark.catalog.tableExists("main.a.b")`.

PySpark before 3.3 has no `tableExists` of its own. Unity Catalog's standard and serverless compute has no JVM to reach.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.kinds.stubs import JAVA_CATALOG
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, table_code
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.sql_names import AFTER, BEFORE
from glue2lakehouse.tools.rewrite.sql.names import name_in
from glue2lakehouse.tools.rewrite.sql.targets import COMPUTED
from glue2lakehouse.tools.rewrite.sql.views import views_of

GLOBAL_VIEWS = "global_temp"


class JavaCatalog(Rule):
    """Java names the database before the table, Python after it; here both are one name."""

    name = "java-catalog"
    glue = (f"{JAVA_CATALOG}.tableExists", f"{JAVA_CATALOG}.databaseExists")
    example = Example(
        before=BEFORE + 'print(spark._jsparkSession.catalog().tableExists("sales", "orders"))\n',
        after=AFTER + 'print(spark.catalog.tableExists("main.sales.orders"))\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A name of one argument is known where it is written out, and looked up when it runs where it is not."""
        call.drop_everything()
        catalog = _catalog(call.receiver)
        given = call.node.args
        if not views_of(call.place.world).uses_glue or call.node.keywords or len(given) not in (1, 2):
            return ()
        if catalog is None:
            return call.blocker(
                f"`{call.text(call.receiver)}` is Spark's catalog in Java, whose names have no catalog before them",
                "ask spark.catalog with the whole name",
            )
        if call.leaf == "databaseExists":
            name, known = _of_schema(call, given[0])
        elif len(given) == 2 and str(call.literal(given[0])).lower() == GLOBAL_VIEWS:
            # Spark's own schema of the views that all sessions of an application see: no catalog has it.
            name, known = code('".".join(["global_temp", {view}])', view=given[1]), True
        elif len(given) == 2:
            name, known = table_code(call, given[0], given[1])
        else:
            name, known = _of_one(call, given[0])
        asked = code("{catalog}.{leaf}({name})", catalog=catalog, leaf=call.leaf, name=name)
        told = (call.info(f"`{call.text(call.receiver)}` is Spark's catalog in Java: Python's own is asked", ""),)
        if known:
            return Rewrite(asked, findings=told)
        return Rewrite(asked, certainty=Certainty.CONDITIONAL, condition=COMPUTED, findings=told)


def _catalog(receiver: ast.expr) -> Piece | None:
    """Return Python's catalog for `session._jsparkSession.catalog()` and for `session.catalog._jcatalog`."""
    if isinstance(receiver, ast.Attribute) and receiver.attr == "_jcatalog":
        return receiver.value
    method = receiver.func if isinstance(receiver, ast.Call) else None
    java = method.value if isinstance(method, ast.Attribute) else None
    return code("{session}.catalog", session=java.value) if isinstance(java, ast.Attribute) else None


def _of_schema(call: GlueCall, given: ast.expr) -> tuple[Code, bool]:
    if not (isinstance(given, ast.Constant) and isinstance(given.value, str)):
        return table_code(call, given, None)
    levels = (call.settings.catalog, call.settings.schema_for(given.value))
    return code("{name}", name=quoted(".".join(map(quote_name, levels)))), True


def _of_one(call: GlueCall, given: ast.expr) -> tuple[Code, bool]:
    spelled = call.literal(given) if isinstance(given, ast.Constant) else None
    name = name_in(spelled) if isinstance(spelled, str) else None
    levels = [ast.copy_location(ast.Constant(part.text), given) for part in name.parts] if name is not None else []
    if len(levels) == 2:
        return table_code(call, levels[0], levels[1])
    return code("{name}", name=given) if len(levels) == 1 else code("uc_name({name})", name=given), True
