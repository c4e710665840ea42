"""Plain values as YAML with a comment at the end of a line; the same values always give the same text."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

Path = tuple[str | int, ...]

# PyYAML writes these bare, since YAML 1.1 takes them for text; the databricks command reads YAML 1.2, where they are numbers.
_LIKE_A_NUMBER = re.compile(r"[-+]?(0o[0-7]+|0x[0-9a-f]+|0b[01]+|[\d_.]+(e[-+]?\d+)?)", re.IGNORECASE)


def to_yaml(value: Mapping[str, Any], comments: Mapping[Path, str], head: str = "") -> str:
    """Return a mapping as YAML; `comments` are by path, `head` goes above it, one comment line for each of its lines."""
    lines = [f"# {row}".rstrip() for row in head.splitlines()]
    lines += _mapping(value, (), 0, comments)
    return "\n".join(lines) + "\n"


def _mapping(value: Mapping[str, Any], path: Path, indent: int, comments: Mapping[Path, str]) -> list[str]:
    lines: list[str] = []
    for key, item in value.items():
        here = (*path, key)
        lines += _entry(f"{' ' * indent}{_scalar(key)}:", item, here, indent, comments)
    return lines


def _entry(start: str, item: Any, path: Path, indent: int, comments: Mapping[Path, str]) -> list[str]:
    comment = _comment(comments.get(path))
    if isinstance(item, dict) and item:
        return [start + comment, *_mapping(item, path, indent + 2, comments)]
    if isinstance(item, list) and item:
        return [start + comment, *_sequence(item, path, indent + 2, comments)]
    return [f"{start} {_scalar(item)}{comment}"]


def _sequence(items: list[Any], path: Path, indent: int, comments: Mapping[Path, str]) -> list[str]:
    lines: list[str] = []
    for index, item in enumerate(items):
        here = (*path, index)
        if isinstance(item, dict) and item:
            inner = _mapping(item, here, indent + 2, comments)
            if here in comments:
                lines.append(f"{' ' * indent}# {_one_line(comments[here])}")
            lines += [f"{' ' * indent}- {inner[0].lstrip()}", *inner[1:]]
        else:
            lines.append(f"{' ' * indent}- {_scalar(item)}{_comment(comments.get(here))}")
    return lines


def _comment(text: str | None) -> str:
    return f"  # {_one_line(text)}" if text else ""


def _one_line(text: str) -> str:
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _scalar(value: Any, *, inside: bool = False) -> str:
    """Return a value on one line; a text `inside` a list or mapping of one line is always quoted."""
    if isinstance(value, list):
        return f"[{', '.join(_scalar(item, inside=True) for item in value)}]"
    if isinstance(value, dict):
        pairs = (f"{_scalar(key, inside=True)}: {_scalar(item, inside=True)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    quoted = isinstance(value, str) and (inside or not value.isprintable() or _LIKE_A_NUMBER.fullmatch(value))
    style = '"' if quoted else None
    text = str(yaml.safe_dump(value, default_style=style, width=float("inf"), allow_unicode=True))
    return text.removesuffix("\n").removesuffix("\n...").strip()
