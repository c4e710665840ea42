"""The review chat as an MLflow ResponsesAgent, so that a Databricks workspace can serve it.

A request's `custom_inputs` name the waiting file (`entity`) and the reviewer (`by`); the last user message is the turn.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from glue2lakehouse.errors import Glue2LakehouseError
from glue2lakehouse.graphs.desk import ChatState, Desk
from glue2lakehouse.graphs.review import build_chat, listen

OpenDesk = Callable[[str], AbstractContextManager[tuple[Desk, Any]]]
"""Opens the chat about a file that waits: its desk and the checkpoints that keep the talk."""


def responses_agent(open_desk: OpenDesk) -> Any:
    """Return the agent over the desks that `open_desk` opens; what cannot be opened is told as the answer."""
    from mlflow.pyfunc.model import ResponsesAgent
    from mlflow.types.responses import ResponsesAgentRequest, ResponsesAgentResponse, ResponsesAgentStreamEvent

    told = logging.getLogger("mlflow.pyfunc")
    level = told.level
    # While the class is made, MLflow warns that tracing of our own is unnecessary.
    told.setLevel(logging.ERROR)

    class ReviewAgent(ResponsesAgent):
        """One turn a request; the chat's memory is its checkpoint."""

        # ResponsesAgent itself narrows PythonModel.predict so; mypy sees the base class only.
        @_without_texts
        def predict(self, request: ResponsesAgentRequest) -> ResponsesAgentResponse:
            """Answer the last user message."""
            *_, state = _traced_turn(open_desk, request)
            return ResponsesAgentResponse(output=[self._item(state)], custom_outputs={"over": state["over"]})

        @_without_texts
        def predict_stream(self, request: ResponsesAgentRequest) -> Iterator[ResponsesAgentStreamEvent]:
            """Answer the last user message; words of a model come as they are said, the whole answer at the end."""
            for said in _traced_turn(open_desk, request):
                if isinstance(said, str):
                    yield ResponsesAgentStreamEvent(**self.create_text_delta(delta=said, item_id="answer"))
                    continue
                outputs = {"over": said["over"]}
                yield ResponsesAgentStreamEvent(
                    type="response.output_item.done", item=self._item(said), custom_outputs=outputs
                )

        def _item(self, state: ChatState) -> dict[str, Any]:
            item: dict[str, Any] = self.create_text_output_item(text=state["reply"], id="answer")
            return item

    told.setLevel(level)
    return ReviewAgent()


def _without_texts(method: Any) -> Any:
    """Keep MLflow from tracing a method with what goes in and out: code and words, and the secrets in them."""
    method.__mlflow_traced__ = True
    return method


def _traced_turn(open_desk: OpenDesk, request: Any) -> Iterator[Any]:
    import mlflow

    given = request.custom_inputs or {}
    with mlflow.start_span(name="review_chat", span_type="AGENT") as span:
        span.set_inputs({"entity": given.get("entity"), "by": given.get("by")})
        for said in _turn(open_desk, request):
            yield said
        span.set_outputs({"over": said["over"], "characters": len(said["reply"])})


def _turn(open_desk: OpenDesk, request: Any) -> Iterator[Any]:
    given = request.custom_inputs or {}
    entity, by = str(given.get("entity", "")), str(given.get("by", ""))
    if not entity or not by:
        yield {
            "reply": "custom_inputs has to name `entity`, the file that is meant, and `by`, who speaks",
            "over": False,
        }
        return
    try:
        with open_desk(entity) as (desk, checkpointer):
            yield from listen(build_chat(desk, checkpointer), desk, _last_words(request.input), by)
    except Glue2LakehouseError as error:
        yield {"reply": str(error), "over": False}


def _last_words(messages: list[Any]) -> str:
    for item in reversed(messages):
        message = item.model_dump()
        if message.get("role") == "user":
            content = message["content"]
            return content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in content)
    return ""
