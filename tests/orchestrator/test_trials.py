"""Trials of drafts: what cannot be run says why, and proves nothing."""

from pathlib import Path

import pytest

from glue2lakehouse.agents.validator import LEFT_OUT
from glue2lakehouse.domain import Evidence, Finding, Severity
from glue2lakehouse.orchestrator import migrate
from glue2lakehouse.orchestrator.converting import Checker, draft_all
from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.orchestrator.reviews import find_waiting, open_desk, open_queue
from glue2lakehouse.orchestrator.trials import Trials, TryingChecker
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.sandbox.verdict import JobVerification, Outcome
from glue2lakehouse.tools.source import open_source

pytestmark = pytest.mark.integration

HEAD = """\
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext())
"""
JOB = HEAD + 'glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t", no_such_argument=1).show()\n'
FILES = {"job.py": JOB, "other.py": "import library\n" + JOB, "library.py": HEAD + "frame = glueContext.nothing('t')\n"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def trials_of(source: Path, settings: Settings) -> tuple[Trials, Checker]:
    with open_source(str(source)) as tree:
        project = read_project(tree, settings)
        drafts = draft_all(project, settings)
    return Trials(project, drafts, settings), Checker(project, drafts, settings)


def test_settings_without_trials_start_no_sandbox_and_prove_nothing(source: Path, tmp_path: Path) -> None:
    trials, check = trials_of(source, Settings(home=tmp_path / "home", trials=False))
    code = (
        'from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\nspark.table("x").show()\n'
    )
    (verdict,) = trials.verdicts("job.py", code)
    assert (verdict.outcome, verdict.reason) == (Outcome.CANNOT_RUN, "the settings ask for no trials (trials: false)")
    plain = check(JOB, code, "job.py", ())
    assert TryingChecker(check, trials)(JOB, code, "job.py", ()).evidence is plain.evidence
    assert plain.evidence is not Evidence.EXECUTED


def test_a_job_is_not_run_with_a_module_that_is_not_converted(source: Path, tmp_path: Path) -> None:
    trials, _ = trials_of(source, Settings(home=tmp_path / "home"))
    (verdict,) = trials.verdicts("other.py", "import library\n")
    assert verdict.reason == "it runs together with library.py, which is not converted yet"


class _Ran(Trials):
    """Trials whose run is over: the verdict is given, all else is the real thing."""

    verdict: JobVerification

    def verdicts(self, path: str, code: str) -> list[JobVerification]:
        return [self.verdict]


@pytest.mark.parametrize(
    ("made", "left_out", "evidence"),
    [
        ((), False, Evidence.EXECUTED),
        (("d.t",), False, Evidence.EXECUTED),
        ((), True, Evidence.EXECUTED),
        (("d.t",), True, Evidence.RESOLVED),
    ],
    ids=["given rows", "made rows", "given rows, something left out", "made rows, something left out"],
)
def test_equal_output_is_evidence_but_made_rows_prove_nothing_of_what_was_left_out(
    made: tuple[str, ...], left_out: bool, evidence: Evidence, source: Path, tmp_path: Path
) -> None:
    (source / "plain.py").write_text("print(1)\n")
    settings = Settings(home=tmp_path / "home")
    _, check = trials_of(source, settings)
    with open_source(str(source)) as tree:
        project = read_project(tree, settings)
        ran = _Ran(project, draft_all(project, settings), settings)
    ran.verdict = JobVerification(path="plain.py", outcome=Outcome.EQUAL, made=made)
    told = Finding(rule=LEFT_OUT, severity=Severity.WARNING, path="plain.py", line=1, message="left out: a word")
    found = TryingChecker(check, ran)("print(1)\n", "print(1)  # checked\n", "plain.py", (told,) if left_out else ())
    assert found.evidence is evidence


def test_a_reviewer_hears_why_a_file_cannot_be_run(source: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", tracing=False)
    migrate(str(source), tmp_path / "out", settings)
    with open_desk(settings, "other.py", str) as (desk, _):
        assert desk.run is not None
        assert "library.py, which is not converted yet" in desk.run("other.py", "import library\n")
        assert find_waiting(open_queue(settings), settings, "other.py").thread == desk.thread
    source.rename(tmp_path / "moved")
    with open_desk(settings, "other.py", str) as (desk, _):
        assert desk.run is not None
        assert "not there any more" in desk.run("other.py", "import library\n")
