"""AWS that is reached around the clients whose kind is known: clients of unknown origin, other libraries, the command line.

Nothing is rewritten here. AWS SDK for pandas, PyAthena, s3fs, AWS CLI: what they read and write is S3, or the Glue catalog that a
migration leaves behind. An operation is told by its name together with the names of its arguments, which no other library has.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.aws.around import bound_nowhere, said, stays
from glue2lakehouse.tools.rewrite.aws.beside import beside_the_jobs
from glue2lakehouse.tools.rewrite.aws.counterparts import COUNTERPARTS, LOOKED_UP
from glue2lakehouse.tools.rewrite.aws.operations import (
    BY_ARGUMENTS,
    BY_WORD,
    brings_wrangler,
    dotted,
    handed_on,
    imported_names,
    library,
    names_a_database,
)
from glue2lakehouse.tools.rewrite.io.athena_jdbc import OF_ATHENA, is_of_such_a_read
from glue2lakehouse.tools.rewrite.kinds.stubs import LOOK_UPS
from glue2lakehouse.tools.rewrite.rule import Place, Use
from glue2lakehouse.tools.rewrite.sql.views import views_of

_RUNS = (
    "call it on a boto3 client that is made in this file or passed to the function, so that a rule can answer for it"
)
_SERVICES = {name.partition(".")[2]: name.partition(".")[0] for name in reversed(COUNTERPARTS)}

_OF_S3 = ("s3fs", "smart_open", "fsspec", "awswrangler", "aiobotocore", "aioboto3")
_RUNNERS = frozenset(
    {"system", "popen", "call", "run", "Popen", "check_call", "check_output", "getoutput", "getstatusoutput"}
)
_FRAME_LIBRARIES = ("pandas", "polars", "pyarrow")
_CHECKED = frozenset({"check_call", "check_output"})
_GLUE_CLIENT = re.compile(r"glue(?!_?context)", re.IGNORECASE)
"""What a client is called, where its arguments do not tell: `glue.create_table(**table)`."""
_COMMAND = re.compile(r"(?:^|[\s;&|(/])aws(?:\s+--\S+(?:[ =]\S+)?)*\s+([a-z][\w-]*)\s+([a-z][\w-]*)")


def elsewhere(place: Place) -> Iterator[Finding]:
    """Yield what a module does with AWS out of the rules' sight; beside the jobs only what works on the Glue catalog."""
    if not views_of(place.world).uses_glue:
        yield from beside_the_jobs(place.module.path, place.module.source, place.nodes)
        return
    names = imported_names(place.nodes.of(ast.Import, ast.ImportFrom))
    named = brings_wrangler(names) and _names_a_database(place)
    told: set[str] = set()
    for node in place.nodes.of(ast.Call, ast.Constant):
        if isinstance(node, ast.Call):
            found = [*_operation(place, node), *_library(place, node, names, named), *_command(place, node)]
        else:
            assert isinstance(node, ast.Constant)
            found = [*_athena_url(place, node)]
        for finding in found:
            if finding.message not in told:
                told.add(finding.message)
                yield finding
    for use, message, action in handed_on(place.nodes, names, named):
        yield _told(place, use, Severity.BLOCKER, message, action)
    yield from _reached(place, names)


def _names_a_database(place: Place) -> bool:
    return any(names_a_database(module.source) for module in place.world.modules.values())


def _told(place: Place, node: ast.AST, severity: Severity, message: str, action: str) -> Finding:
    place.rule = "aws-elsewhere"
    return place.finding(node, severity, message, action)


def _operation(place: Place, call: ast.Call) -> Iterator[Finding]:
    """An operation of a client that nothing tells the service of."""
    func = call.func
    if not isinstance(func, ast.Attribute) or place.kind(func).tag == "method":
        return
    # What may be None is something else as well, or the call would fail.
    held = [kind for kind in place.kind(func.value).members() if kind.tag != "none"]
    if held and all(kind.known for kind in held):
        return
    name, given = func.attr, {keyword.arg for keyword in call.keywords}
    if name == "get_paginator" and call.args and isinstance(call.args[0], ast.Constant):
        name, given = str(call.args[0].value), {"Pages"}
        asked = name in LOOK_UPS or bool(BY_WORD.search(name))
    else:
        wanted = BY_ARGUMENTS.get(name)
        if wanted and None in given:
            asked = _GLUE_CLIENT.search(ast.unparse(func.value)) is not None
        else:
            asked = wanted <= given if wanted else bool(BY_WORD.search(name) and given and _of_aws(place, given))
    if not asked or (name not in _SERVICES and name not in LOOK_UPS and name not in BY_ARGUMENTS):
        return
    service = "glue" if name in LOOK_UPS else _SERVICES.get(name, "glue")
    use = Use(place, call, f"boto3.{service}.{name}")
    if said(use, use.name):
        return
    place.rule = "aws-elsewhere"
    if isinstance(func.value, ast.Name) and bound_nowhere(place, func.value.id):
        yield use.warning(
            f"`{func.value.id}` is defined nowhere here, so that `{func.value.id}.{name}` fails, as it does in Glue",
            "define it; a client of AWS for Glue asks for what is frozen with the migration",
        )
        return
    if name in _SERVICES and name not in LOOK_UPS:
        found = stays(use, use.name)
        if found is not None:
            yield found
    else:
        action = LOOKED_UP if name in LOOK_UPS else _RUNS
        yield use.blocker(f"`{name}` of the AWS service {service} is called", action)


def _of_aws(place: Place, given: set[str | None]) -> bool:
    if None in given:
        return "boto" in place.module.source
    return all(name is not None and name[:1].isupper() for name in given)


def _library(place: Place, call: ast.Call, names: dict[str, str], named: bool) -> Iterator[Finding]:
    """Athena by PyAthena, and what AWS SDK for pandas does with the catalog."""
    for severity, message, action in library(dotted(call.func, names), call, named):
        yield _told(place, call, severity, message, action)


def _athena_url(place: Place, node: ast.Constant) -> Iterator[Finding]:
    if (
        isinstance(node.value, str)
        and OF_ATHENA.search(node.value)
        and not isinstance(place.parents.get(node), ast.Expr)
        and not is_of_such_a_read(place, node)
    ):
        yield _told(
            place, node, Severity.BLOCKER, "a connection to Athena is named, which sees the Glue catalog, not Unity Catalog",
            "run the statements with spark.sql, where their tables are",
        )  # fmt: skip


def _command(place: Place, call: ast.Call) -> Iterator[Finding]:
    """The AWS command line, which Databricks compute does not have: who does not look at its exit code does not notice."""
    leaf = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if leaf not in _RUNNERS or not call.args:
        return
    match = _COMMAND.search(_text(place, call, call.args[0]))
    if match is None:
        return
    name = f"{match[1]}.{match[2].replace('-', '_')}"
    operation = name.partition(".")[2]
    answered = match[1] == "glue" and (operation in BY_ARGUMENTS or operation in LOOK_UPS)
    severity, counterpart = COUNTERPARTS.get(
        name,
        (Severity.BLOCKER, _RUNS)
        if answered
        else (Severity.WARNING, "call it through boto3; files of a volume: dbutils.fs"),
    )
    checks = leaf in _CHECKED or any(
        keyword.arg == "check" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    )
    if not checks or severity is Severity.BLOCKER:
        yield _told(
            place, call, Severity.BLOCKER,
            f"`aws {match[1]} {match[2]}` is run by {leaf}, and Databricks compute has no AWS command line"
            + ("" if checks else ", which nobody would notice here"),
            counterpart,
        )  # fmt: skip
    else:
        yield _told(
            place, call, Severity.WARNING,
            f"`aws {match[1]} {match[2]}` is run by {leaf}, and Databricks compute has no AWS command line",
            counterpart if severity is not Severity.INFO else "call it through boto3; files of a volume: dbutils.fs",
        )  # fmt: skip


def _text(place: Place, call: ast.Call, node: ast.expr) -> str:
    """Return the words of a command, as far as they are written out."""
    held = Use(place, call, "").value_of(node)
    if held is None:
        return ""
    words = [
        part.value
        for part in _in_order(held)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]  # fmt: skip
    return " ".join(words)


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _reached(place: Place, names: dict[str, str]) -> Iterator[Finding]:
    """Libraries that reach S3 by themselves: which credentials they need, and that they do not know where a prefix has moved."""
    roots = {name.partition(".")[0] for name in names.values()}
    libraries = sorted(roots & set(_OF_S3))
    reads = roots & set(_FRAME_LIBRARIES) or "S3FileSystem" in place.module.source
    readers = [node for node in place.nodes.of(ast.Call) if _reads_files(node, names)] if reads else []
    if readers and (reader := dotted(readers[0].func, names).partition(".")[0]) not in libraries:
        libraries.append(reader)
    if not libraries:
        return
    first = readers[0] if readers else next(node for node in place.nodes if _brings(node, libraries[0]))
    yield _told(
        place, first, Severity.INFO, f"{', '.join(libraries)} may read and write S3, with the credentials of whoever runs the job",
        "give the compute an instance profile, or let Spark read the files through an external location",
    )  # fmt: skip
    texts = [
        node.value for node in place.nodes.of(ast.Constant) if isinstance(node.value, str) and node.value.startswith("s3")
    ]  # fmt: skip
    for prefix, target in place.settings.paths.items():
        moved = prefix.startswith("s3") and prefix.rstrip("/") != target.rstrip("/")
        bucket = prefix.partition("://")[2]
        if moved and (any(text.startswith(prefix) for text in texts) or f"{bucket}/" in place.module.source):
            yield _told(
                place, first, Severity.BLOCKER,
                f"objects of {prefix} are in {target} now, and {', '.join(libraries)} asks S3 for them",
                f"name the files below {target} in these calls",
            )  # fmt: skip


def _brings(node: ast.AST, library: str) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] == library for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == library


def _reads_files(call: ast.Call, names: dict[str, str]) -> bool:
    """Whether a call of pandas, polars or pyarrow names a place in S3 as it stands."""
    root, _, leaf = dotted(call.func, names).partition(".")
    if leaf.endswith("S3FileSystem"):
        return True
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords)]
    return root in _FRAME_LIBRARIES and any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.startswith("s3")
        for value in given
        for part in ast.walk(value)
    )
