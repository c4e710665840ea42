"""Files that a module opens beside itself: queries, templates, settings. They go along as they are, and are told.

A module that asks where it lies (`__file__`, importlib.resources, pkgutil, Jinja's PackageLoader) opens what its texts name: a
file by its name or by how that ends, or all of a folder. The folder may lie beside the module, beside one of the folders above it, or
in a package that it imports. What holds secrets stays where it is.
"""

import ast
import itertools
import posixpath
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.tree import SourceFile

LARGEST = 1_000_000
_ASKS = re.compile(
    r"__file__|__path__|\bsys\.argv\[0\]|\binspect\.get(?:source)?file\b|\bPackageLoader\b"
    r"|\bimportlib(?:[._]|[ \t]+import[ \t(].*\b)resources\b|\bpkgutil\b|\bpkg_resources\b"
)
_CODE = frozenset({"py", "ipynb"})
_SECRET_NAME = re.compile(
    r"(?i)(?:^|/)(?:\.env(?:\.[^/]*)?|[^/]*\.(?:env|pem|key|p8|p12|pfx|jks|keystore|ppk|kdbx)|id_(?:rsa|dsa|ecdsa|ed25519)|\.pgpass|\.netrc"
    r"|[^/]*(?:secret|credential|service_account)s?(?:\.[^/]*|/.*)?)$"
)
_KEYS = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")
_PASSWORDS = re.compile(
    rb"(?:passw(?:or)?d|pwd|token|secret|api_?key|access_?key)[\"']?[ \t]*[:=][ \t]*[\"']?(?!arn:|null|none|true|false)[^\s\"'$<{,;]{4}",
    re.IGNORECASE,
)
_SETTINGS = frozenset({"json", "yaml", "config", "xml", "tf"})
_ENDING = re.compile(r"[_-][\w-]*(?:\.[a-zA-Z]\w*)+|(?:\.[a-zA-Z]\w*)+")
_PATTERN = re.compile(r"[\w./*-]*\*[\w./*-]*\.\w+")
_NAMES_DATA = re.compile(rb"\bs3[an]?://|\bglue_catalog\b")
_SHOWN = 3


def files_beside(files: Iterable[SourceFile], code: Mapping[str, str]) -> dict[str, tuple[SourceFile, ...]]:
    """Return what each module opens beside itself, by the module's path; `code` is the text of each module that a job runs."""
    asking = {path: text for path, text in code.items() if path.endswith(".py") and _ASKS.search(text)}
    others = [file for file in files if file.type not in _CODE] if asking else []
    folders = {file.path[: at.start()] for file in others for at in re.finditer("/", file.path)}
    found = {path: tuple(_opened(path, text, others, folders)) for path, text in asking.items()}
    return {path: opened for path, opened in found.items() if opened}


def told_beside(beside: Mapping[str, Sequence[SourceFile]], code: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what a person has to know of the files that go along, at the line that asks for the module's place."""
    for path, opened in beside.items():
        asks = _ASKS.search(code[path])
        line = code[path].count("\n", 0, asks.start()) + 1 if asks else 0
        large = [file for file in opened if file.size > LARGEST]
        taken = [file for file in opened if goes_along(file)]
        secret = [file for file in opened if file not in large and file not in taken]
        if secret:
            yield Finding(
                rule="files-beside", severity=Severity.WARNING, path=path, line=line,
                message=f"the module opens {_shown(secret)} beside itself, which seems to hold secrets: not copied to src",
                action="put them into a secret scope, and take them from there",
            )  # fmt: skip
        if large:
            yield Finding(
                rule="files-beside", severity=Severity.WARNING, path=path, line=line,
                message=f"the module opens {_shown(large)} beside itself, too large to be copied: missing in src",
                action="put it into a volume, and open it there",
            )  # fmt: skip
        if taken:
            named = [file for file in taken if _names_data(file)]
            yield Finding(
                rule="files-beside", severity=Severity.WARNING if named else Severity.INFO, path=path, line=line,
                message=f"the module opens {_shown(taken)} beside itself: copied to src as it is"
                + (f"; names of tables or places in {_in(named, taken)} are the old ones" if named else ""),
                action="write the new names into the copies: three levels for tables, mapped paths"
                if named else "nothing, unless the files name tables or places in a way that is not seen here",
            )  # fmt: skip


def goes_along(file: SourceFile) -> bool:
    """Whether a file that a module opens is copied: it is no large one, and seems to hold no secret."""
    if file.size > LARGEST or _SECRET_NAME.search(file.path) or _holds(file, _KEYS):
        return False
    return not (file.type in _SETTINGS and _holds(file, _PASSWORDS))


def _opened(path: str, text: str, files: Iterable[SourceFile], folders: Container[str]) -> Iterator[SourceFile]:
    texts, packages = _texts_and_packages(text)
    folder = posixpath.dirname(path)
    above = [folder, *(folder[: at.start()] for at in reversed(list(re.finditer("/", folder)))), ""]
    roots = [f"{part}/" if part else "" for part in dict.fromkeys(above)]
    imported = [f"{root}{name}/" for root, name in itertools.product(roots, packages) if f"{root}{name}" in folders]
    for file in files:
        near = file.path.startswith(roots[0]) and _is_near(file.path.removeprefix(roots[0]), texts)
        if near or any(
            file.path.startswith(root) and _is_named(file.path.removeprefix(root), texts)
            for root in (*roots, *imported)
        ):
            yield file


def _is_named(relative: str, texts: set[str]) -> bool:
    """Whether a text names the file, or a folder that holds it."""
    parts = relative.split("/")
    return any("/".join(parts[:count]) in texts for count in range(1, len(parts) + 1))


def _is_near(relative: str, texts: set[str]) -> bool:
    """Whether a text is a file's bare name, its ending (`f"{name}.sql"`) or a pattern (`*.sql`): below the module's own folder."""
    name = posixpath.basename(relative)
    return name in texts or any(
        name.endswith(text) if _ENDING.fullmatch(text) else fnmatchcase(relative, text) or fnmatchcase(name, text)
        for text in texts
        if _ENDING.fullmatch(text) or _PATTERN.fullmatch(text)
    )


def _texts_and_packages(text: str) -> tuple[set[str], set[str]]:
    """Return what may name a file or a folder, and the folders of what is imported."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set(), set()
    texts: set[str] = set()
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
            texts |= set(_spellings(node.value))
        elif isinstance(node, ast.JoinedStr):
            pieces = (part.value for part in node.values[:-1] if isinstance(part, ast.Constant))
            texts |= {posixpath.dirname(plain) for piece in pieces for plain in _spellings(str(piece))}
        elif isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return texts - {"", ".", ".."}, {module.replace(".", "/") for module in modules}


def _spellings(text: str) -> Iterator[str]:
    """Yield the path that a text may be: without dots before it, of a pattern its folder too, of a package's name its folder."""
    path = re.sub(r"^(\.{0,2}/)+|/+$", "", text)
    yield path.replace("**/", "")
    if "*" in path:
        yield posixpath.dirname(path.partition("*")[0])
    if re.fullmatch(r"[a-zA-Z_]\w*(\.\w+)+", text):
        yield text.replace(".", "/")


def _names_data(file: SourceFile) -> bool:
    return file.type == "sql" or _holds(file, _NAMES_DATA)


def _holds(file: SourceFile, pattern: re.Pattern[bytes]) -> bool:
    try:
        return pattern.search(file.absolute.read_bytes()) is not None
    except OSError:
        return False


def _in(named: Sequence[SourceFile], taken: Sequence[SourceFile]) -> str:
    return "it" if len(taken) == 1 else "them" if len(named) == len(taken) else _shown(named)


def _shown(files: Sequence[SourceFile]) -> str:
    more = len(files) - _SHOWN
    return ", ".join(file.path for file in files[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
