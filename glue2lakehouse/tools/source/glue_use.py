"""Does a piece of Python use Glue, and is its module one that is run? Guesses for the inventory, never for a rewrite."""

import ast
from collections.abc import Callable, Iterator

from glue2lakehouse.tools.source.flat import Definition, Flat
from glue2lakehouse.tools.source.names import Names

_STARTERS = frozenset({"GlueContext", "Job", "getResolvedOptions"})
# Attributes that only a GlueContext has.
_CONTEXT_ATTRIBUTES = frozenset({
    "create_dynamic_frame", "create_dynamic_frame_from_catalog", "create_dynamic_frame_from_options",
    "create_dynamic_frame_from_rdd", "create_sample_dynamic_frame", "write_dynamic_frame",
    "write_dynamic_frame_from_catalog", "write_dynamic_frame_from_options",
    "write_dynamic_frame_from_jdbc_conf", "write_from_options", "write_data_frame_from_catalog",
    "create_data_frame", "create_data_frame_from_catalog", "create_data_frame_from_options", "getSink",
    "getSource", "extract_jdbc_conf", "purge_table", "purge_s3_path", "transition_table",
    "transition_s3_path", "forEachBatch", "add_ingestion_time_columns",
})  # fmt: skip
# Attributes that only a DynamicFrame has, or that make or take one.
_FRAME_ATTRIBUTES = frozenset({
    "create_dynamic_frame", "create_dynamic_frame_from_catalog", "create_dynamic_frame_from_options",
    "create_dynamic_frame_from_rdd", "create_sample_dynamic_frame", "write_dynamic_frame",
    "write_dynamic_frame_from_catalog", "write_dynamic_frame_from_options",
    "write_dynamic_frame_from_jdbc_conf", "apply_mapping", "resolveChoice", "drop_fields", "select_fields",
    "rename_field", "split_fields", "split_rows", "relationalize", "unbox", "unnest_ddb_json",
    "simplify_ddb_json", "spigot", "mergeDynamicFrame", "errorsAsDynamicFrame", "stageErrorsCount",
    "errorsCount", "assertErrorThreshold", "fromDF",
})  # fmt: skip
_FRAME_MODULES = ("awsglue.dynamicframe", "awsglue.transforms", "awsgluedq", "awsglueml")


def uses_glue_context(nodes: list[ast.AST], names: Names, contexts: frozenset[str]) -> bool:
    """Tell whether any node is, makes or is asked as a GlueContext; `contexts` are variables known to hold one."""
    return any(
        (isinstance(node, ast.Name) and (node.id in contexts or names.meaning(node.id).startswith("awsglue.context")))
        or (
            isinstance(node, ast.Attribute)
            and (node.attr in _CONTEXT_ATTRIBUTES or _is_glue(names.of(node), "GlueContext"))
        )
        for node in nodes
    )


def uses_dynamic_frame(nodes: list[ast.AST], names: Names) -> bool:
    """Tell whether any node is a DynamicFrame or a transform on one, or an attribute that only DynamicFrames have."""
    return any(
        (isinstance(node, ast.Name) and names.meaning(node.id).startswith(_FRAME_MODULES))
        or (
            isinstance(node, ast.Attribute)
            and (node.attr in _FRAME_ATTRIBUTES or names.of(node).startswith(_FRAME_MODULES))
        )
        for node in nodes
    )


def context_variables(nodes: list[ast.AST], names: Names) -> frozenset[str]:
    """Return the names that are assigned a GlueContext among these nodes, or are parameters annotated as one."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made = names.of(node.value.func)
            found.update(t.id for t in node.targets if isinstance(t, ast.Name) and _is_glue(made, "GlueContext"))
        elif isinstance(node, ast.arg) and node.annotation is not None:
            found.update({node.arg} if _is_glue(names.of(node.annotation), "GlueContext") else ())
    return frozenset(found)


def is_run(tree: ast.Module, flat: Flat, names: Names, is_glue_name: Callable[[str], bool]) -> bool:
    """Guess whether a module is a job: what runs at its top starts Glue, or its `__main__` block starts Spark.

    Functions and classes of the module that the top names count as run. `is_glue_name` says of a qualified name whether
    a module of the project that uses Glue defines it, so that a thin `__main__` over a base class counts too.
    """
    guarded = [statement for statement in tree.body if _is_main_guard(statement)]
    unguarded = [statement for statement in tree.body if statement not in guarded]
    if any(_starts_glue(node, names) for node in _reached(tree, flat, unguarded)):
        return True
    return any(
        _starts_glue(node, names) or _starts_spark(node, names) or any(map(is_glue_name, _taken_from(node, names)))
        for node in _reached(tree, flat, guarded)
    )


def _starts_glue(node: ast.AST, names: Names) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = names.of(node.func)
    # A local star import may well bring these; nothing else in Python is called so.
    starred = bool(names.stars) and name in ("GlueContext", "getResolvedOptions")
    return starred or any(_is_glue(name, starter) for starter in _STARTERS)


def _starts_spark(node: ast.AST, names: Names) -> bool:
    if isinstance(node, ast.Attribute):
        return names.of(node) == "pyspark.sql.SparkSession.builder"
    return isinstance(node, ast.Call) and names.of(node.func) in (
        "pyspark.context.SparkContext",
        "pyspark.SparkContext",
        "pyspark.context.SparkContext.getOrCreate",
        "pyspark.SparkContext.getOrCreate",
    )


def _taken_from(node: ast.AST, names: Names) -> list[str]:
    """Return what a node runs of another module: the callee of a call, the bases of a class."""
    if isinstance(node, ast.Call):
        return [names.of(node.func)]
    return [names.of(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []


def _is_glue(name: str, last: str) -> bool:
    return name.startswith("awsglue") and name.rpartition(".")[2] == last


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def _reached(tree: ast.Module, flat: Flat, start: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes that run when these statements do, with the module's own functions and classes that they name."""
    own = {node.name: node for node in tree.body if isinstance(node, Definition)}
    waiting: list[ast.AST] = [node for node in start if not isinstance(node, Definition)]
    seen: set[str] = set()
    while waiting:
        for node in flat.within(waiting.pop()):
            yield node
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in own and node.id not in seen:
                seen.add(node.id)
                waiting.append(own[node.id])
