"""Where the objects of S3 prefixes are after the migration."""

import re

from glue2lakehouse.tools.rewrite.runtime.dynamic import read_source, write_target

_MOVED: dict[str, str] = {}
_PATHS = frozenset({"path", "paths", "checkpointlocation", "badrecordspath", "cloudfiles.schemalocation", "s3_path"})


def mapped_path(path):
    """Return where a path is now, by the longest prefix in _MOVED that covers it; any other path, and what is none, stays.

    Takes several paths as a list or another row of them, or in one text with commas, and options of a read or write, of which
    the paths are looked at. Raises ValueError for a path that holds a place which has moved beside others that have not.
    """
    if isinstance(path, dict):
        return {
            key: mapped_path(value) if isinstance(value, dict) or str(key).lower() in _PATHS else value
            for key, value in path.items()
        }
    if isinstance(path, list | tuple | set):
        return type(path)(mapped_path(each) for each in path)
    if not isinstance(path, str):
        return [mapped_path(each) for each in path] if hasattr(path, "__iter__") else path
    several = re.split(r",(?=\s*s3[an]?://)", path, flags=re.IGNORECASE)
    if len(several) > 1:
        return ",".join(map(mapped_path, several))
    spelled = re.sub(r"^s3[an]?://", "s3://", path, flags=re.IGNORECASE)
    head = re.split(r"[*?\[{]", spelled)[0]
    for prefix in _MOVED:
        begins = head.rstrip("/") + "/" if head == spelled else head
        if spelled.startswith("s3://") and prefix.startswith(begins):
            raise ValueError(
                f"{path} holds {prefix}, which is in {_MOVED[prefix]} now: name each place by its own path"
            )
    for prefix, place in _MOVED.items():
        if spelled == prefix or spelled.startswith(prefix + "/"):
            return place + spelled[len(prefix) :]
    return path


def read_moved_source(session, *given, **named):
    """Read as `read_source` does, which is handed on here, by paths of before the migration."""
    return read_source(session, *map(mapped_path, given), **mapped_path(named))


def write_moved_target(*given, **named):
    """Write as `write_target` does, which is handed on here, by paths of before the migration."""
    return write_target(*map(mapped_path, given), **mapped_path(named))
