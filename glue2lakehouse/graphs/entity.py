"""One file of a project, from the rules' draft to a recorded decision.

    START -> convert -> validate --done----> optimize -> record -> END
               ^           | |                  ^          ^
               |--retry----+ +--review-> hand_off          |
               |                            |              |
               |                            v              |
               +--changes-- review --approved-(optimize)   |
                            |  |  +--edited-> validate     |
                            |  +--noted-> review           |
                            +--rejected--------------------+

`hand_off` records that the file waits; `review` is `interrupt()` and nothing else, so a resume repeats no work. State is
plain JSON; code is in `Texts` under its hash. Ids derive from content, so a repeated node records the same rows.
"""

import json
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from glue2lakehouse.agents import converter, optimizer, validator
from glue2lakehouse.agents.confidence import PERSON_RULE
from glue2lakehouse.agents.dialogue import Used
from glue2lakehouse.agents.renamed import renamed_in
from glue2lakehouse.domain import (
    Certainty,
    Edit,
    EntityType,
    Finding,
    Severity,
    Status,
)
from glue2lakehouse.graphs.decisions import decision
from glue2lakehouse.graphs.entity_state import (
    EntityState,
    Workshop,
    by_model,
    conversion_type,
    critical,
    edits,
    findings,
    from_rules,
    issues,
    last_edit,
    why,
)
from glue2lakehouse.prompts import Prompt

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

VERDICTS: dict[Hashable, str] = {"retry": "convert", "review": "hand_off", "done": "optimize"}
ANSWERS: dict[Hashable, str] = {
    "approved": "optimize",
    "edited": "validate",
    "changes": "convert",
    "rejected": "record",
    "noted": "review",
}
_BY_HAND = Edit(rule=PERSON_RULE, certainty=Certainty.JUDGEMENT, source_line=1, target_line=1).model_dump(mode="json")


def build_graph(workshop: Workshop, checkpointer: Any = None) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Wire the drawing above. Without a checkpointer an entity that needs a person stops at `review` and is not resumable."""
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(EntityState, input_schema=EntityState)
    for name, node in NODES.items():
        graph.add_node(name, partial(node, workshop))
    graph.add_edge(START, "convert")
    graph.add_edge("convert", "validate")
    graph.add_conditional_edges("validate", partial(route_validation, workshop), VERDICTS)
    graph.add_edge("hand_off", "review")
    graph.add_conditional_edges("review", partial(route_review, workshop), ANSWERS)
    graph.add_edge("optimize", "record")
    graph.add_edge("record", END)
    return graph.compile(checkpointer=checkpointer, name="entity")


def convert(workshop: Workshop, state: EntityState) -> dict[str, Any]:
    """Ask the converter for the next attempt, with the issues of the last one."""
    started, attempt = workshop.clock.now(), state.get("attempt", 0) + 1
    task = _conversion_task(workshop, state)
    reply = workshop.convert(task, workshop.model)
    code = workshop.texts.put(reply.converted_code)
    row = decision(
        workshop.clock,
        state,
        agent=converter.NAME,
        attempt=attempt,
        started=started,
        model_name=reply.model_name,
        input_code=state["source"],
        input_schema=json.dumps(task.columns) if task.columns else None,
        # What a spent budget left undone is another decision than the one that a later run comes to.
        given=(
            task.draft_code,
            task.refused_code,
            *(issue.message for issue in task.issues),
            *task.instructions,
            *(("cut short",) if reply.cut_short else ()),
        ),
        output_code=code,
        recommendations=reply.recommendations,
        confidence_score=reply.confidence_score,
        patterns_detected=sorted({finding.rule for finding in reply.findings}),
        transformations_applied=reply.transformations_applied,
        manual_review_needed=reply.manual_review_needed,
        manual_review_reason=reply.manual_review_reason,
        **(asked(workshop, reply.prompt, reply.tools_used) if reply.prompt else {}),
        usage=reply.usage,
    )
    rules = from_rules(state)
    return {
        "attempt": attempt,
        "cut_short": reply.cut_short,
        "code": code,
        "edits": [edit.model_dump(mode="json") for edit in reply.edits],
        "findings": [finding.model_dump(mode="json") for finding in reply.findings],
        "rule_edits": rules["edits"],
        "rule_findings": rules["findings"],
        "issues": [],
        "noticed": [],
        "decisions": [row],
    }


def _conversion_task(workshop: Workshop, state: EntityState) -> converter.ConverterInput:
    """Return the question: a reviewer speaks of the code as it stands; a refused attempt is begun anew from the rules'."""
    texts = workshop.texts
    base = state if state.get("instructions") else from_rules(state)
    refused = "issues" in state and critical(state) and state["code"] != state["draft"]
    source, settings = texts.get(state["source"]), workshop.settings
    return converter.ConverterInput(
        entity_type=EntityType(state["entity_type"]),
        path=state["path"],
        source_code=source,
        draft_code=texts.get(base.get("code", state["draft"])),
        columns=state.get("columns", []),
        dependencies=state.get("dependencies", []),
        config={
            "target_catalog": settings.catalog,
            "compute": settings.compute.value,
            "names": renamed_in(source, settings),
        },
        edits=edits(base),
        findings=findings(base),
        refused_code=texts.get(state["code"]) if refused else "",
        issues=issues(state),
        instructions=tuple(state.get("instructions", [])),
    )


def validate(workshop: Workshop, state: EntityState) -> dict[str, Any]:
    """Gather the evidence for the code as it stands."""
    started = workshop.clock.now()
    task = validator.ValidatorInput(
        path=state["path"],
        source_code=workshop.texts.get(state["source"]),
        converted_code=workshop.texts.get(state["code"]),
        edits=edits(state),
        findings=findings(state),
        gather=workshop.gather,
    )
    reply = validator.validate(task, workshop.model)
    row = decision(
        workshop.clock,
        state,
        agent=validator.NAME,
        attempt=state["attempt"],
        started=started,
        model_name=workshop.model.name if workshop.model and reply.usage.asked else converter.RULES,
        input_code=state["source"],
        given=(state["code"],),
        output_code=state["code"],
        recommendations=[issue.recommendation for issue in reply.issues if issue.recommendation],
        confidence_score=reply.confidence_score,
        patterns_detected=sorted({issue.type for issue in reply.issues}),
        manual_review_needed=not reply.passed,
        manual_review_reason="; ".join(issue.message for issue in reply.issues if issue.severity == "critical"),
        usage=reply.usage,
        **(asked(workshop, reply.prompt, reply.tools_used) if reply.prompt else {}),
        evidence=reply.evidence.value,
        passed=reply.passed,
        issues=[issue.model_dump(mode="json") for issue in reply.issues],
    )
    return _judged(reply, task.findings) | {"decisions": [row]}


def route_validation(workshop: Workshop, state: EntityState) -> Literal["retry", "review", "done"]:
    """Say what the verdict leads to. What the checks refuse can do better on another try, with a model and no person.

    Where a person has edited, also what a model made of that waits to be approved.
    """
    if state["passed"] and state["confidence"] >= workshop.settings.confidence_threshold and not last_edit(state):
        return "done"
    attempts_left = state["attempt"] < workshop.settings.max_attempts
    repairable = critical(state) and not state.get("author")
    return "retry" if workshop.model is not None and attempts_left and repairable else "review"


def hand_off(workshop: Workshop, state: EntityState) -> dict[str, Any]:
    """Record that the file waits for a person, before it waits.

    A model's attempt that the checks refuse is no start for a person: what a person last wrote is, else the rules' draft, with the
    rules' own findings.
    """
    workshop.record(state["decisions"])
    waits: dict[str, Any] = {"status": Status.NEEDS_REVIEW.value}
    edit = last_edit(state)
    if edit and edit["output_code"] == state["code"]:
        return waits | {"author": edit["reviewer"]}
    if not by_model(state) or not critical(state):
        return waits
    start = from_rules(state)
    if edit:
        start |= {"code": edit["output_code"], "edits": [*start["edits"], _BY_HAND], "author": edit["reviewer"]}
    reply = validator.validate(
        validator.ValidatorInput(
            path=state["path"],
            source_code=workshop.texts.get(state["source"]),
            converted_code=workshop.texts.get(start["code"]),
            edits=edits(start),
            findings=findings(start),
            gather=workshop.gather,
        )
    )
    return waits | start | _judged(reply, findings(start))


def review(workshop: Workshop, state: EntityState) -> dict[str, Any]:
    """Wait for a person; the answer is what `graphs.queue.answer` made of their words."""
    from langgraph.types import interrupt

    return _answered(state, interrupt({"path": state["path"], "why": why(state)}))


def route_review(
    workshop: Workshop, state: EntityState
) -> Literal["approved", "edited", "changes", "rejected", "noted"]:
    """Say what the person's answer leads to; asking for changes without a model leaves a note for the next reader."""
    action = state["review"]["action"]
    if action == "changes":
        return "changes" if workshop.model is not None else "noted"
    words: dict[str, Literal["approved", "edited", "rejected", "noted"]]
    words = {"approve": "approved", "edit": "edited", "reject": "rejected", "note": "noted"}
    return words[action]


def optimize(workshop: Workshop, state: EntityState) -> dict[str, Any]:
    """Look for Lakehouse features that the converted code could use."""
    started = workshop.clock.now()
    reply = optimizer.optimize(optimizer.OptimizerInput(code=workshop.texts.get(state["code"])), workshop.model)
    said = [f"line {item.line}: {item.type}: {item.benefit}" for item in reply.recommendations]
    if not said:
        return {"recommendations": []}
    row = decision(
        workshop.clock,
        state,
        agent=optimizer.NAME,
        attempt=state["attempt"],
        started=started,
        model_name=workshop.model.name if workshop.model and reply.usage.calls else converter.RULES,
        input_code=state["code"],
        given=(state["code"],),
        output_code=None,
        recommendations=said,
        confidence_score=None,
        usage=reply.usage,
    )
    return {"recommendations": said, "decisions": [row]}


def record(workshop: Workshop, state: EntityState) -> dict[str, Any]:
    """Settle how the file ended and keep every decision on the way, once."""
    workshop.record(state["decisions"])
    rejected = state.get("review", {}).get("action") == "reject"
    return {
        "status": (Status.NEEDS_REVIEW if rejected else Status.CONVERTED).value,
        "conversion_type": conversion_type(state).value,
    }


NODES: dict[str, Callable[[Workshop, EntityState], dict[str, Any]]] = {
    "convert": convert,
    "validate": validate,
    "hand_off": hand_off,
    "review": review,
    "optimize": optimize,
    "record": record,
}


def _answered(state: EntityState, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the state after a person's answer; its own row says who, when and over which text."""
    news: dict[str, Any] = {"review": answer, "decisions": [answer["decision"]] if answer.get("decision") else []}
    if answer["action"] == "edit":
        news |= {"code": answer["code"], "author": answer["by"], "edits": [*state["edits"], _BY_HAND]}
    if answer["action"] == "approve":
        # What a person has taken on is left for nobody to decide any more; that they did stays in sight.
        news |= {name: [_taken_on(found, answer["by"]) for found in state[name]] for name in ("findings", "noticed")}
    if answer["action"] == "changes":
        news |= {"instructions": [*state.get("instructions", []), answer["comment"]], "author": "", "attempt": 0}
    return news


def asked(workshop: Workshop, prompt: Prompt, tools: Sequence[Used]) -> dict[str, Any]:
    """Return what a decision says of the question that a model was asked, and of the tools that it called."""
    key = workshop.texts.put(prompt.text)
    used = [
        {"name": one.name, "started_at": one.started.isoformat(), "ended_at": one.ended.isoformat()} for one in tools
    ]
    return {"prompt": key, "prompt_name": prompt.name, "prompt_fingerprint": prompt.fingerprint, "tools": used}


def _taken_on(finding: dict[str, Any], by: str) -> dict[str, Any]:
    if finding["severity"] != Severity.BLOCKER.value:
        return finding
    return finding | {
        "severity": Severity.INFO.value,
        "message": f"approved by {by}: {finding['message']}",
        "action": "",
    }


def _judged(reply: validator.ValidatorReply, known: tuple[Finding, ...]) -> dict[str, Any]:
    """Return a verdict as state."""
    return {
        "passed": reply.passed,
        "issues": [issue.model_dump(mode="json") for issue in reply.issues],
        "noticed": [finding.model_dump(mode="json") for finding in reply.findings if finding not in known],
        "evidence": reply.evidence.value,
        "confidence": reply.confidence_score,
    }
