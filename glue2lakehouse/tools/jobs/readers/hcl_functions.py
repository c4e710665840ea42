"""The functions of Terraform that job definitions use, and the value that stands for what cannot be known.

HashiCorp: Terraform language, Built-in Functions.
"""

import json
import math
import posixpath
import re
from collections.abc import Callable
from typing import Any

import yaml

from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name


class Unknown:
    """A value that only AWS or the caller of the module knows."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"[⟦⟧]", "", text)

    @property
    def marker(self) -> str:
        """The open reference that stands for it in a text."""
        return f"⟦{reference_name(self.text)}⟧"

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = None  # type: ignore[assignment]


class Missing(Unknown):
    """What Terraform itself would find to be absent: a key or index that a known value does not have."""


def is_known(value: Any) -> bool:
    """Say whether a value holds nothing unknown."""
    if isinstance(value, Unknown) or (isinstance(value, str) and "⟦" in value):
        return False
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    return all(is_known(item) for item in value) if isinstance(value, list) else True


def _text(value: Any) -> str:
    if isinstance(value, Unknown):
        return value.marker
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, dict | list):
        raise TypeError("not a text")
    return str(value)


def _known(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: Any) -> Any:
        unknown = next((value for value in values if not is_known(value)), None)
        if unknown is not None:
            if isinstance(unknown, Missing):
                return unknown
            return Unknown(unknown.text if isinstance(unknown, Unknown) else str(unknown))
        return function(*values)

    return call


def _merge(*maps: Any) -> Any:
    """An unknown map does not take the known ones with it: it stands among them as one open entry."""
    merged: dict[str, Any] = {}
    for item in maps:
        merged |= {item.marker: item} if isinstance(item, Unknown) else item or {}
    return merged


def _lookup(mapping: Any, key: Any, *default: Any) -> Any:
    if isinstance(mapping, Unknown) or not is_known(key):
        return Unknown("lookup")
    if _text(key) not in mapping and any("⟦" in name for name in mapping):
        return Unknown(f"lookup {_text(key)}")
    if _text(key) in mapping:
        return mapping[_text(key)]
    return default[0] if default else Missing(_text(key))


def _coalesce(*values: Any) -> Any:
    for value in values:
        if value not in (None, ""):
            return value
    raise ValueError("nothing to coalesce")


def _flatten(items: Any) -> Any:
    if isinstance(items, Unknown):
        return items
    return [inner for item in items for inner in (_flatten(item) if isinstance(item, list) else [item])]


def _concat(*lists: Any) -> Any:
    unknown = next((item for item in lists if isinstance(item, Unknown)), None)
    return unknown if unknown is not None else [inner for item in lists for inner in item]


def _join(separator: Any, items: Any) -> Any:
    if isinstance(items, Unknown):
        return Unknown(f"join {items.text}")
    return _text(separator).join(_text(item) for item in items)


def _format(pattern: str, *values: Any) -> Any:
    if re.sub(r"%[sdv]|%%", "", pattern).count("%"):
        return Unknown(f"format {pattern}")
    return re.sub(r"%([sdv])", "%s", pattern) % tuple(_text(value) for value in values)


def _replace(text: Any, old: str, new: str) -> Any:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return re.sub(old[1:-1], re.sub(r"\$(\d)", r"\\\1", new), _text(text))
    return _text(text).replace(old, new)


def _try(*values: Any) -> Any:
    """The first value that Terraform would not fail on; an unknown one is a value, too, only not known here."""
    return next((value for value in values if not isinstance(value, Missing)), values[-1])


def _can(value: Any) -> Any:
    return value if isinstance(value, Unknown) and not isinstance(value, Missing) else not isinstance(value, Missing)


def _one(items: Any) -> Any:
    if isinstance(items, Unknown):
        return items
    return items[0] if items else None


def _regex(pattern: str, text: str) -> Any:
    found = re.search(pattern, text)
    if found is None:
        return Missing(f"regex {pattern}")
    return found.groupdict() or list(found.groups()) or found[0]


def _json(value: Any) -> str:
    def plain(item: Any) -> Any:
        if isinstance(item, Unknown):
            return item.marker
        if isinstance(item, dict):
            return {key: plain(inner) for key, inner in item.items()}
        return [plain(inner) for inner in item] if isinstance(item, list) else item

    return json.dumps(plain(value))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "join": _join,
    "lower": lambda text: _text(text).lower(),
    "upper": lambda text: _text(text).upper(),
    "title": _known(lambda text: _text(text).title()),
    "replace": _replace,
    "format": _format,
    "lookup": _lookup,
    "merge": _merge,
    "concat": _concat,
    "flatten": _flatten,
    "coalesce": _coalesce,
    "try": _try,
    "can": _can,
    "one": _one,
    "tostring": lambda value: value if isinstance(value, Unknown) else _text(value),
    "tonumber": _known(lambda value: int(value) if str(value).lstrip("-").isdigit() else float(value)),
    "tobool": _known(lambda value: value if isinstance(value, bool) else {"true": True, "false": False}[value]),
    "toset": _known(lambda items: sorted(set(items))),
    "tolist": lambda items: items,
    "tomap": lambda items: items,
    "jsonencode": _json,
    "jsondecode": _known(json.loads),
    "yamldecode": _known(yaml.safe_load),
    "trimspace": lambda text: _text(text).strip(),
    "trim": _known(lambda text, characters: text.strip(characters)),
    "trimprefix": _known(lambda text, prefix: text.removeprefix(prefix)),
    "trimsuffix": _known(lambda text, suffix: text.removesuffix(suffix)),
    "split": _known(lambda separator, text: text.split(separator)),
    "element": lambda items, index: items if isinstance(items, Unknown) else items[index % len(items)],
    "length": lambda items: items if isinstance(items, Unknown) else len(items),
    "keys": lambda mapping: mapping if isinstance(mapping, Unknown) else sorted(mapping),
    "values": lambda mapping: mapping if isinstance(mapping, Unknown) else [mapping[key] for key in sorted(mapping)],
    "reverse": _known(lambda items: items[::-1]),
    "sort": _known(sorted),
    "startswith": _known(lambda text, prefix: text.startswith(prefix)),
    "endswith": _known(lambda text, suffix: text.endswith(suffix)),
    "regex": _known(_regex),
    "regexall": _known(lambda pattern, text: re.findall(pattern, text)),
    "ceil": _known(math.ceil),
    "floor": _known(math.floor),
    "setunion": _known(lambda *sets: sorted({item for each in sets for item in each})),
    "contains": _known(lambda items, item: item in items),
    "compact": _known(lambda items: [item for item in items if item]),
    "distinct": _known(lambda items: list(dict.fromkeys(items))),
    "zipmap": lambda keys, values: dict(zip(keys, values, strict=True)),
    "range": _known(lambda *bounds: list(range(*bounds))),
    "basename": lambda text: posixpath.basename(_text(text)),
    "dirname": lambda text: posixpath.dirname(_text(text)),
    "substr": _known(lambda text, start, size: text[start:] if size < 0 else text[start : start + size]),
    "abs": _known(abs),
    "max": _known(max),
    "min": _known(min),
    "sensitive": lambda value: value,
    "nonsensitive": lambda value: value,
}
