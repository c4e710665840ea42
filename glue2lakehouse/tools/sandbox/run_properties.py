"""The run properties that a script has put, as a file that both sides write: the AWS client's, and those in the volume."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILE = "run_properties.json"


def note_put_by_aws(scratch: Path, workflow: str, run: str, started_with: Mapping[str, str], region: str) -> None:
    """Write what the stand-in of AWS holds for a run of a workflow, where that is not what the run was started with."""
    import boto3

    client: Any = boto3.client("glue", region_name=region)
    _note(scratch, client.get_workflow_run_properties(Name=workflow, RunId=run)["RunProperties"], started_with)


def note_put_in_volume(scratch: Path, folder: Path, started_with: Mapping[str, str]) -> None:
    """Write what the converted script has left below the folder of run properties over what the run was started with."""
    put = dict(json.loads(file.read_text(encoding="utf-8")) for file in folder.rglob("*.json"))
    _note(scratch, {**started_with, **put}, started_with)


def _note(scratch: Path, held: Mapping[str, str], started_with: Mapping[str, str]) -> None:
    if dict(held) != dict(started_with):
        (scratch / _FILE).write_text(json.dumps(held, sort_keys=True, indent=1), encoding="utf-8")
