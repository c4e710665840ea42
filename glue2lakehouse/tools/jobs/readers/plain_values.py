"""What the methods of texts, lists and maps make of them in plain Python; what is not sure to happen leaves its value open."""

import ast
from collections.abc import Callable
from typing import Any

from glue2lakehouse.tools.jobs.readers.airflow_values import Dag, Open, tasks_in


def _known(value: Any) -> Any:
    """Return a value in which all is known. Raises TypeError for another: nobody knows how long it is, or its text."""
    if is_open(value):
        raise TypeError
    return value


PURE: dict[str, Callable[..., Any]] = {
    "range": lambda *bounds: list(range(*bounds)), "enumerate": lambda items: [list(pair) for pair in enumerate(items)],
    "zip": lambda *lists: [list(row) for row in zip(*lists, strict=False)], "sorted": sorted, "list": list, "len": lambda items: len(_known(items)),
    "str": lambda value: str(_known(value)), "int": int, "reversed": lambda items: items[::-1], "set": lambda items: list(dict.fromkeys(items)), "tuple": list,
    "dict": lambda *maps, **given: dict(*maps, **given),
}  # fmt: skip
REST = "**"
"""The key of what a map may hold beside its other keys, or in their place."""
_TEXT = frozenset(
    {"format", "lower", "upper", "replace", "join", "split", "strip", "title", "removesuffix", "removeprefix"}
)
_LIST = frozenset({"append", "extend", "insert", "pop", "remove", "sort", "reverse", "clear"})
_MAP = frozenset({"pop", "popitem", "setdefault", "clear", "update"})


def called_method(held: Any, called: str, positional: list[Any], given: dict[str, Any], sure: bool) -> Any:
    """Return what a method of a value gives, and change the value as it does; NotImplemented where that is not known."""
    if isinstance(held, list) and called in ("append", "extend") and len(positional) == 1:
        more = positional if called == "append" else positional[0]
        held += [if_sure(item, called, sure) for item in (more if isinstance(more, list) else [Open(called)])]
        return None
    if isinstance(held, dict) and called == "update":
        for item in (*positional, given):
            more = item if isinstance(item, dict) else {REST: item}
            held |= {key: if_sure(value, called, sure) for key, value in more.items()}
        return None
    if (isinstance(held, list) and called in _LIST) or (isinstance(held, dict) and called in _MAP):
        return _changed(held, called, positional, given, sure)
    if isinstance(held, dict) and called in ("items", "keys", "values", "get", "copy"):
        return _asked(held, called, positional)
    if isinstance(held, str) and called in _TEXT and is_plain([*positional, *given.values()]):
        try:
            return getattr(held, called)(*positional, **given)
        except (TypeError, ValueError, IndexError, KeyError):
            return NotImplemented
    return NotImplemented


def _asked(held: dict[Any, Any], called: str, positional: list[Any]) -> Any:
    if called == "copy":
        return dict(held)
    if called == "items":
        return [[key, value] for key, value in held.items()]
    if called in ("keys", "values"):
        return list(held if called == "keys" else held.values())
    if positional and isinstance(positional[0], str | int):
        if positional[0] not in held and REST in held:
            return NotImplemented
        return held.get(positional[0], positional[1] if len(positional) > 1 else None)
    return NotImplemented


def _changed(
    held: list[Any] | dict[Any, Any], called: str, positional: list[Any], given: dict[str, Any], sure: bool
) -> Any:
    if sure and not given and not is_open([*positional, held] if called in ("sort", "remove") else positional):
        try:
            return getattr(held, called)(*positional)
        except (TypeError, ValueError, IndexError, KeyError):
            pass
    return open_all(held, called)


def open_all(held: list[Any] | dict[Any, Any], text: str) -> Open:
    """Leave everything in a list or map open, but for the tasks in it; return the same for what was taken out of it."""
    if isinstance(held, list):
        held[:] = [if_sure(item, text, sure=False) for item in held] + [Open(text)]
    else:
        held |= {key: if_sure(value, text, sure=False) for key, value in held.items()} | {REST: Open(text)}
    return Open(text)


def if_sure(value: Any, text: str, sure: bool) -> Any:
    """A value that is put into a list or a map under a condition that is not known is not known."""
    return value if sure else one_of([value, None], text)


def one_of(values: list[Any], text: str) -> Any:
    """Return the value that is one of these: tasks and what makes them are taken in, of other values only one that is alone."""
    if all(value == values[0] for value in values):
        return values[-1]
    made = [value for value in values if tasks_in(value) or isinstance(value, Dag | ast.FunctionDef | tuple)]
    return made[-1] if made else Open(text)


def is_plain(value: Any) -> bool:
    """Whether a value, with all that is in it, is text, a number, True, False or None."""
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    return all(map(is_plain, value)) if isinstance(value, list) else isinstance(value, str | int | float | None)


def is_open(value: Any) -> bool:
    """Whether something in a value is not known."""
    if isinstance(value, list | dict):
        return any(map(is_open, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Open)
