"""Ask the rules: each use of Glue in a module goes to the rule of its name, whose answer is noted or is a finding."""

import ast

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.analyses.stages import staged
from glue2lakehouse.tools.rewrite.code import Piece, code, joined
from glue2lakehouse.tools.rewrite.editing import imports
from glue2lakehouse.tools.rewrite.editing.renaming import is_gone, is_renamed
from glue2lakehouse.tools.rewrite.effects import effects_lost
from glue2lakehouse.tools.rewrite.io.unpacking import reads_all
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.binding import bind
from glue2lakehouse.tools.rewrite.kinds.calls import AMBIGUOUS
from glue2lakehouse.tools.rewrite.kinds.frames import parameters
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT, SPARK_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import GlueCall, Place, Rewrite, Rule, Use
from glue2lakehouse.tools.rewrite.rules import added_members, rules_by_name
from glue2lakehouse.tools.rewrite.rules.added_members import ADDED
from glue2lakehouse.tools.rewrite.rules.file_names import names_file
from glue2lakehouse.tools.rewrite.rules.read_catalog import HELPED
from glue2lakehouse.tools.rewrite.work import Work, finished


def answer_calls(work: Work) -> None:
    """Ask for the calls of Glue, and of what else has a rule: Spark's, boto3's and Python's own."""
    rules = rules_by_name(work.place.settings)
    for node in work.place.nodes.of(ast.Call):
        if node.func in work.answered:
            continue
        if added_members.is_method(work.place, node):
            work.uses_glue = True
            _take(work, rules[ADDED], Use(work.place, node, ADDED))
            continue
        name = work.place.world.callees.get(node) or names_file(work.place, node)
        if name is None or name.startswith(_RECORD):
            continue
        if name.startswith(AMBIGUOUS):
            _ambiguous(work, node, name.removeprefix(AMBIGUOUS))
            continue
        rule = rules.get(name)
        work.uses_glue |= stubs.is_glue(name)
        if rule is None:
            if stubs.is_glue(name):
                _unanswered(work, node, name)
            continue
        if name in _HELPED and _is_handed_on(work.place, node.func, name):
            _handed_on(work, node)
            continue
        through = name.startswith(_METHODS) and not isinstance(node.func, ast.Attribute)
        through = through or (name.startswith(f"{GLUE_CONTEXT}.") and isinstance(node.func, ast.Call))
        if through or (name.startswith(_READERS) and not _is_attribute_of_attribute(node.func)):
            _through_a_value(work, node, name)
            continue
        call = GlueCall(work.place, node, name, bind(node, parameters(name)))
        work.place.rule = rule.name
        _take(work, rule, call)


def _is_attribute_of_attribute(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and isinstance(func.value, ast.Attribute)


_HELPED = frozenset(
    (*HELPED, f"{stubs.READER}.from_options", f"{GLUE_CONTEXT}.create_dynamic_frame_from_options",
     f"{stubs.WRITER}.from_options", f"{GLUE_CONTEXT}.write_dynamic_frame_from_options")
)  # fmt: skip
"""What a helper with the same arguments takes the place of where it is named without being called."""


def _is_handed_on(place: Place, func: ast.expr, name: str) -> bool:
    """Whether a call is of a reader or writer that was named elsewhere, where a helper takes its place; no name is computed."""
    if not reads_all(Use(place, func, name)):
        return False
    if any(held.tag == "method" and held.items for held in place.kind(func).members()):
        return True
    by_name = any("getattr(" in module.source for module in place.world.modules.values())
    by_itself = isinstance(func, ast.Attribute) and func.attr == name.rsplit(".", 1)[-1]
    return not by_name and not by_itself and isinstance(func, ast.Name | ast.Attribute | ast.Subscript)


def _handed_on(work: Work, node: ast.Call) -> None:
    """Leave the call of a helper as it is, without the name of a bookmark, which has no effect on the data."""
    work.uses_glue = True
    work.answered.add(node.func)
    kept = [keyword for keyword in node.keywords if keyword.arg != "transformation_ctx"]
    dropped = [keyword.value for keyword in node.keywords if keyword.arg == "transformation_ctx"]
    if not dropped or not isinstance(dropped[0], ast.Constant | ast.Name | ast.JoinedStr | ast.Attribute):
        return
    pieces: list[Piece] = [
        code("*{value}", value=each.value) if isinstance(each, ast.Starred) else each for each in node.args
    ]
    pieces += [code(f"{each.arg}={{value}}" if each.arg else "**{value}", value=each.value) for each in kept]
    work.edits.expressions[node] = code("{func}({given})", func=node.func, given=joined(", ", pieces))


_READERS = (f"{stubs.READER}.", f"{stubs.FRAME_READER}.")
_METHODS = ("awsglue.dynamicframe.DynamicFrame.", "awsglue.dynamicframe.DynamicFrameCollection.")


def _through_a_value(work: Work, node: ast.Call, name: str) -> None:
    """A method that was fetched before (`getattr(frame, name)(…)`) leaves no frame at the call to work on."""
    work.uses_glue = True
    said = f"`{name.rsplit('.', 1)[-1]}` of a DynamicFrame or GlueContext is called through a value"
    _blocked(work, node, "called-through-value", said, "call it on the frame or context itself, then convert again")


def _ambiguous(work: Work, node: ast.Call, name: str) -> None:
    work.uses_glue = True
    said = f"`{name.rsplit('.', 1)[-1]}` is called on what may be a DynamicFrame or a DataFrame"
    _blocked(work, node, "ambiguous-frame", said, "give the two their own names, then convert again")


def _unanswered(work: Work, node: ast.expr, name: str) -> None:
    action = "rewrite this line by hand; `glue2lakehouse explain` lists what the rules know"
    _blocked(work, node, "unknown-glue", f"`{name}` has no rule", action)


def _blocked(work: Work, node: ast.expr, rule: str, message: str, action: str) -> None:
    """Answer for a use that no rule is asked for with a blocker."""
    work.answered.add(node.func if isinstance(node, ast.Call) else node)
    work.place.rule = rule
    work.findings.append(work.place.finding(node, Severity.BLOCKER, message, action))


_RECORD = "awsglue.gluetypes.DynamicRecord."
"""A record that a Map or Filter function gets: a dict, in the helpers as well."""


def _take(work: Work, rule: Rule, use: Use) -> None:
    if isinstance(use, GlueCall) and (refused := _without_effect(use)):
        work.answered.add(use.node.func)
        work.findings.append(refused)
        return
    if not isinstance(use, GlueCall) and _is_base(work.place, use.node):
        work.answered.add(use.node)
        work.findings.append(
            use.blocker(
                f"a class derives from Glue's {use.leaf}; Spark's own class in its place would not be the same",
                "hold a SparkSession or DataFrame in the class instead of deriving from it",
            )
        )
        return
    answer = staged(use, rule.rewrite(use)) if isinstance(use, GlueCall) else rule.refer(use)
    if stubs.is_glue(use.name) or (isinstance(answer, Rewrite) and answer.code is not None):
        # What stays of a call of Spark's own may hold Glue: `glueContext.spark_session.createDataFrame(…)`.
        work.answered.add(use.node.func if isinstance(use.node, ast.Call) else use.node)
    if isinstance(answer, Finding):
        work.findings.append(answer)
        return
    if not isinstance(answer, Rewrite):
        work.findings.extend(answer)
        return
    rest = use.unaccounted() if isinstance(use, GlueCall) else []
    if rest:
        work.findings.append(
            use.blocker(
                f"`{use.leaf}` is called with {', '.join(rest)}, which the rule `{rule.name}` does not know",
                "rewrite this call by hand",
            )
        )
        return
    lost = list(effects_lost(use, answer)) if isinstance(use, GlueCall) else []
    work.findings.extend(lost)
    if not finished(lost):
        return
    work.findings.extend(answer.findings)
    if _place_edit(work, use.node, answer):
        work.applied.append((use.node, rule, answer))
        work.compat |= set(answer.compat)
        work.imports |= dict.fromkeys(answer.imports)


def _without_effect(call: GlueCall) -> Finding | None:
    """Account for what every transform takes: the bookmark's context and a text for the log; `staged` for the thresholds."""
    call.drop("transformation_ctx", "info", "stageThreshold", "totalThreshold")
    if call.name.startswith("awsglue.transforms.") and "frame" in call.bound.missing:
        return call.blocker(f"`{call.leaf}` is called without a frame", "pass the frame that it works on")
    return None


def _is_base(place: Place, node: ast.expr) -> bool:
    parent = place.parents.get(node)
    return isinstance(parent, ast.ClassDef) and node in parent.bases


def _place_edit(work: Work, node: ast.expr, rewrite: Rewrite) -> bool:
    work.edits.expressions |= dict(rewrite.others)
    if rewrite.import_after is not None:
        _import_after(work, *rewrite.import_after)
    if rewrite.remove or rewrite.statements:
        statement = work.place.statement(node)
        work.edits.statements[statement] = [*rewrite.statements]
        return True
    if rewrite.code is not None:
        work.edits.expressions[node] = rewrite.code
        return True
    return bool(rewrite.findings or rewrite.others)


def _import_after(work: Work, anchor: ast.stmt, line: str) -> None:
    """Put an import after a statement, in the order of their names, those from the same module together."""
    lines = work.imports_after.setdefault(anchor, {})
    lines[line] = None
    work.edits.statements[anchor] = [work.place.source.of(anchor), *imports.grouped(sorted(lines))]


def answer_references(work: Work) -> None:
    """Ask for the names and attributes of Glue that are not called: annotations, `glueContext.spark_session`, …"""
    rules = rules_by_name(work.place.settings)
    renamed = [one.value for one in work.place.nodes.of(ast.Assign) if is_renamed(work.place, one.value)]
    # What only gives a class of Glue another name goes where nothing is called by it any more, which the others have to tell.
    references = work.place.nodes.of(ast.Name, ast.Attribute)
    for node in [*(node for node in references if node not in renamed), *renamed]:
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        if node in work.place.world.extended and node not in work.answered and not work.removed(node):
            work.uses_glue = True
            _take(work, rules[ADDED], Use(work.place, node, ADDED))
            continue
        if node in renamed and is_gone(work, node):
            continue
        parent = work.place.parents.get(node)
        if (
            node in work.answered
            or work.removed(node)
            or (parent in work.answered and not _stays_in(work, parent, node))
        ):
            continue
        name = _attribute_name(work.place, node) or _reference_name(work.place, node)
        if (
            name is None
            or name.startswith(_RECORD)
            or (isinstance(parent, ast.Attribute) and _reference_name(work.place, parent))
        ):
            continue
        work.uses_glue |= stubs.is_glue(name)
        rule = rules.get(name)
        if rule is not None:
            work.place.rule = rule.name
            _take(work, rule, Use(work.place, node, name))
        elif stubs.is_glue(name):
            _unanswered(work, node, name)


def _attribute_name(place: Place, node: ast.expr) -> str | None:
    """Return the qualified name of an attribute that holds a value, for instance `GlueContext.spark_session`."""
    if not isinstance(node, ast.Attribute):
        return None
    for owner in place.kind(node.value).members():
        if owner.tag != "instance":
            continue
        name = place.world.glue_base(owner.name) if owner.name in place.world.classes else owner.name
        if node.attr in stubs.ATTRIBUTES.get(name, {}):
            return f"{name}.{node.attr}"
    return None


def _stays_in(work: Work, answered: ast.AST, node: ast.expr) -> bool:
    """Whether what was made of an expression still holds a part of it, which is then to be answered for itself."""
    made = work.edits.expressions.get(answered)
    return made is not None and any(part is node for part in made.parts)


def _reference_name(place: Place, node: ast.expr) -> str | None:
    held = place.kind(node)
    if held.tag in ("class", "function", "method") and stubs.is_glue(held.name):
        return held.name
    parent = place.parents.get(node)
    if held.tag == "method" and held.name.startswith("boto3.") and getattr(parent, "func", None) is not node:
        return held.name
    if held.tag == "method" and held.name in _NAMING and getattr(parent, "func", None) is not node:
        return held.name if isinstance(parent, ast.Call | ast.keyword) else None
    if held.tag == "method" and held.name.startswith(f"{stubs.LOGGER}.") and getattr(parent, "func", None) is not node:
        return held.name
    return held.name if held.tag == "class" and held.name in _CONTEXT_CLASSES else None


_NAMING = frozenset(
    (*(f"{SPARK_SESSION}.{name}" for name in ("sql", "table")), f"{stubs.SQL_READER}.table",
     *(f"{stubs.SQL_WRITER}.{name}" for name in ("saveAsTable", "insertInto")))
)  # fmt: skip
"""Spark's methods that are given names of tables, which nothing maps where the method is handed to other code."""


_CONTEXT_CLASSES = frozenset({SPARK_CONTEXT, stubs.SQL_CONTEXT})
