"""The review chat as an MLflow ResponsesAgent, so that a Databricks workspace can serve it.

A request's `custom_inputs` name the waiting file (`thread`) and the reviewer (`by`); the last user message is the turn.
"""

from collections.abc import Callable
from typing import Any

from glue2lakehouse.graphs.review import Desk, build_chat, say


def responses_agent(desk_of: Callable[[str], Desk], checkpointer: Any) -> Any:
    """Return the agent; `desk_of` opens the desk of a thread, `checkpointer` keeps the chats."""
    from mlflow.pyfunc.model import ResponsesAgent
    from mlflow.types.responses import ResponsesAgentRequest, ResponsesAgentResponse

    class ReviewAgent(ResponsesAgent):
        """One turn a request; the chat's memory is its checkpoint."""

        # ResponsesAgent itself narrows PythonModel.predict so; mypy sees the base class only.
        def predict(  # type: ignore[override]
            self, request: ResponsesAgentRequest
        ) -> ResponsesAgentResponse:
            """Answer the last user message."""
            given = request.custom_inputs or {}
            desk = desk_of(str(given["thread"]))
            said = _last_words([item.model_dump() for item in request.input])
            state = say(build_chat(desk, checkpointer), desk, said, str(given.get("by", "")))
            item = self.create_text_output_item(text=state["reply"], id=f"msg_{len(state['history'])}")
            return ResponsesAgentResponse(output=[item], custom_outputs={"over": state["over"]})

    return ReviewAgent()


def _last_words(messages: list[dict[str, Any]]) -> str:
    for message in reversed(messages):
        if message.get("role") == "user":
            content = message["content"]
            return content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in content)
    return ""
