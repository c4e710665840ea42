from typing import Any

import pytest

from glue2lakehouse.agents.dialogue import ScriptedModel, ToolCall
from glue2lakehouse.agents.validator import Gathered, ValidatorInput, ValidatorReply, validate
from glue2lakehouse.domain import Certainty, Edit, Evidence, Issue
from glue2lakehouse.settings import Settings

MODEL_EDIT = Edit(rule="model", certainty=Certainty.JUDGEMENT, source_line=1, target_line=1)


def run(
    *answers: Any, evidence: Evidence = Evidence.EXECUTED, issues: tuple[Issue, ...] = (), by_model: bool = True
) -> Any:
    model = ScriptedModel(answers)
    task = ValidatorInput(
        path="a.py",
        source_code="a.join(b)\nkeep()\n",
        converted_code="a.join(b, how='left')\nkeep()\n",
        edits=(MODEL_EDIT,) if by_model else (),
        gather=lambda *_: Gathered(evidence=evidence, issues=issues),
    )
    return validate(task, model), model


def report(*issues: dict[str, Any]) -> list[ToolCall]:
    return [ToolCall(id="1", name="report_reading", arguments={"issues": list(issues)})]


WRONG_JOIN = {"line": 1, "severity": "critical", "message": "the inner join became a left join"}


def test_a_critical_reading_puts_the_conversion_under_the_threshold() -> None:
    reply, model = run(report(WRONG_JOIN))
    assert reply.confidence_score < Settings().confidence_threshold
    assert reply.issues[0].message == "the inner join became a left join"
    assert "+a.join(b, how='left')" in model.sent[0][0].text


def test_a_clean_reading_never_raises_confidence_over_the_evidence() -> None:
    read, _ = run(report(), evidence=Evidence.RESOLVED)
    unread = validate(
        ValidatorInput(
            path="a.py", source_code="a", converted_code="b", edits=(MODEL_EDIT,),
            gather=lambda *_: Gathered(evidence=Evidence.RESOLVED),
        )
    )  # fmt: skip
    assert read.confidence_score == unread.confidence_score


def test_what_the_checks_refuse_is_not_read() -> None:
    lost = Issue(type="check-vanished", severity="critical", message="gone")
    reply, model = run(evidence=Evidence.PARSED, issues=(lost,))
    assert (reply.passed, reply.confidence_score, model.sent) == (False, 0.0, [])


def test_what_the_rules_made_alone_is_not_read() -> None:
    _, model = run(by_model=False)
    assert model.sent == []


@pytest.mark.parametrize("answers", [["All good!"] * 3, [report({"line": "one"})] * 3])
def test_a_reading_that_is_none_changes_nothing_but_is_told(answers: list[Any]) -> None:
    reply: ValidatorReply
    reply, _ = run(*answers)
    assert (reply.passed, [issue.type for issue in reply.issues]) == (True, ["not-read"])
