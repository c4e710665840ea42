"""S3 paths on this machine: `s3://bucket/key` (also s3a, s3n) is the file `<buckets>/bucket/key`."""

import fnmatch
import re
from pathlib import Path

SCHEMES = ("s3", "s3a", "s3n")
S3_URI = re.compile(r"\bs3[an]?://([A-Za-z0-9][A-Za-z0-9._-]*)")


def split_uri(path: str) -> tuple[str, str] | None:
    """Return bucket and key of an S3 path, None for another path."""
    scheme, found, rest = path.partition("://")
    if not found or scheme.lower() not in SCHEMES:
        return None
    bucket, _, key = rest.partition("/")
    return bucket, key


def bucket_folder(name: str, buckets: Path) -> Path:
    """Return a bucket's folder, made if it is not there."""
    folder = buckets / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def local_path(path: str, buckets: Path) -> Path:
    """Return the local path; a key cannot climb out of its bucket (ValueError)."""
    split = split_uri(path)
    if split is None:
        return Path(re.sub(r"^file:(//)?", "", path))
    folder = buckets / split[0]
    found = folder / split[1].strip("/")
    if not found.resolve().is_relative_to(buckets.resolve()):
        raise ValueError(f"{path}: leads out of the scratch folder; use a key without `..`")
    return found


def is_hidden(name: str) -> bool:
    """Tell whether readers skip a file or folder of this name."""
    return name.startswith(("_", ".")) or name.endswith(".crc")


def list_files(path: Path, recurse: bool) -> list[Path]:
    """Return the data files of a file, a folder or a glob pattern, sorted; hidden ones are left out."""
    if path.is_file():
        return [path]
    if any(char in str(path) for char in "*?["):
        root = Path(path.anchor)
        return sorted(file for match in root.glob(str(path.relative_to(root))) for file in list_files(match, recurse))
    if not path.is_dir():
        return sorted(file for file in path.parent.glob(path.name + "*") if file.is_file() and not is_hidden(file.name))
    found = path.rglob("*") if recurse else path.glob("*")
    return sorted(
        file for file in found if file.is_file() and not any(is_hidden(part) for part in file.relative_to(path).parts)
    )


def excluded(uri: str, patterns: list[str]) -> bool:
    """Tell whether an exclusion glob names this path; `**` crosses folders, and patterns may be relative."""
    return any(fnmatch.fnmatch(uri, pattern) or fnmatch.fnmatch(uri, f"*/{pattern}") for pattern in patterns)
