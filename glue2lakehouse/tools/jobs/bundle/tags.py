"""Tags of a Glue object as tags of a job, which Databricks puts on the job's clusters: AWS and Databricks both have their say.

AWS: tag restrictions (letters, digits, spaces and `+ - = . _ : / @`; `aws:` is reserved). Databricks: a cluster has tags of its own
(Name, Vendor, Creator, ClusterName, ClusterId); a job has at most 25.
"""

import re
from collections.abc import Mapping
from typing import Any

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft

_MOST = 25
_LONGEST_NAME, _LONGEST_VALUE = 127, 255
_TAKEN = frozenset({"name", "vendor", "creator", "clustername", "clusterid", "jobid", "runname"})
_ALLOWED = re.compile(r"[\w\s+\-=.:/@${}]*")


def add_tags(draft: Draft, source: Any, tags: Mapping[str, str], context: Context) -> None:
    """Write the tags; what is not in the source, what a cluster would be refused for, and tags past the limit, are told."""
    kept: dict[str, str] = {}
    folded: dict[str, str] = {}
    for name, value in tags.items():
        text = context.text(value) if "⟦" not in name else ""
        why = _refused(name, value, folded)
        if why:
            _tell(
                source, context, f"tag '{name}' was left out: {why}", "choose another name or value for it under tags"
            )
        else:
            kept[name] = folded[name.lower()] = text
    if len(kept) > _MOST:
        left = ", ".join(list(kept)[_MOST:])
        _tell(source, context, f"a job has at most {_MOST} tags; left out: {left}", "choose which to keep")
    if kept:
        draft.job["tags"] = dict(list(kept.items())[:_MOST])
        draft.note(("tags",), "Tags", source, "Tags")


def _refused(name: str, value: str, folded: Mapping[str, str]) -> str:
    if "⟦" in name:
        return "it is not in the source"
    if name.lower().startswith("aws:"):
        return "AWS keeps names that begin with aws: to itself"
    if name.lower() in _TAKEN:
        return "every cluster has a tag of that name already"
    if name.lower() in folded:
        return "another tag differs from it by upper and lower case only"
    plain = re.sub(r"⟦[^⟧]*⟧", "", value)
    if not name or not _ALLOWED.fullmatch(name) or not _ALLOWED.fullmatch(plain):
        return "AWS takes letters, digits, spaces and + - = . _ : / @ only"
    if len(name) > _LONGEST_NAME or len(plain) > _LONGEST_VALUE:
        return f"a name has at most {_LONGEST_NAME} characters, a value {_LONGEST_VALUE}"
    return ""


def _tell(source: Any, context: Context, message: str, action: str) -> None:
    context.tell(source, "job-tags", message, action, field="Tags", severity=Severity.INFO)
