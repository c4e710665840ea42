"""Whether a job runs with bookmarks, what the project wants then, and the reads that keep them.

Glue: monitor-continuations. A source is bookmarked where its job's bookmarks are enabled and it has a transformation_ctx; of the
sources it is those of S3 and JDBC.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.code import Code, Piece
from glue2lakehouse.tools.rewrite.kinds.project import imported_modules
from glue2lakehouse.tools.rewrite.kinds.stubs import READER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.options import Options, truth
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Place, Rewrite, Use, code

CONDITION = "the target has read nothing before, or `bookmarks_since` says what it has"


def enabled(use: Use) -> bool | None:
    """Whether the job runs with bookmarks; None where neither its definition nor the settings say so.

    A module that others import serves their jobs: where the definitions say that some of the project's jobs run with bookmarks, so does it.
    """
    said = use.place.facts.bookmarks_enabled
    if said is None:
        said = use.settings.bookmarks_enabled
    return True if said is None and use.place.facts.bookmarks_elsewhere and _is_imported(use.place) else said


def serves_both(use: Use) -> bool:
    """Whether the module may serve jobs with bookmarks and jobs without."""
    return (
        use.place.facts.bookmarks_enabled is None
        and use.settings.bookmarks_enabled is None
        and use.place.facts.bookmarks_elsewhere == "some"
    )


def shared_contexts(place: Place) -> Iterator[Finding]:
    """Yield a blocker at each source that has the transformation_ctx of another one; they have one bookmark between them."""
    use = Use(place, ast.Constant(None), "")
    if enabled(use) is not True or place.settings.bookmarks != "incremental":
        return
    first: dict[str, str] = {}
    for node in place.nodes.of(ast.Call):
        name = place.world.callees.get(node, "")
        if not name.startswith((READER, f"{GLUE_CONTEXT}.create_dynamic_frame")):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        context = use.literal(given["transformation_ctx"]) if "transformation_ctx" in given else None
        if isinstance(context, str) and context and first.setdefault(context, ast.unparse(node)) != ast.unparse(node):
            place.rule = "shared-bookmark"
            message = f"two sources have the transformation_ctx '{context}', and Glue does not document which of them its bookmark follows"
            yield place.finding(node, Severity.BLOCKER, message, "give each source a transformation_ctx of its own")


def _is_imported(place: Place) -> bool:
    if "imported" not in place.memory:
        own, index = place.module.path, place.world.index
        others = [module for module in place.world.modules.values() if module.path != own]
        place.memory["imported"] = any(own in imported_modules(each.tree, each.path, index) for each in others)
    return bool(place.memory["imported"])


def context_of(call: GlueCall) -> ast.expr | None:
    """Return the transformation_ctx of a source whose bookmark is to be kept; None where the source reads everything."""
    if enabled(call) is not True or call.settings.bookmarks != "incremental":
        return None
    given = call.argument("transformation_ctx")
    return None if given is None or call.literal(given) in ("", None) else given


def read_files(reader: Code, form: Code, paths: Piece, context: ast.expr, bounds: Code, recurse: Piece | None) -> Code:
    """Return the read of the files that no committed run has read."""
    deep = _deep(recurse)
    return code(
        "read_new_files({reader}, {form}, {paths}, {context}{deep}{bounds})",
        reader=reader, form=form, paths=paths, context=context, deep=deep, bounds=bounds,
    )  # fmt: skip


def documents(read: str, given: list[Piece], context: ast.expr, bounds: Code, recurse: Piece | None) -> Code:
    """Return the first arguments of the helper that reads documents of new files with another helper."""
    session, paths = given
    return code(
        "{read}, {session}, {paths}, {context}{deep}{bounds}",
        read=read, session=session, paths=paths, context=context, deep=_deep(recurse), bounds=bounds,
    )  # fmt: skip


def _deep(recurse: Piece | None) -> Code:
    return code(", recurse={recurse}", recurse=recurse) if recurse is not None else code("")


def bounds_of(options: Options) -> Code:
    """Return how much of what is new one run may read, as arguments of the helper."""
    files, size = options.take("boundedFiles"), options.take("boundedSize")
    many = code(", most_files={files}", files=files) if files is not None else code("")
    large = code(", most_bytes={size}", size=size) if size is not None else code("")
    return code("{many}{large}", many=many, large=large)


def bounded(call: GlueCall, options: Options) -> Finding | None:
    """Answer for a bound of a source that has no bookmark to be kept; who bounds a run means to go on in the next one."""
    given = [key for key in ("boundedFiles", "boundedSize") if options.given(key)]
    if not given or context_of(call) is not None:
        return None
    return call.blocker(
        f"{given[0]} limits each run to a part of what is new, which needs job bookmarks",
        "set `bookmarks: incremental` and `bookmarks_enabled: true`, or read with Auto Loader and its limits; without bookmarks each "
        "run would read the same again",
    )


def kept(answer: Answer, helper: str, condition: str = "") -> Answer:
    """Add to a rewrite what a bookmarked read needs."""
    if not isinstance(answer, Rewrite):
        return answer
    return replace(
        answer,
        certainty=Certainty.CONDITIONAL,
        condition="; ".join(filter(None, [answer.condition, CONDITION, condition])),
        imports=(*answer.imports, f"from glue_compat import {helper}"),
        compat=(*answer.compat, helper),
    )


def database_rows(call: GlueCall, options: Options, answer: Answer) -> Answer:
    """Read the rows beyond the bookmark's keys; without keys Glue takes the primary key, which nobody sees here."""
    keys, order = options.take("jobBookmarkKeys"), options.literal("jobBookmarkKeysSortOrder")
    context = context_of(call)
    if context is None:
        return _without(call, answer, keys)
    if keys is None:
        return call.blocker(
            "the table is read incrementally by its primary key", "name the key in jobBookmarkKeys, then convert again"
        )
    if options.given("jobBookmarkKeysSortOrder") and not isinstance(order, str):
        return call.blocker("the order of the bookmark keys is computed at run time", "write out asc or desc")
    if not isinstance(answer, Rewrite) or answer.code is None:
        return answer
    down = code(", descending=True") if str(order).lower() == "desc" else code("")
    made = code(
        "keep_new_rows({frame}, {keys}, {context}{down})", frame=answer.code, keys=keys, context=context, down=down
    )
    notes = answer.findings
    if call.settings.bookmarks_since is not None:
        notes = (*notes, _since_knows_no_keys(call))
    return kept(replace(answer, code=made, findings=notes), "keep_new_rows")


def _since_knows_no_keys(call: GlueCall) -> Finding:
    return call.warning(
        "`bookmarks_since` is a time, which says nothing of keys: the first run reads all rows of this table",
        "before the first run, empty the target or add the last key to the table of bookmarks",
    )


def _without(call: GlueCall, answer: Answer, keys: Piece | None) -> Answer:
    if keys is None or not isinstance(answer, Rewrite):
        return answer
    on = enabled(call)
    if on is False or (on and call.literal(call.argument("transformation_ctx")) in ("", None)):
        note = call.info("jobBookmarkKeys goes: this source has no bookmark", "")
        return replace(answer, findings=(*answer.findings, note))
    return by_keys(call)


def keys_left_out(call: GlueCall, options: Options) -> tuple[Finding, ...]:
    """Take the keys of a bookmark where the job is said to run without any, and say so."""
    given = [key for key in options.values if key.lower() in ("jobbookmarkkeys", "jobbookmarkkeyssortorder")]
    if not given or enabled(call) is not False:
        return ()
    options.take(*given)
    return (call.info(f"{', '.join(given)}: goes, the job runs without bookmarks", ""),)


def by_keys(call: GlueCall) -> Finding:
    """A read by bookmark keys in a job whose bookmarks may be on, under another policy than `incremental`."""
    return call.blocker(
        "the source is read incrementally by job bookmark keys",
        "set `bookmarks: incremental` (and `bookmarks_enabled: true`), or keep a watermark in a control table and filter by it",
    )


def computed(call: GlueCall) -> Finding:
    """A source with a bookmark whose options are only known when it runs."""
    return call.blocker(
        "the source has a job bookmark, and its options are put together at run time",
        "write the options out at the call, then convert again",
    )


def table_rows(
    call: GlueCall, session: Code, name: Code, predicate: Piece | None, bounds: Code
) -> Code | Finding | None:
    """Return the read of a catalog table's new files; None where the source has no bookmark."""
    context = context_of(call)
    if context is None:
        return None
    frame = call.kind(call.node).frame
    action = call.settings.table_actions.get(frame.source.lower()) if frame is not None else None
    if action == "convert_to_delta" or (action is None and call.settings.table_format == "delta"):
        return call.blocker(
            "the job reads what came since its last run, and the table goes to Delta, whose files tell no new rows",
            "read it with spark.readStream.table and trigger(availableNow=True), or keep the table's files",
        )
    given = code(", where={predicate}", predicate=predicate) if predicate is not None else code("")
    return code(
        "read_new_rows({session}, {name}, {context}{given}{bounds})",
        session=session, name=name, context=context, given=given, bounds=bounds,
    )  # fmt: skip


def recursion(options: Options) -> Piece | None:
    """Return whether sub-folders are read, None where they are not."""
    given = options.values.get("recurse")
    return None if given is None or truth(options.literal("recurse")) is False else given
