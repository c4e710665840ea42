"""The functions of Terraform that job definitions use, and the value that stands for what cannot be known.

HashiCorp: Terraform language, Built-in Functions.
"""

import base64
import hashlib
import itertools
import json
import math
import posixpath
import re
import urllib.parse
from collections.abc import Callable
from typing import Any

from glue2lakehouse.tools.jobs.readers.hcl_yaml import terraform_yaml
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name

_PATH = re.compile(r"[\w.\[\]\"*-]+")
# `var.a.b` and `var.a-b` would have the name of `var.a_b`.
_DEEP = re.compile(r"(var|local)\.(\w*[-.A-Z])|module\.[\w-]+\.[\w-]+\.")


# What each name of an expression stands for; a name is made of its text alone, so that it is the same wherever it is read.
_TEXTS: dict[str, str] = {}


def text_of(name: str) -> str:
    """Return the expression that an open reference stands for, its name where that is all there is."""
    return _TEXTS.get(name, name)


class Unknown:
    """A value that only AWS or the caller of the module knows."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"[⟦⟧]", "", text)

    @property
    def name(self) -> str:
        """The name of the bundle variable: two expressions that differ in no more than their signs do not share one."""
        name = reference_name(self.text)
        if _PATH.fullmatch(self.text) and not _DEEP.match(self.text):
            return name
        name = f"{name[:40].strip('_')}_{hashlib.sha256(self.text.encode()).hexdigest()[:6]}"
        _TEXTS[name] = self.text
        return name

    @property
    def marker(self) -> str:
        """The open reference that stands for it in a text."""
        return f"⟦{self.name}⟧"

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


def shown(value: Any) -> str:
    """Return a value as a text that is the same at each run, for a name or a message."""
    if isinstance(value, Unknown):
        return value.text
    return json.dumps(value, default=lambda item: item.text, ensure_ascii=False)


class _Known:
    """A function that says nothing of what is not known: its result is then a new unknown, and not that of its argument."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.name = ""

    def __call__(self, *values: Any) -> Any:
        unknown = next((value for value in values if not is_known(value)), None)
        if isinstance(unknown, Missing):
            return unknown
        if unknown is not None:
            return Unknown(" ".join((self.name, *map(shown, values))))
        return self.function(*values)


_known = _Known


def _merge(*maps: Any) -> Any:
    """An unknown map does not take the known ones with it: it stands among them as one open entry."""
    merged: dict[str, Any] = {}
    for item in maps:
        for key, value in ({item.marker: item} if isinstance(item, Unknown) else item or {}).items():
            merged.pop(key, None)
            merged[key] = value
    return merged


def overridden(mapping: dict[str, Any], key: str) -> bool:
    """Say whether an unknown map that was merged into this one may hold the key: all that stands after the key may."""
    names = list(mapping)
    return any("⟦" in name for name in names[names.index(key) + 1 if key in mapping else 0 :])


def _lookup(mapping: Any, key: Any, *default: Any) -> Any:
    if isinstance(mapping, Unknown) or not is_known(key):
        return Unknown(f"lookup {shown(mapping)} {_text(key)}")
    if overridden(mapping, _text(key)):
        return Unknown(f"lookup {shown(mapping)} {_text(key)}")
    if _text(key) in mapping:
        return mapping[_text(key)]
    return default[0] if default else Missing(_text(key))


def _coalesce(*values: Any) -> Any:
    for value in values:
        if value not in (None, ""):
            return value
    raise ValueError("nothing to coalesce")


def _flatten(items: Any) -> Any:
    """An unknown among the outer elements is a list of who knows how many."""
    unknown = next(
        (item for item in (items, *(items if isinstance(items, list) else ())) if isinstance(item, Unknown)), None
    )
    if unknown is not None:
        return Unknown(f"flatten {shown(items)}") if unknown is not items else items
    return [inner for item in items for inner in (_flatten(item) if isinstance(item, list) else [item])]


def _concat(*lists: Any) -> Any:
    unknown = next((item for item in lists if isinstance(item, Unknown)), None)
    return unknown if unknown is not None else [inner for item in lists for inner in item]


def _join(separator: Any, items: Any) -> Any:
    if isinstance(items, Unknown):
        return Unknown(f"join {_text(separator)} {items.text}")
    return _text(separator).join(_text(item) for item in items)


def _format(pattern: str, *values: Any) -> Any:
    """A text that is not known stays open within the others; how a number is written has to be known."""
    if re.sub(r"%[sdv]|%0?\d*d|%%", "", pattern).count("%"):
        return Unknown(f"format {pattern} {' '.join(_text(value) for value in values)}")
    verbs = [verb for verb in re.findall(r"%%|%0?\d*[sdv]", pattern) if verb != "%%"]
    if len(verbs) != len(values):
        raise ValueError("a value for each verb")
    written: list[Any] = []
    for verb, value in zip(verbs, values, strict=True):
        if verb in ("%s", "%d", "%v"):
            written.append(_text(value))
        elif not is_known(value):
            return Unknown(f"format {pattern} {_text(value)}")
        else:
            written.append(verb % int(value))
    return re.sub(r"%0?\d*[sdv]", "%s", pattern) % tuple(written)


def _replace(text: Any, old: str, new: str) -> Any:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return re.sub(old[1:-1], re.sub(r"\$(\d)", r"\\\1", new), _text(text))
    return _text(text).replace(old, new)


def _try(*values: Any) -> Any:
    """The first value that Terraform would not fail on; an unknown one is a value, too, only not known here."""
    return next((value for value in values if not isinstance(value, Missing)), values[-1])


def _can(value: Any) -> Any:
    return value if isinstance(value, Unknown) and not isinstance(value, Missing) else not isinstance(value, Missing)


def _of_whole(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a list or map that does not look at what is in it; a text or map that is open in part has no length."""

    def call(items: Any, *more: Any) -> Any:
        unknown = next((value for value in (items, *more) if isinstance(value, Unknown)), None)
        if isinstance(unknown, Missing):
            return unknown
        open_ = isinstance(items, str | dict) and any(
            "⟦" in part for part in ([items] if isinstance(items, str) else items)
        )
        if unknown is not None or open_:
            return Unknown(" ".join((name, *map(shown, (items, *more)))))
        return function(items, *more)

    return call


def _one(items: Any) -> Any:
    if isinstance(items, Unknown):
        return items
    return items[0] if items else None


def _regex(pattern: str, text: str) -> Any:
    found = re.search(pattern, text)
    if found is None:
        return Missing(f"regex {pattern}")
    return found.groupdict() or list(found.groups()) or found[0]


def _json(value: Any) -> Any:
    def plain(item: Any) -> Any:
        if isinstance(item, Unknown):
            return item.marker
        if isinstance(item, dict):
            return {key: plain(inner) for key, inner in item.items()}
        return [plain(inner) for inner in item] if isinstance(item, list) else item

    if isinstance(value, Unknown):
        return Unknown(f"jsonencode {value.text}")
    text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _index(items: Any, item: Any) -> Any:
    return items.index(item)


def _base(of: Callable[[str], str]) -> Callable[[Any], Any]:
    """A part of a path that is not known may hold more folders, or the whole name."""

    def take(path: Any) -> Any:
        text = _text(path)
        return Unknown(f"{of.__name__} {text}") if "⟦" in posixpath.basename(text) else of(text)

    return take


def _part(text: str, start: int, size: int) -> str:
    start += len(text) if start < 0 else 0
    return text[start:] if size < 0 else text[start : start + size]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "join": _join,
    "lower": _known(lambda text: _text(text).lower()),
    "upper": _known(lambda text: _text(text).upper()),
    "title": _known(lambda text: re.sub(r"(?<!\w)\w", lambda first: first[0].upper(), _text(text))),
    "replace": _known(_replace),
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
    "yamldecode": _known(terraform_yaml),
    "trimspace": _known(lambda text: _text(text).strip()),
    "trim": _known(lambda text, characters: text.strip(characters)),
    "trimprefix": _known(lambda text, prefix: text.removeprefix(prefix)),
    "trimsuffix": _known(lambda text, suffix: text.removesuffix(suffix)),
    "split": _known(lambda separator, text: text.split(separator)),
    "element": _of_whole("element", lambda items, index: items[index % len(items)]),
    "length": _of_whole("length", len),
    "keys": _of_whole("keys", sorted),
    "values": _of_whole("values", lambda mapping: [mapping[key] for key in sorted(mapping)]),
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
    "basename": _base(posixpath.basename),
    "dirname": _base(posixpath.dirname),
    "substr": _known(_part),
    "abs": _known(abs),
    "max": _known(max),
    "min": _known(min),
    "sensitive": lambda value: value,
    "nonsensitive": lambda value: value,
    "setproduct": _known(lambda *sets: [list(row) for row in itertools.product(*sets)]),
    "setintersection": _known(lambda *sets: sorted(set.intersection(*map(set, sets)))),
    "setsubtract": _known(lambda left, right: sorted(set(left) - set(right))),
    "slice": _known(lambda items, start, end: items[start:end]),
    "chunklist": _known(lambda items, size: [items[at : at + size] for at in range(0, len(items), size)]),
    "index": _known(_index),
    "sum": _known(sum),
    "pow": _known(pow),
    "signum": _known(lambda number: (number > 0) - (number < 0)),
    "alltrue": _known(lambda items: all(item is True or item == "true" for item in items)),
    "anytrue": _known(lambda items: any(item is True or item == "true" for item in items)),
    "coalescelist": _known(lambda *lists: next(items for items in lists if items)),
    "strcontains": _known(lambda text, part: part in text),
    "strrev": _known(lambda text: text[::-1]),
    "chomp": _known(lambda text: text.rstrip("\r\n")),
    "indent": _known(lambda spaces, text: text.replace("\n", "\n" + " " * spaces)),
    "parseint": _known(int),
    "base64encode": _known(lambda text: base64.b64encode(text.encode()).decode()),
    "base64decode": _known(lambda text: base64.b64decode(text).decode()),
    "md5": _known(lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()),
    "sha1": _known(lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()),
    "sha256": _known(lambda text: hashlib.sha256(text.encode()).hexdigest()),
    "urlencode": _known(urllib.parse.quote_plus),
}
for _name, _function in FUNCTIONS.items():
    if isinstance(_function, _Known):
        _function.name = _name
