"""An evaluation as a run of MLflow, in a local SQLite store: `mlflow ui --backend-store-uri sqlite:///<home>/evals.sqlite`."""

import logging
import os
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from glue2lakehouse.evaluation.scorecard import CaseScores, Scorecard
from glue2lakehouse.evaluation.scorers import SCORERS

STORE = "evals.sqlite"
EXPERIMENT = "glue2lakehouse/evals"
_VARIABLES = {
    # SQLite has one writer: a larger pool loses traces while the metrics look fine.
    "MLFLOW_GENAI_EVAL_MAX_WORKERS": "2",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "OTEL_BSP_MAX_QUEUE_SIZE": "100000",
}


def track(card: Scorecard, home: Path) -> str:
    """Log the scorecard through `mlflow.genai.evaluate` and return the run's id; MLflow is left as it was found."""
    for name, value in _VARIABLES.items():
        os.environ.setdefault(name, value)
    import mlflow

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    home.mkdir(parents=True, exist_ok=True)
    before = mlflow.get_tracking_uri()
    try:
        mlflow.set_tracking_uri(f"sqlite:///{(home / STORE).resolve()}")
        mlflow.set_experiment(EXPERIMENT)
        with mlflow.start_run(run_name=f"{card.converter} {card.model or 'rules only'}") as run:
            mlflow.log_params({"converter": card.converter, "model": card.model or "none", "executed": card.executed})
            # It talks to the terminal at length; what there is to say, `evaluation.show` says.
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                mlflow.genai.evaluate(data=[_row(case) for case in card.cases], scorers=_scorers(card))
            mlflow.log_metrics(_families(card))
            if card.calibration is not None:
                mlflow.log_metrics({"brier": card.calibration.brier, "ece": card.calibration.ece})
            mlflow.flush_trace_async_logging()
        return str(run.info.run_id)
    finally:
        mlflow.set_tracking_uri(before)


def _row(case: CaseScores) -> dict[str, Any]:
    return {
        "inputs": {"case": case.name, "family": case.family},
        "outputs": {"ending": case.ending.value, "confidence": case.confidence, "scores": case.scores, "why": case.why},
    }


def _scorers(card: Scorecard) -> list[Any]:
    """Return one MLflow scorer for each of ours that judged anything; the judging was done, they hand it on."""
    from mlflow.entities import Feedback
    from mlflow.genai import scorer

    def handing_on(name: str) -> Any:
        def hand_on(outputs: dict[str, Any]) -> Any:
            if name not in outputs["scores"]:
                return []
            return Feedback(name=name, value=outputs["scores"][name], rationale=outputs["why"].get(name, ""))

        return scorer(hand_on, name=name)

    there = [one.name for one in SCORERS if card.mean(one.name) is not None]
    return [handing_on(name) for name in there]


def _families(card: Scorecard) -> dict[str, float]:
    means = {f"{family}/{one.name}": card.mean(one.name, family) for family in card.families for one in SCORERS}
    return {name: value for name, value in means.items() if value is not None}
