"""What a state of a machine takes from the input of its execution, where every state before it has left that as it was.

AWS: input-output-paths (ResultPath), input-output-contextobject ($$.Execution.Input), transforming-data (JSONata).
"""

import re
from typing import Any

_EXECUTION = re.compile(r"\$\$\.Execution\.Input\.(\w+)|\{%\s*\$states\.context\.Execution\.Input\.(\w+)\s*%\}")
_STATE = re.compile(r"\$\.(\w+)|\{%\s*\$states\.input\.(\w+)\s*%\}")
# The fields of an EventBridge event: what a rule without an input of its own hands over, new at each run.
_EVENT = frozenset({"time", "id", "region", "account", "source", "detail", "resources", "version"})
_REWRITES = ("OutputPath", "Output", "Assign")


class StateInput:
    """Which fields of the execution's input a state still sees under their own names."""

    def __init__(self) -> None:
        self.written: set[str] | None = set()

    def field(self, text: str, state: dict[str, Any]) -> str:
        """Return the field of the execution's input that a path takes, empty where it takes something else."""
        found = _EXECUTION.fullmatch(text)
        if found is None and "InputPath" not in state and self.written is not None:
            found = _STATE.fullmatch(text)
        name = next(filter(None, found.groups()), "") if found else ""
        whole = found is not None and found.re is _EXECUTION
        return name if name and name not in _EVENT and (whole or name not in (self.written or ())) else ""

    def after(self, state: dict[str, Any], jsonata: bool) -> None:
        """Note what this state leaves of its input for the next one."""
        kind = state.get("Type")
        if kind in ("Choice", "Wait", "Succeed") or self.written is None:
            self.written = None if any(name in state for name in _REWRITES) else self.written
            return
        keeps = kind == "Pass" and not any(name in state for name in ("Result", "Parameters", "InputPath"))
        path = state.get("ResultPath", "$")
        if any(name in state for name in _REWRITES) or (jsonata and kind != "Pass"):
            self.written = None
        elif path is None or keeps:
            pass
        elif isinstance(path, str) and (added := re.fullmatch(r"\$\.(\w+)(?:[.\[].*)?", path)):
            self.written = {*self.written, added[1]}
        else:
            self.written = None
