"""The review chat as a model that MLflow logs as code and a workspace serves (`mlflow.pyfunc.log_model(python_model=FILE)`).

    from glue2lakehouse.orchestrator.served_chat import log
    with mlflow.start_run():
        log("review_chat")

Settings come from the environment as everywhere (`GLUE2LAKEHOUSE_HOME`: the folder of tables and checkpoints, which the serving
machine has to reach; `GLUE2LAKEHOUSE_MODEL`: who answers questions).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glue2lakehouse.graphs.desk import Desk
from glue2lakehouse.graphs.serving import responses_agent
from glue2lakehouse.orchestrator.reviews import open_desk
from glue2lakehouse.orchestrator.rule_pages import page_text
from glue2lakehouse.orchestrator.run import settings_beside


@contextmanager
def desk_of(entity: str) -> Iterator[tuple[Desk, Any]]:
    """Open the chat about a file that waits in the home folder of the environment's settings."""
    with open_desk(settings_beside(Path.cwd()), entity, page_text) as opened:
        yield opened


def log(name: str, **more: Any) -> Any:
    """Log the chat in the current MLflow run, and return MLflow's ModelInfo; `more` goes to `log_model`."""
    import mlflow

    return mlflow.pyfunc.log_model(name=name, python_model=str(Path(__file__)), **more)


def _load() -> None:
    from mlflow.models import set_model

    set_model(responses_agent(desk_of))


# MLflow runs this file by itself, under another name, when it logs and when it loads the model.
if __name__ != "glue2lakehouse.orchestrator.served_chat":
    _load()
