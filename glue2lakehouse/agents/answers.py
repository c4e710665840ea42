"""Answers of models kept by what was asked, so that the same question is never paid for twice.

One JSON file an answer, named by the hash of model, messages and tools. It is on disk before anybody acts on it, so a kill
costs no second payment; `recorded:<folder>` replays such a folder.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from glue2lakehouse.agents.dialogue import Answer, Heard, Message, Model, Tool, Usage
from glue2lakehouse.errors import ModelUnavailable, StoreError


def fingerprint(model: str, messages: Sequence[Message], tools: Sequence[Tool]) -> str:
    """Return the name of a question: the same one on every machine."""
    asked = [message.model_dump(mode="json") for message in messages]
    offered = [tool.schema_for_model() for tool in tools]
    return hashlib.sha256(json.dumps([model, asked, offered], sort_keys=True).encode()).hexdigest()[:40]


class KeptAnswers:
    """A model in front of which answers are kept; a kept answer costs nothing."""

    def __init__(self, model: Model, folder: Path) -> None:
        self._model = model
        self._folder = folder
        self.name = model.name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Return the kept answer, or ask and keep."""
        file = self._folder / f"{fingerprint(self.name, messages, tools)}.json"
        kept = _read(file)
        if kept is not None:
            return _replayed(kept, heard)
        answer = self._model.ask(messages, tools, heard)
        _write(file, answer)
        return answer


class RecordedModel:
    """A model that only replays a folder of answers. Raises ModelUnavailable for a question that is not among them."""

    def __init__(self, folder: Path, name: str) -> None:
        if not folder.is_dir():
            raise ModelUnavailable(f"recorded:{folder}: there is no such folder of answers")
        self._folder = folder
        self.name = name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Return the recorded answer."""
        key = fingerprint(self.name, messages, tools)
        kept = _read(self._folder / f"{key}.json")
        if kept is None:
            raise ModelUnavailable(
                f"recorded:{self._folder}: no answer to this question ({key}); the prompt, the source or a fact has changed"
            )
        return _replayed(kept, heard)


def _replayed(kept: Answer, heard: Heard | None) -> Answer:
    if heard and kept.message.text:
        heard(kept.message.text)
    return kept.model_copy(update={"usage": Usage(cached_calls=1)})


def _read(file: Path) -> Answer | None:
    try:
        return Answer.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise StoreError(f"{file}: is no kept answer: {str(error).splitlines()[0]}; delete it and run again") from error


def _write(file: Path, answer: Answer) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=file.parent, suffix=".partial")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(answer.model_dump_json(indent=1))
        os.replace(partial, file)
    except OSError as error:
        raise StoreError(f"{file}: the answer cannot be kept: {error.strerror}") from error
