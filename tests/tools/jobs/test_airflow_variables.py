"""Variables of Airflow that a DAG file asks for itself: open references in texts, unknown wherever something depends on them."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import Definitions, read_definitions

HEAD = (
    "from airflow import DAG\nfrom airflow.models import Variable\n"
    "from airflow.providers.amazon.aws.operators.glue import GlueJobOperator\n"
    'BUCKET = Variable.get("bucket", default_var="b")\n'
)


def _read(task: str, before: str = "") -> Definitions:
    dag = f'with DAG("d", schedule=None):\n    GlueJobOperator(task_id="t", job_name="j", {task})\n'
    return read_definitions({"dags/d.py": HEAD + before + dag, "jobs/x.py": ""})


@pytest.mark.parametrize(
    ("value", "made"),
    [
        ('f"s3://{BUCKET}/in"', "s3://⟦airflow_bucket⟧/in"), ('"s3://" + BUCKET + "/in"', "s3://⟦airflow_bucket⟧/in"),
        ("BUCKET", "⟦airflow_bucket⟧"), ('Variable.get(key="x")', "⟦airflow_x⟧"), ('f"{BUCKET}-{3}"', "⟦airflow_bucket⟧-3"),
    ],
)  # fmt: skip
def test_a_variable_in_a_text_is_an_open_reference(value: str, made: str) -> None:
    found = _read(f'script_args={{"--a": {value}}}')
    assert found.chains[0].steps[0].arguments == {"--a": made}
    assert not [f for f in found.findings if f.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    "value",
    [
        'Variable.get("c", deserialize_json=True)["x"]', "BUCKET.upper()", 'f"{BUCKET!r}"', 'f"{BUCKET:>9}"', '"%s" % BUCKET',
        'Variable.get("my-bucket")', "Variable.get(name())", 'f"{BUCKET}/{{{{ ds }}}}"', "int(BUCKET)",
        '"a" if BUCKET == "b" else "c"', "BUCKET * 2", 'f"{BUCKET}{unknown()}"',
    ],
)  # fmt: skip
def test_what_is_made_of_a_variable_otherwise_is_handed_off(value: str) -> None:
    found = _read(f'script_args={{"--a": {value}}}')
    assert found.chains[0].steps[0].arguments == {}
    assert [f for f in found.findings if f.severity is Severity.BLOCKER]


def test_a_script_below_a_variable_is_the_script_of_its_job() -> None:
    found = _read('script_location=f"s3://{BUCKET}/jobs/x.py", create_job_kwargs={"GlueVersion": "4.0"}')
    (job,) = found.jobs
    assert (job.command.script_location, job.script) == ("s3://⟦airflow_bucket⟧/jobs/x.py", "jobs/x.py")


def test_a_number_of_retries_that_a_variable_says_is_not_known() -> None:
    found = _read("retries=BUCKET")
    assert found.chains[0].steps[0].retries is None
    assert any("retries" in finding.message for finding in found.findings)
