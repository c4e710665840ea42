"""Paths to fields: `a.b` is b in struct a, `` `a.b` `` a field whose name has a dot, `arr[].x` x in every element."""

from glue2lakehouse.tools.glue_runtime.records import Cell, Record


def parse_path(text: str) -> tuple[str, ...]:
    """Split a path into names; a trailing `[]` of a name is dropped, for arrays are passed through anyway."""
    parts: list[str] = []
    current, quoted, was_quoted = "", False, False
    for char in text:
        if char == "`":
            quoted, was_quoted = not quoted, True
        elif char == "." and not quoted:
            parts.append(_plain(current, was_quoted))
            current, was_quoted = "", False
        else:
            current += char
    if quoted:
        raise ValueError(f"field path {text!r}: a backtick is not closed")
    return (*parts, _plain(current, was_quoted))


def _plain(name: str, quoted: bool) -> str:
    return name if quoted else name.removesuffix("[]")


def path_list(paths: str | list[str] | tuple[str, ...]) -> list[tuple[str, ...]]:
    """Parse one path or several."""
    return [parse_path(path) for path in ([paths] if isinstance(paths, str) else paths)]


def find_name(record: Record, name: str, case_sensitive: bool = True) -> str | None:
    """Return the record's own spelling of a name, or None."""
    if name in record:
        return name
    if case_sensitive:
        return None
    return next((own for own in record if own.lower() == name.lower()), None)


def get(record: Record, path: tuple[str, ...], case_sensitive: bool = True) -> Cell | None:
    """Return the cell at a path through structs, or None when a step is missing."""
    own = find_name(record, path[0], case_sensitive)
    if own is None:
        return None
    cell = record[own]
    if len(path) == 1:
        return cell
    return get(cell.value, path[1:], case_sensitive) if isinstance(cell.value, dict) else None
