from typing import Any

import pytest

from glue2lakehouse.agents.dialogue import ScriptedModel, ToolCall
from glue2lakehouse.agents.validator import (
    LEFT_OUT,
    Gathered,
    ValidatorInput,
    ValidatorReply,
    validate,
    without_words_of_models,
)
from glue2lakehouse.domain import Certainty, Edit, Evidence, Finding, Issue, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check

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


def said(rule: str, message: str) -> Finding:
    return Finding(
        rule=rule, severity=Severity.WARNING, path="a.py", line=1, message=message, action="compare the mode"
    )


SETTLED = said("model", "settled by a model: `frame.filter(lambda r: r['x'] != 3)` may be a DynamicFrame")
NAMED = said("model", "settled by a model: `awsglue.context.GlueContext.no_such_reader` has no rule")
OMITTED = said(LEFT_OUT, "left out by a model: option groupFiles")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param("f.filter(lambda r: r['x'] != 3).show()\n", "f.show()\n", SETTLED, id="the condition that it quotes"),
        pytest.param("f.write.mode('append').save()\n", "f.write.save()\n", SETTLED, id="a mode, for the word model"),
        pytest.param("f.write.mode('append').save()\n", "f.write.mode('overwrite').save()\n", OMITTED, id="another mode"),
        pytest.param("c.no_such_reader(limit=10)\n", "c.table()\n", NAMED, id="an argument of what was in doubt"),
    ],
)  # fmt: skip
def test_the_words_of_a_model_answer_for_nothing_that_it_lost(before: str, after: str, told: Finding) -> None:
    assert vanished(before, after, told)


def test_the_words_of_a_model_answer_for_what_was_in_doubt_and_what_may_go() -> None:
    assert not vanished("c.no_such_reader()\n", "c.table()\n", NAMED)
    assert vanished("c.no_such_reader()\n", "c.table()\n", SETTLED)


def vanished(before: str, after: str, told: Finding) -> list[str]:
    known = without_words_of_models([told])
    issues = check(before, after, "a.py", {"a.py": before}, {"a.py": after}, known, Settings()).issues
    return [issue.message for issue in issues if issue.message.startswith("vanished")]
