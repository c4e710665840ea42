import itertools

import pytest

from glue2lakehouse.agents.confidence import confidence
from glue2lakehouse.domain import Certainty, Edit, Evidence, Finding, Severity
from glue2lakehouse.settings import Settings


def edit(rule: str, certainty: Certainty = Certainty.EXACT) -> Edit:
    return Edit(rule=rule, certainty=certainty, source_line=1, target_line=1)


def finding(rule: str, severity: Severity) -> Finding:
    return Finding(rule=rule, severity=severity, path="a.py", line=1, message="m")


def test_more_evidence_never_lowers_confidence() -> None:
    scores = [confidence(evidence, [edit("a")], []) for evidence in Evidence]
    assert scores == sorted(scores)
    assert scores[0] == 0.0
    assert scores[-1] == 1.0


def test_exact_rules_with_resolved_names_pass_the_default_threshold() -> None:
    assert confidence(Evidence.RESOLVED, [edit("a"), edit("b")], []) >= Settings().confidence_threshold


@pytest.mark.parametrize("evidence", list(Evidence))
def test_a_blocker_always_waits_for_a_person(evidence: Evidence) -> None:
    blocked = confidence(evidence, [], [finding("x", Severity.BLOCKER)])
    assert blocked < Settings().confidence_threshold


def test_parsing_alone_is_not_enough() -> None:
    assert confidence(Evidence.PARSED, [], []) < Settings().confidence_threshold


def test_code_of_a_model_that_nobody_ran_waits_for_a_person() -> None:
    by_model = [edit("model", Certainty.JUDGEMENT)]
    assert confidence(Evidence.RESOLVED, by_model, []) < Settings().confidence_threshold
    assert confidence(Evidence.EXECUTED, by_model, []) >= Settings().confidence_threshold


def test_what_a_model_settled_and_no_run_shows_waits_for_a_person() -> None:
    unshown = [finding("model-unshown", Severity.WARNING)]
    for evidence in Evidence:
        assert confidence(evidence, [edit("model", Certainty.JUDGEMENT)], unshown) < Settings().confidence_threshold


def test_one_rule_counts_once_however_often_it_fired() -> None:
    once, often = [edit("a", Certainty.CONDITIONAL)], [edit("a", Certainty.CONDITIONAL)] * 9
    assert confidence(Evidence.RESOLVED, once, []) == confidence(Evidence.RESOLVED, often, [])


def test_every_doubt_lowers_confidence() -> None:
    doubts = [
        ([], []),
        ([edit("a", Certainty.CONDITIONAL)], []),
        ([edit("a", Certainty.JUDGEMENT)], []),
        ([], [finding("w", Severity.WARNING)]),
        ([], [finding("w", Severity.WARNING), finding("v", Severity.WARNING)]),
        ([], [finding("b", Severity.BLOCKER)]),
    ]
    scores = [confidence(Evidence.RESOLVED, edits, findings) for edits, findings in doubts]
    assert all(better > worse for better, worse in itertools.pairwise(scores))


def test_information_is_not_a_doubt() -> None:
    assert confidence(Evidence.RESOLVED, [], [finding("i", Severity.INFO)]) == confidence(Evidence.RESOLVED, [], [])
