"""The files of a source as text, each read when somebody asks for it, in the encoding that its first bytes give away."""

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path

from glue2lakehouse.domain import Finding, Severity

_LARGEST = 20_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SIGNS = (
    b"AWS::Glue::",
    b"aws_glue_",
    b"glue:start",
    b"ScriptLocation",
    b"script_location",
    b"CodeGenConfigurationNodes",
)


class Texts(Mapping[str, str]):
    """Relative path -> text; a file that is no text, or larger than a definition is, counts as not there."""

    def __init__(self, files: Mapping[str, Path | str]) -> None:
        self.files = files
        self._kept: dict[str, str | None] = {}
        self._refused: dict[str, str] = {}

    def __getitem__(self, path: str) -> str:
        if path not in self._kept:
            held = self.files[path]
            self._kept[path] = held if isinstance(held, str) else self._read(path, held)
        text = self._kept[path]
        if text is None:
            raise KeyError(path)
        return text

    def __contains__(self, path: object) -> bool:
        return path in self.files

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def _read(self, path: str, file: Path) -> str | None:
        try:
            if file.stat().st_size > _LARGEST:
                with file.open("rb") as start:
                    self._note(path, start.read(65536), f"is larger than {_LARGEST // 1_000_000} MB")
                return None
            data = file.read_bytes()
        except OSError:
            return None
        try:
            return decoded(data)
        except UnicodeDecodeError as error:
            self._note(path, data, f"is no UTF-8 text ({error.reason} at byte {error.start})")
            return None

    def start(self, path: str) -> str:
        """Return the first two characters of a file without an ending, the mark of a script; an empty text for any other."""
        held = self.files[path]
        if isinstance(held, str) or "." in path.rpartition("/")[2]:
            return held[:2] if isinstance(held, str) else ""
        try:
            with held.open("rb") as stream:
                return stream.read(2).decode("latin-1")
        except OSError:
            return ""

    def _note(self, path: str, data: bytes, why: str) -> None:
        if any(sign in data for sign in _SIGNS):
            self._refused[path] = why

    def refusal(self, path: str) -> list[Finding]:
        """Return the finding for a file that could not be read and holds signs of Glue definitions."""
        if path not in self._refused:
            return []
        return [
            Finding(
                rule="definition-unreadable",
                severity=Severity.BLOCKER,
                path=path,
                line=0,
                message=f"looks like Glue definitions, but {self._refused[path]}",
                action="save it as UTF-8, in parts of less than 20 MB, and run again",
            )
        ]


def decoded(data: bytes) -> str:
    """Return bytes as text: UTF-8, or what `encoding_of` sees. Raises UnicodeDecodeError."""
    return data.decode(encoding_of(data))


def encoding_of(start: bytes) -> str:
    """Return the encoding that the first bytes of a JSON file show (PowerShell's `>` writes UTF-16): RFC 4627, section 3."""
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), "")
    return marked or {b"\1\0": "utf-16-le", b"\0\1": "utf-16-be"}.get(bytes(map(bool, start[:2])), "utf-8")
