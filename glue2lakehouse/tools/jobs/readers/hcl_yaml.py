"""YAML as Terraform's `yamldecode` reads it: other numbers and truths than YAML 1.1, and times as texts.

HashiCorp: Terraform language, yamldecode, on the library zclconf/go-cty-yaml: numbers of YAML 1.2, `y`, `yes` and `on` for true.
"""

import re
from datetime import UTC, datetime
from typing import Any

import yaml

_TRUE = frozenset("y Y yes Yes YES true True TRUE on On ON".split())
_FALSE = frozenset("n N no No NO false False FALSE off Off OFF".split())
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d{1,9})?(Z|[-+]\d\d:\d\d))| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d{1,9})?)?"
)


class _Loader(yaml.SafeLoader):
    """Every plain scalar is a text until Terraform's own rules say otherwise; `<<` still merges."""

    yaml_implicit_resolvers = {"<": [("tag:yaml.org,2002:merge", re.compile(r"^<<$"))]}  # noqa: RUF012


def _scalar(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = loader.construct_scalar(node)
    return _plain(text) if node.style is None else text


def _plain(text: str) -> Any:
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text in _NULL:
        return None
    if time := _TIME.fullmatch(text):
        return _time(time) or text
    if _WHOLE.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FRACTION.fullmatch(text):
        number = float(text)
        return int(number) if number.is_integer() else number
    return text


def _time(match: re.Match[str]) -> str | None:
    """Return a time as RFC 3339 without parts of a second, in the zone that it names, else UTC."""
    year, month, day, *clock = match.groups()
    hour, minute, second = (int(part or other or 0) for part, other in zip(clock[:3], clock[4:], strict=True))
    try:
        moment = datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}{clock[3] or 'Z'}"


_Loader.add_constructor("tag:yaml.org,2002:str", _scalar)


def terraform_yaml(text: str) -> Any:
    """Return the value of a YAML document; keys are texts, whatever they look like."""
    return _with_texts_for_keys(yaml.load(text, Loader=_Loader))


def _with_texts_for_keys(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_texts_for_keys(item) for item in value]
    if isinstance(value, dict):
        return {_key(key): _with_texts_for_keys(item) for key, item in value.items()}
    return value


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
