"""Make keys that a run generates comparable: Relationalize links root and child frames by numbers that no two runs share.

A child has the columns `id` and `index`; its `id` values are those of one column of its parent. Each key is replaced by a
fingerprint of the child rows that it stands for, innermost first. Two runs then agree exactly when joining root and children
gives the same rows (semantics.md, section 4).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from glue2lakehouse.tools.sandbox.datasets import Dataset

_INTEGERS = ("bigint", "int", "string")


def rekey(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Return the datasets with generated keys replaced; those without a parent or child are unchanged."""
    items = [item.model_copy(deep=True) for item in datasets]
    children = [item for item in items if _is_child(item)]
    done: set[int] = set()
    while len(done) < len(children):
        ready = [child for child in children if id(child) not in done and not _awaits(child, children, done)]
        if not ready:
            break
        for child in ready:
            _replace(child, items)
            done.add(id(child))
    return items


def generated_columns(datasets: Sequence[Dataset]) -> dict[str, frozenset[str]]:
    """Return for each dataset the columns that hold generated keys: children's ids, and what refers to them.

    For frames that are shown: a join of root and child is one, whose rows no fingerprint of other rows can stand for.
    """
    children = [item for item in datasets if _is_child(item)]
    found: dict[str, set[str]] = defaultdict(set)
    for child in children:
        found[str(child)] |= {name for name in child.columns if all(row[name] == row["id"] for row in child.rows)}
        for other in datasets:
            found[str(other)] |= set(_links(other, child))
    return {name: frozenset(columns) for name, columns in found.items() if columns}


def _is_child(item: Dataset) -> bool:
    return item.columns.get("id") in _INTEGERS and "index" in item.columns and not item.unreadable


def _keys(child: Dataset) -> set[str]:
    return {str(row["id"]) for row in child.rows if row.get("id") is not None}


def _links(parent: Dataset, child: Dataset) -> list[str]:
    """Return the columns of `parent` that may hold the keys of `child`: those whose name ends the child's, else all."""
    wanted = _keys(child)
    found = []
    for name, kind in parent.columns.items():
        if parent is child or kind not in _INTEGERS or name in ("id", "index"):
            continue
        if wanted and wanted <= {str(row[name]) for row in parent.rows if row.get(name) is not None}:
            found.append(name)
    named = [name for name in found if _named_for(name, child)]
    return named or found


def _named_for(column: str, child: Dataset) -> bool:
    return child.name.lower().rstrip("/").endswith(column.lower().rpartition(".")[2])


def _awaits(child: Dataset, children: Sequence[Dataset], done: set[int]) -> bool:
    return any(_links(child, other) for other in children if other is not child and id(other) not in done)


def _replace(child: Dataset, items: Sequence[Dataset]) -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in child.rows:
        content = {name: value for name, value in row.items() if name != "id"}
        groups[str(row.get("id"))].append(json.dumps(content, sort_keys=True))
    prints = {key: hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()[:16] for key, rows in groups.items()}
    parents = [(parent, name) for parent in items for name in _links(parent, child)]
    named = [(parent, name) for parent, name in parents if _named_for(name, child)]
    parents = named or parents
    if not parents:
        return
    for parent, name in parents:
        for row in parent.rows:
            row[name] = _print_of(row.get(name), prints)
        parent.columns[name] = "generated key"
    for row in child.rows:
        row["id"] = _print_of(row.get("id"), prints)
    child.columns["id"] = "generated key"


def _print_of(key: Any, prints: dict[str, str]) -> str | None:
    return None if key is None else prints.get(str(key), "no rows")
