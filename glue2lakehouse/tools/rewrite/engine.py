"""Convert modules: find the uses of Glue, ask the rules, put their answers into the text.

    understood (kinds) -> uses -> rules -> edits -> libcst -> Conversion

Complete in its accounting: a use that no rule answers for, and an argument that a rule did not account for, is a blocker
finding, and its code stays as it is, so that it fails at that line when somebody runs it.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from glue2lakehouse.domain import Edit, Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.defects import defect, tried
from glue2lakehouse.tools.rewrite.aws.beside import beside_the_jobs
from glue2lakehouse.tools.rewrite.aws.elsewhere import elsewhere
from glue2lakehouse.tools.rewrite.code import Source
from glue2lakehouse.tools.rewrite.collector import uncollected
from glue2lakehouse.tools.rewrite.compute import handed_on
from glue2lakehouse.tools.rewrite.editing import imports, tidy
from glue2lakehouse.tools.rewrite.editing.annotate import annotate
from glue2lakehouse.tools.rewrite.editing.helper_names import keep_apart
from glue2lakehouse.tools.rewrite.editing.placing import applied
from glue2lakehouse.tools.rewrite.editing.provenance import recorded
from glue2lakehouse.tools.rewrite.io.bookmarks import shared_contexts
from glue2lakehouse.tools.rewrite.kinds import grouped, parse, stubs, understood
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.values import TableFacts
from glue2lakehouse.tools.rewrite.kinds.world import World
from glue2lakehouse.tools.rewrite.mapping.unmoved import unmoved_in
from glue2lakehouse.tools.rewrite.remarks import plain_spark, unseen
from glue2lakehouse.tools.rewrite.remarks.ansi import ansi_remarks
from glue2lakehouse.tools.rewrite.remarks.collected_sql import collected_sql
from glue2lakehouse.tools.rewrite.remarks.data_frame_tests import data_frame_tests
from glue2lakehouse.tools.rewrite.remarks.enum_texts import enum_texts
from glue2lakehouse.tools.rewrite.remarks.glue_marks import glue_marks
from glue2lakehouse.tools.rewrite.remarks.job_tests import job_tests
from glue2lakehouse.tools.rewrite.remarks.jvm_libraries import jvm_libraries
from glue2lakehouse.tools.rewrite.remarks.late_functions import late_functions
from glue2lakehouse.tools.rewrite.remarks.libraries import handed_to_libraries
from glue2lakehouse.tools.rewrite.remarks.magic_cells import magic_cells
from glue2lakehouse.tools.rewrite.remarks.mocks import stand_ins
from glue2lakehouse.tools.rewrite.remarks.renamed_columns import renamed_columns
from glue2lakehouse.tools.rewrite.remarks.replaced_views import replaced_views
from glue2lakehouse.tools.rewrite.remarks.serverless_settings import serverless_settings
from glue2lakehouse.tools.rewrite.remarks.spark_classes import ask_for_both
from glue2lakehouse.tools.rewrite.remarks.spark_versions import version_remarks
from glue2lakehouse.tools.rewrite.remarks.type_texts import type_texts
from glue2lakehouse.tools.rewrite.rule import JobFacts, Place
from glue2lakehouse.tools.rewrite.rules.file_names import file_names_in_sql
from glue2lakehouse.tools.rewrite.steps.asking import answer_calls, answer_references
from glue2lakehouse.tools.rewrite.steps.batch_functions import send_batch_functions
from glue2lakehouse.tools.rewrite.steps.extending import take_away
from glue2lakehouse.tools.rewrite.steps.looking_up import look_up, wrap
from glue2lakehouse.tools.rewrite.work import Work

_REMARKS: tuple[Callable[[Place], Iterable[Finding]], ...] = (
    plain_spark.remarks,
    type_texts,
    data_frame_tests,
    job_tests,
    replaced_views,
    renamed_columns,
    late_functions,
    jvm_libraries,
    serverless_settings,
    enum_texts,
    ansi_remarks,
    version_remarks,
    shared_contexts,
    elsewhere,
    magic_cells,
    collected_sql,
)
"""What is said of the code of a module, whatever the rules made of it."""


class Conversion(NamedTuple):
    """What became of one file. `after` equals `before` where nothing was to be done or nothing could be."""

    path: str
    before: str
    after: str
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    compat: frozenset[str] = frozenset()
    uses_glue: bool = False

    @property
    def changed(self) -> bool:
        """Whether the text is another one."""
        return self.before != self.after


def convert_project(
    files: Mapping[str, str],
    settings: Settings,
    facts: Mapping[str, JobFacts] | None = None,
    tables: Mapping[str, TableFacts] | None = None,
) -> Iterator[Conversion]:
    """Yield a conversion for each file, in no particular order; memory is bounded by one group of connected files.

    `facts` are what the jobs' definitions say by path, `tables` what the tables' do by `database.table` in lower case.
    """
    todo = dict.fromkeys(files)
    jobs = {path for path, held in (facts or {}).items() if held.defined}
    trees: dict[str, ast.Module] = {}
    index, groups = grouped(files, trees, jobs)
    for group in groups:
        with uncollected():
            world = partial(understood, group, files, index, tables, trees, jobs)
            for conversion in convert_group({path: files[path] for path in group}, world, settings, facts or {}):
                todo.pop(conversion.path)
                yield conversion
    for path in todo:
        yield left_alone(path, files[path], settings)


def left_alone(path: str, text: str, settings: Settings) -> Conversion:
    """A file out of reach of Glue and Spark comes out byte for byte; one that does not parse, or names a moved path, says so."""
    try:
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 0
        finding = Finding(
            rule="parse",
            severity=Severity.BLOCKER,
            path=path,
            line=line,
            message=f"cannot be parsed as Python 3: {getattr(error, 'msg', None) or error}",
            action="mend the syntax (Python 2 code, pasted text or smart quotes are the usual causes), then run again",
        )
        return _handed_off(path, text, finding)
    unmoved = unmoved_in(path, tree, settings.moved) if settings.paths else ()
    return Conversion(path, text, text, findings=(*unmoved, *beside_the_jobs(path, text, ast.walk(tree))))


def convert_group(
    files: Mapping[str, str], understand: Callable[[], World], settings: Settings, facts: Mapping[str, JobFacts]
) -> Iterator[Conversion]:
    """Yield the conversion of each file of a group; a defect of ours hands off the files that it concerns, and those alone."""
    world = tried(understand)
    if isinstance(world, Exception):
        for path, text in files.items():
            yield _handed_off(path, text, defect(path, world, "the conversion"))
        return
    for module in world.modules.values():
        made = tried(partial(convert_module, module, world, settings, facts.get(module.path, JobFacts())))
        if isinstance(made, Exception):
            made = _handed_off(module.path, module.source, defect(module.path, made, "the conversion"))
        yield made
    world.let_go()


def _handed_off(path: str, text: str, finding: Finding) -> Conversion:
    uses_glue = any(package in text for package in stubs.GLUE_PACKAGES)
    return Conversion(path, text, text, findings=(finding,), uses_glue=uses_glue)


def convert_module(module: ModuleInfo, world: World, settings: Settings, facts: JobFacts) -> Conversion:
    """Convert one module of a finished world."""
    alias = imports.functions_alias(module.tree, module.nodes)
    place = Place(module, world, Source(module.source), settings, facts, module.nodes, module.parents, alias)
    work = Work(place)
    take_away(work)
    stand_ins(work)
    answer_calls(work)
    answer_references(work)
    ask_for_both(work)
    _report_out_of_sight(work)
    work.findings.extend(handed_on(place))
    if work.uses_glue:
        work.findings.extend(file_names_in_sql(place))
        work.findings.extend(glue_marks(place))
    for remarks in _REMARKS:
        work.findings.extend(remarks(place))
    computed = look_up(work)
    imports.edit_imports(work.place, work.edits, work.imports, work.answered)
    tidy.tidy(work.place, work.edits, work.answered)
    work.findings.extend(send_batch_functions(place, work.edits))
    wrap(work, computed)
    keep_apart(place, work.edits)
    after = applied(work)
    edits = recorded(place, work.edits, work.applied, after) if after != module.source else ()
    after = annotate(after, edits) if settings.annotate else after
    findings = sorted(set(work.findings), key=lambda found: (found.line, found.rule, found.message))
    return Conversion(module.path, module.source, after, edits, tuple(findings), frozenset(work.compat), work.uses_glue)


def _report_out_of_sight(work: Work) -> None:
    """Report what no rule is asked for: in files that use Glue what may be Glue's and is not seen."""
    if work.uses_glue:
        work.findings += unseen.unseen(work.place, work.answered, work.removed)
        work.findings += handed_to_libraries(work.place)
