"""Read one file as text or as Python; whatever is in the way is a finding, never a crash."""

import ast
import re
import warnings

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.text import NotText, Text, decode_any, decode_python
from glue2lakehouse.tools.source.tree import SourceFile

_PYTHON_2_SAYS = re.compile(
    r"Missing parentheses in call to '(print|exec)'|multiple exception types must be parenthesized"
    r"|invalid (hexadecimal|decimal|octal) literal"
)
# A chained call is two levels, a further term of a sum one. `glue2lakehouse/__init__.py` makes room for the frames that they take.
MAX_NESTING = 1000

# Each is a syntax error in Python 3 wherever it stands outside a string.
_PYTHON_2_LOOKS = (
    re.compile(r"^\s*print\s+[^(\s=.,:\[]"),
    re.compile(r"^\s*print\s*>>"),
    re.compile(r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:"),
    re.compile(r"^\s*raise\s+[\w.]+\s*,"),
    re.compile(r"^\s*exec\s+['\"\w]"),
    re.compile(r"\bur['\"]|<>"),
    re.compile(r"\b\d+[lL]\b|(?<![\w./-])0[0-7]{2,}\b(?![-/.])"),
)


def read_bytes(file: SourceFile) -> bytes | Finding:
    """Return the bytes of a file, or the finding that says why they cannot be read."""
    try:
        return file.absolute.read_bytes()
    except OSError as error:
        return _blocker("unreadable-file", file.path, 0, f"cannot be read: {error.strerror}", "check its permissions")


def read_text(file: SourceFile) -> Text | Finding:
    """Return a file that is not Python as text: by byte order mark, as UTF-8, else as Latin-1."""
    data = read_bytes(file)
    if isinstance(data, Finding):
        return data
    try:
        return decode_any(data)
    except NotText as error:
        return _not_text(file.path, error)


def decode_script(file: SourceFile) -> Text | Finding:
    """Return a Python file decoded as Python itself would, parsable or not, or the finding that says what is wrong."""
    data = read_bytes(file)
    if isinstance(data, Finding):
        return data
    try:
        return decode_python(data)
    except NotText as error:
        return _not_text(file.path, error)


def read_python(file: SourceFile) -> Text | Finding:
    """Return a Python file that parses, decoded as Python itself would, or the finding that says what is wrong."""
    text = decode_script(file)
    if isinstance(text, Finding):
        return text
    tree = parse_python(text.content, file.path)
    return tree if isinstance(tree, Finding) else text


def parse_python(code: str, path: str) -> ast.Module | Finding:
    """Parse Python 3. A finding tells a syntax error, Python 2 and code that is too deeply nested apart."""
    try:
        with warnings.catch_warnings():
            # Invalid escapes and the like are the user's, and no reason to stop.
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
        deep = line_nested_beyond(tree, MAX_NESTING)
        return tree if deep is None else _too_deep(path, deep)
    except SyntaxError as error:
        line, reason = error.lineno or 0, error.msg
        if line_of_python_2(code, line, reason):
            return _blocker(
                "python-2", path, line, f"is Python 2, which cannot be parsed as Python 3: {reason}",
                "convert it to Python 3 first (Glue itself has dropped Python 2), then run this again",
            )  # fmt: skip
        return _blocker(
            "unparsable", path, line, f"is no valid Python: {reason}", "mend it at this line, then run this again"
        )
    except (RecursionError, MemoryError):
        return _too_deep(path, 0)
    except ValueError as error:
        return _blocker("unparsable", path, 0, f"is no valid Python: {error}", "mend it, then run this again")


def line_nested_beyond(tree: ast.AST, depth: int) -> int | None:
    """Return the line (1-based) of a node more than `depth` levels down, None where there is none."""
    level = [tree]
    for _ in range(depth):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return None
    return next((node.lineno for node in level if hasattr(node, "lineno")), 0)


def _too_deep(path: str, line: int) -> Finding:
    message, action = "is nested too deeply to be analysed", "split the long chain or sum into statements"
    return _blocker("too-deep", path, line, message, action)


def line_of_python_2(code: str, line: int, reason: str) -> bool:
    """Guess whether a syntax error at a line (1-based) comes from Python 2, by the message and the line itself."""
    if _PYTHON_2_SAYS.search(reason):
        return not reason.startswith("invalid") or bool(re.search(r"\b\d+[lL]\b", _line(code, line)))
    return any(pattern.search(_line(code, line)) for pattern in _PYTHON_2_LOOKS)


def _line(code: str, number: int) -> str:
    lines = re.split(r"\r\n|\r|\n", code)
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _not_text(path: str, error: NotText) -> Finding:
    said = str(error)
    named = "save it as UTF-8, or name its encoding in the first line"
    action = named if "byte 0x" in said else "save it as UTF-8" if "is UTF-" in said else "check the file"
    return _blocker("not-text", path, error.line, f"cannot be decoded: {error}", action)


def _blocker(rule: str, path: str, line: int, message: str, action: str) -> Finding:
    return Finding(rule=rule, severity=Severity.BLOCKER, path=path, line=line, message=message, action=action)
