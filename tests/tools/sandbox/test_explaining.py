from glue2lakehouse.tools.sandbox.explaining import blocker_for_failure
from glue2lakehouse.tools.sandbox.job import JobReport, RunReport

REFUSED = RunReport(error_type="ValueError", error="both frames have the columns ['a']; rename them", error_line=7)


def test_a_refusal_to_guess_names_the_unknown_that_the_result_depends_on() -> None:
    found = blocker_for_failure("job.py", JobReport(), REFUSED, "ANSI on", {"join_clash_winner": "both"})
    assert found.message.startswith("the result depends on an unknown of Glue (a column that both sides of a join have")
    assert "at line 7" in found.message
    assert "['a']" in found.message


def test_a_failure_of_its_own_is_told_as_a_failure() -> None:
    report = REFUSED.model_copy(update={"error": "no such column"})
    for run, used in ((REFUSED, {}), (report, {"join_clash_winner": "both"})):
        found = blocker_for_failure("job.py", JobReport(), run, "ANSI on", used)
        assert found.message.startswith("the converted script fails at line 7")
