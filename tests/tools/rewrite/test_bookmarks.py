"""Job bookmarks under `bookmarks: incremental`: which reads keep them, and that each run reads what came since the last commit."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.bookmarks import ENABLE, Bookmarks
from glue2lakehouse.tools.rewrite import JobFacts, convert_project
from glue2lakehouse.tools.rewrite.runtime import bookmarks as helper
from glue2lakehouse.tools.rewrite.runtime.documents import read_json_stream

KEEP = Settings(bookmarks="incremental")
ON = JobFacts(bookmarks_enabled=True)
HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.job import Job\n\ngc = GlueContext()\njob = Job(gc)\n"
    'job.init("daily", {})\n'
)
S3 = 'f = gc.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/x/"]%s}, format="parquet"%s)\n'
TABLE = 'f = gc.create_dynamic_frame.from_catalog("d", "t", transformation_ctx="c", additional_options=%s)\n'
JDBC = 'f = gc.create_dynamic_frame.from_options("mysql", {"url": u, "dbtable": "t"%s}, transformation_ctx="c")\n'


@pytest.mark.parametrize(
    ("read", "becomes"),
    [
        (S3 % ("", ', transformation_ctx="c"'), 'read_new_files(spark.read, "parquet", "s3://b/x/", "c")'),
        (S3 % (', "recurse": True', ', transformation_ctx=name'), '.option("recursiveFileLookup", True), "parquet", "s3://b/x/", name, recurse=True)'),
        (S3 % (', "boundedFiles": "9"', ', transformation_ctx="c"'), '"c", most_files="9")'),
        (S3 % (', "boundedSize": size', ', transformation_ctx="c"'), '"c", most_bytes=size)'),
        (S3 % ("", ""), 'spark.read.parquet("s3://b/x/")'),
        (S3 % ("", ', transformation_ctx=""'), 'spark.read.parquet("s3://b/x/")'),
        (
            'f = gc.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/x/"], "recurse": True}, "json", '
            '{"multiline": True}, transformation_ctx="c")\n',
            'read_new_documents(read_json_stream, spark, "s3://b/x/", "c", recurse=True, recursiveFileLookup=True)',
        ),
        (JDBC % ', "jobBookmarkKeys": ["id"]', '.load(), ["id"], "c")'),
        (JDBC % ', "jobBookmarkKeys": ["id"], "jobBookmarkKeysSortOrder": "desc"', '.load(), ["id"], "c", descending=True)'),
        (
            'f = gc.create_dynamic_frame.from_catalog("d", "t", transformation_ctx="c", push_down_predicate="p = 1")\n',
            'read_new_rows(spark, "main.d.t", "c", where="p = 1")',
        ),
        (TABLE % '{"boundedFiles": "9", "groupFiles": "none"}', 'read_new_rows(spark, "main.d.t", "c", most_files="9")'),
        (TABLE % '{"boundedSize": size}', 'read_new_rows(spark, "main.d.t", "c", most_bytes=size)'),
    ],
)  # fmt: skip
def test_a_source_with_a_context_keeps_its_bookmark(convert, read: str, becomes: str) -> None:
    source = f"{HEAD}\n\ndef run(u, name, size):\n    {read}    return f.toDF()\n\n\njob.commit()\n"
    conversion = convert(source, settings=KEEP, facts=ON)
    assert becomes in conversion.after
    assert 'start_bookmarks("main.default.glue_bookmarks", "daily")' in conversion.after
    assert conversion.after.rstrip().endswith("commit_bookmarks()")
    assert not [finding for finding in conversion.findings if finding.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    ("read", "settings", "why"),
    [
        (JDBC % "", KEEP, "by its primary key"),
        (JDBC % ', "jobBookmarkKeys": ["id"], "jobBookmarkKeysSortOrder": u', KEEP, "order of the bookmark keys"),
        (JDBC % ', "jobBookmarkKeys": ["id"]', Settings(), "by job bookmark keys"),
        (S3 % (', "boundedFiles": "9"', ', transformation_ctx="c"'), Settings(), "needs job bookmarks"),
        (TABLE % '{"boundedFiles": "9"}', Settings(), "needs job bookmarks"),
        (TABLE.replace('"c"', '""') % '{"boundedSize": "9"}', Settings(), "needs job bookmarks"),
        (TABLE % '{"boundedFiles": "9", "jobBookmarkKeys": ["id"]}', KEEP, "has no counterpart"),
        ('f = gc.create_dynamic_frame.from_options("s3", u, format="json", transformation_ctx="c")\n', KEEP, "put together"),
        (
            'f = gc.create_dynamic_frame.from_catalog("d", "t", transformation_ctx="c")\n',
            Settings(bookmarks="incremental", table_format="delta"),
            "whose files tell no new rows",
        ),
    ],
)  # fmt: skip
def test_what_cannot_keep_its_bookmark_is_handed_off(blockers, read: str, settings: Settings, why: str) -> None:
    source = f"{HEAD}\n\ndef run(u):\n    {read}    return f.toDF()\n\n\njob.commit()\n"
    assert any(why in text for text in blockers(source, settings=settings, facts=ON))


def test_a_job_without_its_arguments_is_handed_off(blockers) -> None:
    source = HEAD.replace(", {}", "") + "job.commit()\n"
    assert any("without its arguments" in text for text in blockers(source, settings=KEEP, facts=ON))


def test_where_glue_stopped_is_told_to_the_helper(convert) -> None:
    settings = Settings.model_validate({"bookmarks": "incremental", "bookmarks_since": "2026-01-31T00:00:00+00:00"})
    conversion = convert(HEAD + "job.commit()\n", settings=settings, facts=ON)
    assert (
        'start_bookmarks("main.default.glue_bookmarks", "daily", since="2026-01-31T00:00:00+00:00")' in conversion.after
    )
    assert conversion.findings == ()


def test_a_time_that_says_nothing_of_keys_is_told(convert) -> None:
    settings = Settings.model_validate({"bookmarks": "incremental", "bookmarks_since": "2026-01-31T00:00:00+00:00"})
    read = JDBC % ', "jobBookmarkKeys": ["id"]'
    conversion = convert(f"{HEAD}u = input()\n{read}f.count()\njob.commit()\n", settings=settings, facts=ON)
    assert any("says nothing of keys" in finding.message for finding in conversion.findings)


def test_keys_of_a_job_without_bookmarks_go_with_a_word(convert) -> None:
    read = JDBC % ', "jobBookmarkKeys": ["id"]'
    source = f"{HEAD}\n\ndef run(u):\n    {read}    return f.toDF()\n"
    conversion = convert(source, facts=JobFacts(bookmarks_enabled=False))
    assert "jobBookmarkKeys" not in conversion.after
    assert any("jobBookmarkKeys goes" in finding.message for finding in conversion.findings)


LIBRARY = (
    "from awsglue.context import GlueContext\nfrom awsglue.job import Job\n\n\nclass Base:\n"
    "    def __init__(self, name, args):\n        self.gc = GlueContext()\n        self.job = Job(self.gc)\n"
    "        self.job.init(name, args)\n\n    def read(self, path):\n"
    '        return self.gc.create_dynamic_frame.from_options("s3", {"paths": [path]}, format="parquet", transformation_ctx="c")\n\n'
    "    def end(self):\n        self.job.commit()\n"
)
USER = 'from base import Base\n\nbase = Base("daily", {})\nbase.read("s3://b/x/").count()\nbase.end()\n'


@pytest.mark.parametrize(
    ("elsewhere", "policy", "handed_off"),
    [("all", "incremental", False), ("some", "incremental", True), ("all", "review", True), ("", "review", False)],
)
def test_a_module_that_jobs_import_keeps_the_bookmarks_of_their_definitions(elsewhere, policy, handed_off) -> None:
    facts = {"base.py": JobFacts(bookmarks_elsewhere=elsewhere), "job.py": ON}
    made = {c.path: c for c in convert_project({"base.py": LIBRARY, "job.py": USER}, Settings(bookmarks=policy), facts)}
    base = made["base.py"]
    assert any(finding.severity is Severity.BLOCKER for finding in base.findings) is handed_off
    kept = policy == "incremental"
    assert ("read_new_files(" in base.after) is kept
    assert ("start_bookmarks(" in base.after) is (kept and not handed_off)


def test_a_script_without_a_definition_is_not_taken_for_one_with_bookmarks(convert) -> None:
    source = HEAD + S3 % ("", ', transformation_ctx="c"') + "job.commit()\n"
    conversion = convert(source, settings=KEEP, facts=JobFacts(bookmarks_elsewhere="all"))
    assert "read_new_files" not in conversion.after
    assert not [finding for finding in conversion.findings if finding.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    ("second", "blocked"),
    [
        ('g = gc.create_dynamic_frame.from_catalog("d", "t", transformation_ctx="c")\n', True),
        ('g = gc.create_dynamic_frame.from_catalog("d", "t", transformation_ctx="e")\n', False),
        (S3 % ("", ', transformation_ctx="c"'), False),
        ('gc.write_dynamic_frame.from_options(f, "s3", {"path": "s3://o/"}, "json", transformation_ctx="c")\n', False),
    ],
)  # fmt: skip
def test_two_sources_with_one_context_are_handed_off(convert, second: str, blocked: bool) -> None:
    source = HEAD + S3 % ("", ', transformation_ctx="c"') + second + "job.commit()\n"
    found = [f for f in convert(source, settings=KEEP, facts=ON).findings if f.severity is Severity.BLOCKER]
    assert bool(found) is blocked
    assert not convert(source, settings=KEEP, facts=JobFacts(bookmarks_enabled=False, defined=True)).findings


def test_a_paused_bookmark_is_handed_off(blockers) -> None:
    paused = JobFacts(bookmarks_enabled=True, bookmarks_paused=True)
    assert any("paused bookmark" in text for text in blockers(HEAD + "job.commit()\n", settings=KEEP, facts=paused))


@pytest.mark.parametrize(
    ("facts", "context", "told"),
    [(ON, ', transformation_ctx="r"', True), (ON, "", False), (JobFacts(bookmarks_enabled=False), ', transformation_ctx="r"', False)],
)  # fmt: skip
def test_keys_of_pivoted_arrays_start_anew_in_each_run_and_that_is_said(
    convert, facts, context: str, told: bool
) -> None:
    source = f"{HEAD}{S3 % ('', '')}c = f.relationalize('root', 's3://tmp/'{context})\nc.keys()\njob.commit()\n"
    messages = [finding.message for finding in convert(source, settings=KEEP, facts=facts).findings]
    assert any("keys of pivoted arrays" in message for message in messages) is told


@pytest.fixture
def start(spark) -> Iterator[Callable[..., None]]:
    spark.sql("DROP TABLE IF EXISTS default.kept")
    yield lambda since=None: helper.start_bookmarks("default.kept", "daily", since)
    spark.sql("DROP TABLE IF EXISTS default.kept")
    helper._BOOKMARKS.update(table="", job="", since=None, saved={}, advanced={}, sources={})


def put(folder: Path, name: str, minute: int, *numbers: int) -> Path:
    """Write a file of JSON lines that was changed so many minutes after some hour."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps({"n": number}) + "\n" for number in numbers))
    os.utime(file, (1_700_000_000 + 60 * minute,) * 2)
    return file


@pytest.mark.spark
@pytest.mark.parametrize("bound", [{}, {"most_files": "2"}, {"most_bytes": 20}])
def test_runs_read_the_files_that_glue_reads(spark, start, tmp_path: Path, bound: dict[str, object]) -> None:
    """The same events on both sides: new and changed files, some listed late, a run that fails, bounds on one run."""
    raw, oracle = tmp_path / "raw", Bookmarks(tmp_path / "bookmarks.json")
    options = {{"most_files": "boundedFiles", "most_bytes": "boundedSize"}[key]: value for key, value in bound.items()}
    events = [
        lambda: [put(raw, "a.json", 0, 1, 2), put(raw, "odd [1] {x}.json", 1, 3), put(raw, "b c.json", 2, 4)],
        list,
        lambda: [put(raw, "late.json", -10, 5), put(raw, "too_late.json", -20, 6)],
        lambda: [put(raw, "a.json", 3, 1, 2, 7)],
        lambda: [put(raw, f"many{number}.json", 100 + number, number) for number in range(4)],
        *[list] * 7,
    ]
    seen = []
    for number, event in enumerate(events):
        event()
        start()
        frame = helper.read_new_files(spark.read, "json", raw.as_uri(), "orders", **bound)
        found = sorted(row.n for row in frame.collect())
        oracle.init("daily", ENABLE)
        files = oracle.new_files("orders", sorted(raw.glob("*.json")), options)
        assert found == sorted(json.loads(line)["n"] for file in files for line in file.read_text().splitlines())
        assert frame.columns == ["n"]
        seen.append(found)
        if number != 3:  # that run fails before its commit: the next one reads the same again
            helper.commit_bookmarks()
            oracle.commit()
    assert seen[1] == [] or bound
    assert seen[-1] == []


@pytest.mark.spark
def test_a_source_reads_everything_without_a_start_or_a_context(spark, start, tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.json", 0, 1)
    for _ in range(2):
        assert helper.read_new_files(spark.read, "json", (tmp_path / "raw").as_uri(), "orders").count() == 1
    start()
    for _ in range(2):
        assert helper.read_new_files(spark.read, "json", (tmp_path / "raw").as_uri(), "").count() == 1
        helper.commit_bookmarks()


@pytest.mark.spark
def test_what_glue_has_read_is_left_out_from_the_first_run_on(spark, start, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    put(raw, "old.json", 0, 1)
    put(raw, "new.json", 1, 2)
    start("2023-11-14T22:13:20+00:00")  # the hour that `put` counts from
    assert [row.n for row in helper.read_new_files(spark.read, "json", raw.as_uri(), "o").collect()] == [2]


@pytest.mark.spark
def test_two_sources_of_one_context_are_refused_when_they_are_read(spark, start, tmp_path: Path) -> None:
    for name in ("one", "two"):
        put(tmp_path / name, "a.json", 0, 1)
    start()
    first, second = ((tmp_path / name).as_uri() for name in ("one", "two"))
    assert [helper.read_new_files(spark.read, "json", first, "c").count() for _ in range(2)] == [1, 1]
    with pytest.raises(ValueError, match="a transformation_ctx of its own"):
        helper.read_new_files(spark.read, "json", second, "c")
    table = spark.createDataFrame([(1,)], "n int")
    helper.keep_new_rows(table, "n", "k")
    with pytest.raises(ValueError, match="a transformation_ctx of its own"):
        helper.keep_new_rows(table, "n", "k")
    helper.commit_bookmarks()
    assert helper.keep_new_rows(table, "n", "k").count() == 0


@pytest.mark.spark
def test_folders_of_partitions_stay_columns(spark, start, tmp_path: Path) -> None:
    for root, day in (("one", "2024-01-01"), ("two", "2024-01-02")):
        put(tmp_path / root, f"day={day}/a.json", 0, 1)
    roots = [(tmp_path / "one").as_uri() + "/", (tmp_path / "two").as_uri()]
    start()
    frame = helper.read_new_files(spark.read, "json", roots, "o")
    assert sorted((row.n, str(row.day)) for row in frame.collect()) == [(1, "2024-01-01"), (1, "2024-01-02")]


@pytest.mark.spark
def test_a_table_over_files_gives_the_rows_of_its_new_files(spark, start, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    put(raw, "a.json", 0, 1)
    spark.sql("DROP TABLE IF EXISTS default.over_files")
    spark.sql(f"CREATE TABLE default.over_files (n INT) USING json LOCATION '{raw.as_uri()}'")

    def read() -> list[int]:
        return [row.n for row in helper.read_new_rows(spark, "default.over_files", "t").collect()]

    start()
    assert read() == [1]
    helper.commit_bookmarks()
    put(raw, "b.json", 60, 2)
    spark.sql("REFRESH TABLE default.over_files")
    start()
    assert read() == [2]
    helper.commit_bookmarks()
    start()
    assert read() == []
    # Files of the second that was read, and older ones that were listed late; a run that fails reads them again.
    put(raw, "same_second.json", 60, 3)
    put(raw, "late.json", 50, 4)
    put(raw, "too_late.json", 40, 5)
    spark.sql("REFRESH TABLE default.over_files")
    for _ in range(2):
        start()
        assert sorted(read()) == [3, 4]
    helper.commit_bookmarks()
    start()
    assert read() == []
    spark.sql("DROP TABLE default.over_files")


@pytest.mark.spark
def test_a_bound_takes_the_oldest_files_of_a_table_and_leaves_none_out(spark, start, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for name, minute, number in (("a", 3, 1), ("b", 0, 2), ("c", 1, 3), ("d", 1, 4), ("e", 1, 5), ("f", 4, 6)):
        put(raw, f"{name}.json", minute, number)
    spark.sql("DROP TABLE IF EXISTS default.in_parts")
    spark.sql(f"CREATE TABLE default.in_parts (n INT) USING json LOCATION '{raw.as_uri()}'")
    read: list[list[int]] = []
    for bound in ({"most_files": "2"}, {"most_files": "2"}, {"most_bytes": "1"}, {"most_files": "2"}):
        start()
        frame = helper.read_new_rows(spark, "default.in_parts", "t", **bound)
        read.append(sorted(row.n for row in frame.collect()))
        helper.commit_bookmarks()
    assert read == [[2, 3], [4, 5], [1], [6]]
    spark.sql("DROP TABLE default.in_parts")


@pytest.mark.spark
def test_a_delta_table_is_refused_because_it_writes_its_files_anew(spark, start) -> None:
    spark.range(2).write.format("delta").mode("overwrite").saveAsTable("default.of_delta")
    start()
    with pytest.raises(ValueError, match="change feed"):
        helper.read_new_rows(spark, "default.of_delta", "t")
    spark.sql("DROP TABLE default.of_delta")


@pytest.mark.spark
@pytest.mark.parametrize(
    ("descending", "second"), [(False, [("b", 1), ("b", 2), ("c", None)]), (True, [("a", 1), ("0", 5)])]
)
def test_rows_beyond_the_last_key_are_read(spark, start, descending: bool, second: list[tuple[str, int]]) -> None:
    kind = "k string, N int"
    first = [("a", 2), ("a", 3), (None, 4)]

    def read(rows: list[tuple[str | None, int | None]]) -> list[tuple[str, int]]:
        start()
        frame = helper.keep_new_rows(spark.createDataFrame(rows, kind), ["K", "n"], "t", descending)
        found = sorted((row.k, row.N) for row in frame.collect())
        helper.commit_bookmarks()
        return found

    assert read([*first]) == [("a", 2), ("a", 3)]
    assert read([*first, *second, ("a", 2)]) == sorted(row for row in second if row[1] is not None)
    assert read([*first, *second]) == []


@pytest.mark.spark
def test_documents_of_new_files_are_read(spark, start, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    found = []
    for name, text in (("a.json", '[{"n": 1}, {"n": 2}]'), ("", ""), ("b {1}.json", '{"n": 3} {"n": 4}')):
        if name:
            put(raw, name, 0).write_text(text)
        start()
        frame = helper.read_new_documents(read_json_stream, spark, [raw.as_uri()], "docs")
        assert frame.columns == ["n"]
        found.append(sorted(row.n for row in frame.collect()))
        helper.commit_bookmarks()
    assert found == [[1, 2], [], [3, 4]]


_KEYS = TABLE % '{"jobBookmarkKeys": ["id"], "jobBookmarkKeysSortOrder": "asc"}'


@pytest.mark.parametrize(("enabled", "stays"), [(False, False), (None, True), (True, True)])
def test_keys_mean_nothing_in_a_job_that_is_said_to_run_without_bookmarks(convert, enabled, stays: bool) -> None:
    conversion = convert(HEAD + _KEYS, settings=Settings(bookmarks_enabled=enabled))
    blocked = [found.message for found in conversion.findings if "bookmark keys" in found.message]
    assert bool(blocked) is stays
    assert any("the job runs without bookmarks" in found.message for found in conversion.findings) is not stays
    assert ('spark.read.table("main.d.t")' in conversion.after) is not stays
