"""Text that goes back to disk as it came: encoding, byte order mark and line ends round trip exactly."""

import codecs
import io
import re
import tokenize
from dataclasses import dataclass, replace
from typing import Literal

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONE_LINE_FEED = re.compile(r"(?<!\r)\n")


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_of(text: str) -> list[str]:
    r"""Return the lines with their ends as Python counts them; `splitlines` ends some at form feeds and `\u2028` as well.

    >>> lines_of("a\f\r\nb\rc")
    ['a\x0c\r\n', 'b\r', 'c']
    """
    return _LINE.findall(text)


class NotText(ValueError):
    """The bytes are no text in any encoding that the file claims; says why in one line, with `line` where known."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Text:
    """A decoded file. `content` has the file's own line ends; `encode()` gives back the bytes it was read from."""

    content: str
    encoding: str = "utf-8"
    mark: bytes = b""

    @property
    def newline(self) -> Literal["\n", "\r\n"]:
        r"""Return `"\r\n"` when every line ends that way, else `"\n"`."""
        windows = "\r\n" in self.content and not _LONE_LINE_FEED.search(self.content)
        return "\r\n" if windows else "\n"

    def with_content(self, content: str) -> "Text":
        """Return this file with other content; new lines take the file's own line end where it has only one kind."""
        if self.newline == "\r\n":
            content = _LONE_LINE_FEED.sub("\r\n", content)
        return replace(self, content=content)

    def encode(self) -> bytes:
        """Return the bytes to write. Raises UnicodeEncodeError for a character that the file's encoding lacks."""
        return self.mark + self.content.encode(self.encoding)


def decode_python(data: bytes) -> Text:
    """Decode as Python does: byte order mark, coding cookie, else UTF-8. Raises NotText where Python would refuse."""
    _refuse_binary(data)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        raise NotText(_first_bad_byte(data, "utf-8") or str(error.msg), _line_of_bad_byte(data, "utf-8")) from error
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    encoding = "utf-8" if mark else encoding
    return _decode(data, encoding, mark)


def decode_any(data: bytes) -> Text:
    """Decode a file that is not Python: byte order mark, else UTF-8, else Latin-1. Raises NotText for binary data."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data, encoding, mark)
    _refuse_binary(data)
    try:
        return _decode(data, "utf-8", b"")
    except NotText:
        return _decode(data, "latin-1", b"")


def _decode(data: bytes, encoding: str, mark: bytes) -> Text:
    try:
        content = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(_first_bad_byte(data, encoding), _line_of_bad_byte(data, encoding)) from error
    text = Text(content, encoding, mark)
    # Some multi-byte codecs decode several byte strings to one text; those cannot be written back as they were.
    if text.encode() != data:
        raise NotText(f"does not round trip through its encoding {encoding}")
    return text


def _refuse_binary(data: bytes) -> None:
    wide = next((encoding for mark, encoding in _MARKS[1:] if data.startswith(mark)), "")
    if wide:
        raise NotText(f"is {wide[:6].upper()}, which Python does not read", 1)
    if b"\0" in data:
        raise NotText("is binary: it holds a zero byte", data.count(b"\n", 0, data.index(b"\0")) + 1)


def _bad_position(data: bytes, encoding: str) -> int | None:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    except LookupError:
        return None
    return None


def _first_bad_byte(data: bytes, encoding: str) -> str:
    position = _bad_position(data, encoding)
    return "" if position is None else f"byte 0x{data[position]:02x} is not {encoding}"


def _line_of_bad_byte(data: bytes, encoding: str) -> int:
    position = _bad_position(data, encoding)
    return 0 if position is None else data.count(b"\n", 0, position) + 1


def quoted(text: str) -> str:
    """Return Python source for a string, in double quotes where that needs no escapes."""
    plain = text.isprintable() and '"' not in text and "\\" not in text
    return f'"{text}"' if plain else repr(text)
