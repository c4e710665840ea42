"""Read job arguments with argparse: `getResolvedOptions(sys.argv, ["x"])` -> an ArgumentParser.

Glue: aws-glue-api-crawler-pyspark-extensions-get-resolved-options. Glue's own function is argparse over `sys.argv[1:]`:
names are required, values are strings, unknown arguments are ignored, hyphens become underscores, `TempDir` may be absent.
A `spark_python_task` passes its parameters in `sys.argv` as well.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.analyses.caught import may_be_caught
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code

OPTIONAL = frozenset({"TempDir", "RedshiftTempDir"})
RESERVED = frozenset({"job-bookmark-option", "continuation-option", "job-bookmark-from", "job-bookmark-to"})
CONFLICTING = frozenset({"JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "encryption-type"})


class JobArguments(Rule):
    """argparse where the names are written out and only they are read; the helper `resolved_options` elsewhere."""

    name = "job-arguments"
    glue = ("awsglue.utils.getResolvedOptions", "awsglue.utils.GlueArgumentError")
    example = Example(
        before="import sys\n\nfrom awsglue.utils import getResolvedOptions\n\n"
        'args = getResolvedOptions(sys.argv, ["JOB_NAME", "day"])\nprint(args["day"])\n',
        after="import argparse\n\n"
        "parser = argparse.ArgumentParser()\n"
        'parser.add_argument("--JOB_NAME", required=True)\n'
        'parser.add_argument("--day", required=True)\n'
        "args = vars(parser.parse_known_args()[0])\n"
        'print(args["day"])\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page; names that Glue itself refuses are handed off."""
        if call.name.endswith("GlueArgumentError"):
            return Rewrite(code("SystemExit"), certainty=Certainty.CONDITIONAL, condition="the error is not caught")
        argv, names = call.argument("args"), call.argument("options")
        call.drop("allow_abbrev")
        if argv is None or names is None:
            return call.blocker("getResolvedOptions needs the arguments and the names", "pass both")
        listed = call.literal(names)
        if isinstance(listed, list | tuple) and all(isinstance(name, str) for name in listed):
            if refused := [name for name in listed if name in RESERVED | CONFLICTING]:
                return call.blocker(
                    f"Glue itself refuses the argument name {refused[0]}", "take it from the job's own parameters"
                )
            plain = self._plain(call, argv, [str(name) for name in listed])
            if plain is not None:
                return plain
        return Rewrite(
            code("resolved_options({argv}, {names})", argv=argv, names=names),
            imports=("from glue_compat import resolved_options",),
            compat=("resolved_options",),
        )

    def refer(self, use: Use) -> Answer:
        """argparse leaves with SystemExit where Glue raises GlueArgumentError; the helper raises the latter."""
        if use.leaf == "GlueArgumentError":
            return Rewrite(
                code("GlueArgumentError"),
                imports=("from glue_compat import GlueArgumentError",),
                compat=("GlueArgumentError",),
            )
        return Rewrite(
            code("resolved_options"),
            imports=("from glue_compat import resolved_options",),
            compat=("resolved_options",),
        )

    def _plain(self, call: GlueCall, argv: ast.expr, names: list[str]) -> Rewrite | None:
        target = call.assigned
        if target is None or call.text(argv) != "sys.argv" or len(set(names)) < len(names):
            return None
        if not _reads_only(call, target, {name.replace("-", "_") for name in names}) or _name_taken(call, "parser"):
            return None
        if any(call.text(node).endswith("GlueArgumentError") for node in call.place.nodes.of(ast.Name, ast.Attribute)):
            return None
        if may_be_caught(call.place.world, call.node, call.place.parents):
            return None
        strict = call.place.glue_version >= (6, 0)
        lines: list[Code] = [
            code("parser = argparse.ArgumentParser({strict})", strict="allow_abbrev=False" if strict else "")
        ]
        for name in names:
            required = "" if name in OPTIONAL else ", required=True"
            lines.append(code("parser.add_argument({name}{required})", name=_quoted(f"--{name}"), required=required))
        lines.append(code("{target} = vars(parser.parse_known_args()[0])", target=target.id))
        return Rewrite(statements=tuple(lines), imports=("import argparse",))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _reads_only(call: GlueCall, target: ast.Name, names: set[str]) -> bool:
    """Whether every use of the dict reads one of the requested names, so that Glue's ten hidden keys are not missed."""
    for node in call.place.nodes.of(ast.Name):
        if node.id != target.id or node is target:
            continue
        parent = call.place.parents[node]
        if isinstance(parent, ast.Subscript) and parent.value is node:
            if isinstance(parent.slice, ast.Constant) and parent.slice.value not in names:
                return False
            continue
        grand = call.place.parents.get(parent)
        if isinstance(parent, ast.Attribute) and parent.attr == "get" and isinstance(grand, ast.Call) and grand.args:
            if call.literal(grand.args[0]) in names:
                continue
            return False
        if isinstance(parent, ast.Call) and call.place.world.callees.get(parent) == "awsglue.job.Job.init":
            continue
        if isinstance(parent, ast.Compare) and node in parent.comparators and call.literal(parent.left) in names:
            continue
        return False
    return not _exported(call, target)


def _exported(call: GlueCall, target: ast.Name) -> bool:
    leaf = call.place.module.name.rsplit(".", 1)[-1]
    return any(
        module is not call.place.module and leaf in module.source and target.id in module.source
        for module in call.place.world.modules.values()
    )


def _name_taken(call: GlueCall, name: str) -> bool:
    nodes = call.place.nodes
    return any(node.id == name for node in nodes.of(ast.Name)) or any(node.arg == name for node in nodes.of(ast.arg))
