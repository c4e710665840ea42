"""A rule that is broken on purpose makes verification report a difference; the rule as it is comes out equal.

Each case changes the text of one function of the rules, or of a helper that conversions take along, converts a script of the
examples, of the golden cases or of this page with it, and runs both on the script's data.
"""

from collections.abc import Iterator
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path
from types import FunctionType, ModuleType
from typing import NamedTuple

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.case import load_case
from glue2lakehouse.orchestrator.converting import COMPAT_FILE, draft_all, helpers_used
from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.orchestrator.run import settings_beside
from glue2lakehouse.orchestrator.running import sandbox_source
from glue2lakehouse.tools.rewrite import compat, render_compat
from glue2lakehouse.tools.sandbox.verdict import JobVerification, Outcome, Source
from glue2lakehouse.tools.sandbox.verify import verify_file
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.source import open_source

ROOT = Path(__file__).parents[3]
CASES, RETAIL = ROOT / "evals" / "cases", ROOT / "examples" / "retail"

HEAD = """from awsglue.context import GlueContext
from awsglue.transforms import *
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext.getOrCreate())


def read(name):
    return glueContext.create_dynamic_frame.from_options(
        connection_type="s3", connection_options={"paths": [f"s3://in/{name}/"]}, format="csv", format_options={"withHeader": True}
    )


def write(frame):
    glueContext.write_dynamic_frame.from_options(
        frame=frame, connection_type="s3", connection_options={"path": "s3://out/rows/"}, format="parquet"
    )


"""
FILES = {
    "one": "id,name\n1,a\n2,b\n3,\nx,c\n",
    "two": "name,id\nz,7\ny,8\n",
}
SCRIPTS = {
    "union": 'write(read("one").union(read("two")))\n',
    "typed": 'numbers = read("one").apply_mapping([("id", "string", "id", "int"), ("name", "string", "none", "date")])\n'
    "write(DropNullFields.apply(frame=numbers))\n",
    "unlisted": 'numbers = read("one").apply_mapping([("id", "string", "id", "int"), ("name", "string", "name", "string")])\n'
    'write(numbers.filter(lambda row: row["id"] not in (1, 2)))\n',
    "csv": "glueContext.write_dynamic_frame.from_options(\n"
    '    frame=read("one"), connection_type="s3", connection_options={"path": "s3://out/rows/"}, format="csv"\n)\n',
}


class Broken(NamedTuple):
    """`old` in the text of a module below `rewrite`, or of the helper `compat:name`, becomes `new`; `said` is what is reported first."""

    script: str
    where: str
    old: str
    new: str
    said: str


BROKEN = {
    "an append to a path became an overwrite": Broken("jobs/ingest_orders.py", "io.writes", '.mode("append"){keys}', '.mode("overwrite"){keys}', "rows differ (28 and 14 rows; 14 only in the original"),
    "an append to a table became an overwrite": Broken("jobs/publish_stores.py", "io.table_writes", "mode = '\"append\"'", "mode = '\"overwrite\"'", "rows differ (8 and 6 rows"),
    "partition columns were lost": Broken("jobs/ingest_orders.py", "io.writes", 'code(".partitionBy({keys})", keys=inside)', 'code("")', "partition columns were order_date and became none"),
    "a cast raises where Glue gives null": Broken("jobs/ingest_orders.py", "rules.apply_mapping", "try_cast({expression} AS", "cast({expression} AS", "[CAST_INVALID_INPUT] The value"),
    "a computed mapping keeps the source's type": Broken("mapping_from_a_json_argument", "compat:apply_mapping", "try_cast({expression} AS {kind})", "{expression}", "column order_id was string and became bigint"),
    "unmapped columns stay": Broken("map_columns_with_casts", "rules.apply_mapping", "return [_spelled(name, held)", "return ['* EXCEPT (customer, amount)'] + [_spelled(name, held)", "gained day, order_id"),
    "fields are not dropped": Broken("select_drop_and_rename_fields", "rules.fields", "{frame}.drop({names})", "{frame}", "columns differ: gained status"),
    "a field keeps its name": Broken("select_drop_and_rename_fields", "rules.fields", "{frame}.withColumnRenamed({old}, {new})", "{frame}", "columns differ: lost id; gained order_id"),
    "the header of a CSV file is data": Broken("read_csv_with_options", "io.files", "if header:\n", "if not header:\n", "columns differ: lost city, name"),
    "a CSV file is written without a header": Broken("csv", "io.files", '"False" if header is False else "True"', '"False"', "columns differ: lost id, name"),
    "an empty field is null": Broken("read_csv_with_options", "io.file_reads", '{frame}.fillna("")', "{frame}", 'city was "" and became null'),
    "unequal loses nulls": Broken("filter_not_equal_keeps_nulls", "rules.predicates", '"~{column}.eqNullSafe({value})"', '"{column} != {value}"', 'first: {"id": 2, "status": null}'),
    "a membership loses nulls": Broken("unlisted", "rules.predicates", '"({column}.isNull() | ~{column}.isin({items}))"', '"~{column}.isin({items})"', 'first: {"id": null, "name": "c"}'),
    "a join names no second key": Broken("join_on_the_same_name", "compat:join_frames", '"." + name if', '"_" + name if', "columns differ: lost .id; gained _id"),
    "a join keeps what has no match": Broken("jobs/enrich_orders.py", "compat:join_frames", '"inner"', '"left"', "rows differ (4 and 5 rows"),
    "typed columns full of nulls are dropped": Broken("typed", "rules.nulls", '"drop_null_fields({frame})"', '"drop_null_fields({frame}, untyped=True)"', "columns differ: lost none"),
    "columns without a type stay": Broken("drop_columns_that_are_all_null", "rules.nulls", "untyped=True", "untyped=False", "columns differ: gained gone"),
    "a choice is cast to text": Broken("resolve_choice_by_casting", "rules.resolve_choice", "try_cast({column(parts)} AS {kind})", "try_cast({column(parts)} AS string)", "column order_id was bigint and became string"),
    "the sides of a split changed places": Broken("jobs/enrich_orders.py", "rules.collection", "first=first,\n            second=second", "first=second,\n            second=first", "rows differ"),
    "a split loses null rows": Broken("keep_open_and_paid_orders_apart", "compat:split_rows", "F.coalesce(condition, F.lit(False))", "condition", 'first: {"id": 3, "amount": null}'),
    "a union goes by position": Broken("union", "rules.combine", "{frame}.unionByName({other}, allowMissingColumns=True)", "{frame}.union({other})", "rows differ"),
    "a predicate on partitions was lost": Broken("read_catalog_with_pushdown_predicate", "rules.read_catalog", "{frame}.where({predicate})", "{frame}", "rows differ (2 and 3 rows"),
    "whole numbers of JSON are bigint": Broken("read_json_numbers_and_write_parquet", "io.file_reads", 'helpers.append("narrow_integers")', 'pass', "column id was int and became bigint"),
    "arrays are counted from one": Broken("jobs/flatten_baskets.py", "compat:_pivot", 'child.select("id", "index"', 'child.select("id", (F.col("index") + 1).alias("index")', "rows differ"),
    "a map loses fields that are new": Broken("add_a_column_with_map", "compat:map_records", "names = [field.name for field in schema.fields]", "names = [field.name for field in given.fields]", "columns differ: lost size"),
}  # fmt: skip


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


@pytest.fixture(scope="module")
def equal() -> dict[str, JobVerification]:
    """Verdicts on scripts that the rules converted as they are."""
    return {}


def converted(script: str, folder: Path) -> tuple[Source, str, list[str]]:
    """Write the conversion of one of the examples', golden or own scripts to a folder; return the pair, the script, its blockers."""
    source, path = source_of(script, folder)
    with open_source(str(source.original)) as tree:
        drafts = draft_all(read_project(tree, source.settings), source.settings)
    for draft in drafts:
        (source.converted / draft.path).parent.mkdir(parents=True, exist_ok=True)
        (source.converted / draft.path).write_text(draft.after, encoding="utf-8")
    helpers = render_compat(helpers_used(draft.after for draft in drafts))
    (source.converted / COMPAT_FILE).write_text(helpers, encoding="utf-8")
    found = [found for draft in drafts if draft.path == path for found in draft.findings]
    return source, path, [str(finding) for finding in found if finding.severity is Severity.BLOCKER]


def source_of(script: str, folder: Path) -> tuple[Source, str]:
    out = folder / "after"
    if script.startswith("jobs/"):
        settings = settings_beside(RETAIL)
        with open_source(str(RETAIL)) as tree:
            return sandbox_source(read_project(tree, settings), out, settings, RETAIL / "data", explain=False), script
    if script not in SCRIPTS:
        case = load_case(CASES / script)
        return case.source(out).model_copy(update={"explain": False}), case.jobs[0]
    for name, text in FILES.items():
        (folder / "data/s3/in" / name).mkdir(parents=True)
        (folder / "data/s3/in" / name / "rows.csv").write_text(text)
    (folder / "before").mkdir()
    (folder / "before/job.py").write_text(HEAD + SCRIPTS[script])
    return Source(original=folder / "before", converted=out, data=folder / "data", explain=False), "job.py"


def break_rule(broken: Broken, patch: pytest.MonkeyPatch) -> None:
    """Change functions in place, so that the change counts wherever they have been imported."""
    kind, _, name = broken.where.partition(":")
    if kind == "compat":
        helpers, _ = compat._definitions()
        text = helpers[name].text
        assert broken.old in text
        patch.setitem(helpers, name, helpers[name]._replace(text=text.replace(broken.old, broken.new)))
        return
    module = import_module(f"glue2lakehouse.tools.rewrite.{broken.where}")
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    assert broken.old in text
    changed = ModuleType(module.__name__)
    exec(compile(text.replace(broken.old, broken.new), str(module.__file__), "exec"), changed.__dict__)
    new = functions(changed)
    touched = {name: f for name, f in functions(module).items() if f.__code__ != new[name].__code__}
    assert touched
    for name, function in touched.items():
        patch.setattr(function, "__code__", new[name].__code__)


def functions(module: ModuleType) -> dict[str, FunctionType]:
    owners = [module, *(item for item in vars(module).values() if isclass(item) and item.__module__ == module.__name__)]
    found = (item for owner in owners for item in vars(owner).values() if isfunction(item))
    return {function.__qualname__: function for function in found if function.__module__ == module.__name__}


@pytest.mark.spark
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_caught(
    name: str, worker: Worker, equal: dict[str, JobVerification], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = BROKEN[name]
    if broken.script not in equal:
        source, path, blockers = converted(broken.script, tmp_path / "right")
        assert blockers == []
        equal[broken.script] = verify_file(source, path, worker=worker)
    assert equal[broken.script].outcome is Outcome.EQUAL, equal[broken.script]
    verdict = verdict_on_broken(broken, worker, tmp_path / "wrong", monkeypatch)
    assert broken.said in verdict.findings[0].message


@pytest.mark.spark
def test_bookmarks_taken_for_disabled_are_caught(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Broken("bookmarked_read", "rules.job", "if enabled is False:", "if True:", "second run on the same data")
    (blocker,) = converted(broken.script, tmp_path / "right")[2]
    assert "the job runs with bookmarks" in blocker
    verdict = verdict_on_broken(broken, worker, tmp_path / "wrong", monkeypatch)
    assert broken.said in verdict.findings[0].message


def verdict_on_broken(broken: Broken, worker: Worker, folder: Path, monkeypatch: pytest.MonkeyPatch) -> JobVerification:
    with monkeypatch.context() as patch:
        break_rule(broken, patch)
        source, path, blockers = converted(broken.script, folder)
    assert blockers == []
    verdict = verify_file(source, path, worker=worker)
    assert verdict.outcome is Outcome.DIFFERENT, verdict
    return verdict
