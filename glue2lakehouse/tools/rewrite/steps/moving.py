"""Paths of the project's mapping: what is written out changes where it is written, what is computed goes through `mapped_path`.

A literal that only begins paths changes itself. One that is read elsewhere too, by a client of S3 or as a text, stays, and each
path that it begins is mapped where it is used; so is every path of which too little is seen. The settings' prefixes stand in
`glue_compat.py`.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import s3_spelled
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.literals import HOLE, Style, read_literal
from glue2lakehouse.tools.rewrite.mapping.beginnings import Beginning, beginning
from glue2lakehouse.tools.rewrite.mapping.destinations import Destinations
from glue2lakehouse.tools.rewrite.mapping.fates import Move, fate_of, in_a_volume
from glue2lakehouse.tools.rewrite.mapping.places import handed_on, places_named
from glue2lakehouse.tools.rewrite.mapping.unmoved import names_moved, unmoved
from glue2lakehouse.tools.rewrite.rule import Place, Rewrite, Use
from glue2lakehouse.tools.rewrite.rules.paths import MappedPaths
from glue2lakehouse.tools.rewrite.sql.views import views_of
from glue2lakehouse.tools.rewrite.work import Work


def map_paths(work: Work) -> dict[ast.expr, None]:
    """Change literals, tell what is not settled, and return the expressions that `mapped_path` has to look up."""
    place = work.place
    moved = place.settings.moved
    if not moved:
        return {}
    place.rule = MappedPaths.name
    if not views_of(place.world).uses_glue:
        work.findings += unmoved(place, set(), computed=False)
        return {}
    named = {node: beginning(Use(place, node, ""), node) for node in places_named(place) if not _is_none(place, node)}
    fates = {node: fate_of(found, moved) for node, found in named.items()}
    work.findings += _refused(place, named, fates)
    wrapped = {node: None for node, move in fates.items() if move.fate == "open"}
    wrapped |= _written_out(work, named, fates)
    settled = {literal for node, move in fates.items() if move.fate == "stays" for literal in named[node].literals}
    accounted: set[ast.AST] = {each for found in named.values() for each in found.literals if each not in settled}
    accounted |= {node for node, new in work.edits.expressions.items() if not _still_named(node, new, moved)}
    by_file = list(_names_of_files(place)) if any(move.fate in ("moves", "open") for move in fates.values()) else []
    work.findings += unmoved(place, accounted, computed=bool(wrapped) and not by_file)
    work.findings += by_file
    work.findings += [_computed(place, node) for node in wrapped]
    work.findings += [_handed_on(place, node) for node in handed_on(place)]
    return wrapped


def _still_named(node: ast.AST, new: Code, moved: dict[str, str]) -> bool:
    """Whether a literal that was changed for something else, a table's name in SQL, names a moved place as before."""
    text = "".join(part for part in new.parts if isinstance(part, str))
    return isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and names_moved(moved, text)


def _written_out(work: Work, named: dict[ast.expr, Beginning], fates: dict[ast.expr, Move]) -> dict[ast.expr, None]:
    """Change the literals that begin moved paths and nothing else; return the paths of the other literals."""
    heads: dict[ast.expr | None, list[ast.expr]] = {}
    for node, move in fates.items():
        if move.fate == "moves":
            heads.setdefault(named[node].head, []).append(node)
    destinations = Destinations(work.place, frozenset(named))
    left: dict[ast.expr, None] = {}
    for head, nodes in heads.items():
        prefixes = {fates[node].prefix for node in nodes}
        new = _changed(work, head, prefixes.pop()) if head is not None and len(prefixes) == 1 else None
        if head is None or new is None or not destinations.only(head, frozenset(nodes)):
            left.update(dict.fromkeys(nodes))
            continue
        work.edits.expressions[head] = new
        work.applied.append((head, MappedPaths(), Rewrite()))
    return left


def _refused(place: Place, named: dict[ast.expr, Beginning], fates: dict[ast.expr, Move]) -> Iterator[Finding]:
    """Yield the paths that cannot be mapped: above a place that has moved, and of a table that would be in a volume."""
    for node, move in fates.items():
        target = place.settings.moved.get(move.prefix, "")
        if move.fate == "above":
            yield _above(place, node, move.prefix)
        elif move.fate == "moves" and target.startswith("/Volumes/") and _is_of_table(place, node):
            yield place.finding(node, Severity.BLOCKER, *in_a_volume(named[node].text, target))


def _is_of_table(place: Place, node: ast.AST) -> bool:
    """Whether a path is that of a table: `saveAsTable(name, path=…)`, `.option("path", …).saveAsTable(name)`, `createTable`."""
    while isinstance(node, ast.expr | ast.keyword):
        node = place.parents[node]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("saveAsTable", "createTable", "createExternalTable", "location"):
                return True
            if node.func.attr not in ("option", "options", "mode", "format", "partitionBy", "bucketBy", "sortBy"):
                return False
    return False


def _is_none(place: Place, node: ast.expr) -> bool:
    """Whether an expression is known to be no text: an RDD of texts, a number, a path that is mapped already."""
    held = place.kind(node)
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    frames = held.tag == "instance" and held.name.startswith(("pyspark.", "awsglue."))
    return frames or called == "mapped_path" or (isinstance(node, ast.Constant) and not isinstance(node.value, str))


def _changed(work: Work, head: ast.expr, prefix: str) -> Code | None:
    """Return a literal with the place in the stead of the prefix that it begins with; None where it does not hold all of it."""
    place = work.place
    if head in work.edits.expressions or any(child in work.edits.expressions for child in ast.walk(head)):
        return None
    above = place.parents.get(head)
    style: Style = "format" if isinstance(above, ast.Attribute) and above.attr == "format" else ""
    if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mod) and above.left is head:
        style = "percent"
    text = read_literal(place.source.of(head), style)
    if text is None:
        return None
    begins = text.text.split(HOLE)[0]
    size = len(prefix) + len(begins) - len(s3_spelled(begins))
    new = place.settings.moved[prefix]
    written = text.source[text.places[0] : text.places[size - 1] + 1] if size <= len(begins) else None
    if written != begins[:size] or re.search(r"[\"'\\\n{}%]", new):
        return None
    return Code((text.replaced([(0, size, new)]),))


_FILE_NAMES = frozenset({"input_file_name", "inputFiles"})


def _names_of_files(place: Place) -> Iterator[Finding]:
    """Yield a warning at the first use of the names of files: what looks into them finds the new places."""
    if not re.search(r"input_file_name|inputFiles|_metadata\b|attachFilename", place.module.source):
        return
    for node in place.nodes.of(ast.Call, ast.Constant):
        called = isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in _FILE_NAMES
        named = isinstance(node, ast.Constant) and re.search(r"_metadata\.file_path|^attachFilename$", str(node.value))
        if called or named:
            yield place.finding(
                node,
                Severity.WARNING,
                "names of files begin with the places where the mapping has moved them, in volumes with dbfs:/Volumes/...",
                "see that nothing takes them apart by position, or compares them with the old places or with names that were stored",
            )
            return


def _computed(place: Place, node: ast.expr) -> Finding:
    shown = " ".join(place.source.of(node).split())
    return place.finding(
        node,
        Severity.INFO,
        f"the path `{shown if len(shown) <= 60 else shown[:57] + '...'}` is looked up in the mapping of paths when it runs",
        "the prefixes stand in glue_compat.py",
    )


def _handed_on(place: Place, node: ast.expr) -> Finding:
    return place.finding(
        node,
        Severity.WARNING,
        f"`{place.source.of(node)}` is handed on, and the settings' mapping of paths does not reach what it is given",
        "call it here, or put its paths into mapped_path of glue_compat",
    )


def _above(place: Place, node: ast.expr, prefix: str) -> Finding:
    return place.finding(
        node,
        Severity.BLOCKER,
        f"the path holds {prefix}, which is in {place.settings.moved[prefix]} now, beside what has not moved",
        "name each place by its own path, or map the whole of it",
    )
