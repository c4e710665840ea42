"""What jobs of one workflow run tell each other: its run properties, one small file for each, in a volume."""

import hashlib
import json
import os
import sys
import uuid
from urllib.parse import quote

_STARTED_WITH = "--WORKFLOW_RUN_PROPERTIES"


def get_workflow_run_properties(root, name, run_id):
    """Answer as glue.get_workflow_run_properties does: what the run was started with, and what its jobs have put since.

    What it was started with is the job's argument --WORKFLOW_RUN_PROPERTIES, as JSON; without it this is a LookupError.
    """
    return {"RunProperties": {**_started_with(), **_put_since(_run_folder(root, name, run_id))}}


def put_workflow_run_properties(root, name, run_id, run_properties):
    """Put as glue.put_workflow_run_properties does: properties of these names are replaced, all others stay.

    Each is seen whole or not at all by the other jobs of the run. Raises TypeError for what is no text.
    """
    if not all(isinstance(text, str) for pair in run_properties.items() for text in pair):
        raise TypeError(f"run properties are texts, not {run_properties!r}")
    folder = _run_folder(root, name, run_id)
    for key, value in run_properties.items():
        place = os.path.join(folder, hashlib.sha256(key.encode()).hexdigest() + ".json")
        draft = f"{place}.{uuid.uuid4().hex}"
        with open(draft, "w", encoding="utf-8") as opened:
            json.dump([key, value], opened)
        os.replace(draft, place)
    return {}


def _put_since(folder):
    found = {}
    for file in os.listdir(folder) if os.path.isdir(folder) else ():
        if file.endswith(".json"):
            with open(os.path.join(folder, file), encoding="utf-8") as opened:
                key, value = json.load(opened)
            found[key] = value
    return found


def _run_folder(root, name, run_id=None):
    runs = () if run_id is None else ("run=" + quote(run_id, safe=""),)
    folder = os.path.join(root, "workflow=" + quote(name, safe=""), *runs)
    # Fails where there is no such volume, or no right to it: an empty answer would look like a run without properties.
    os.makedirs(folder, exist_ok=True)
    return folder


def _started_with():
    for at in range(len(sys.argv) - 1, 0, -1):
        name, equals, value = sys.argv[at].partition("=")
        if name == _STARTED_WITH and equals:
            return json.loads(value)
        if sys.argv[at] == _STARTED_WITH and at + 1 < len(sys.argv):
            return json.loads(sys.argv[at + 1])
    raise LookupError(f"the job needs the argument {_STARTED_WITH}: what its workflow's run starts with, as JSON")
