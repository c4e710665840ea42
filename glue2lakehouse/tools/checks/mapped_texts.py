"""Whether a text of the original stands in the conversion, with the names and paths in it as the settings map them."""

import re
from collections.abc import Iterable, Sequence

from glue2lakehouse.settings import Settings

GLUE_CATALOGS = frozenset({"glue_catalog", "awsdatacatalog", "spark_catalog"})
"""First levels of names that mean the Glue Data Catalog; the project's own catalog takes their place."""
_TOKEN = re.compile(r"[\w.]+|[^\w\s`]")
_NAMED = re.compile(r"[\w`{}]+(?:\.[\w`{}]+)+")
Words = list[frozenset[str]]
"""Words in a row, each with the spellings that it may have."""


def is_told(text: str, strings: Iterable[str], settings: Settings) -> bool:
    """Whether a text stands in another one, token by token, with the names of schemas and tables and the paths mapped."""
    lowered = text.lower()
    if lowered in GLUE_CATALOGS:
        return any(each.lower() == settings.catalog.lower() for each in strings)
    if settings.renames and (names := [name for name in _NAMED.findall(lowered) if "{}" in name]):
        # `uc_name('sales', table)` looks up what stood as `sales.{table}`.
        looked_up = _NAMED.sub(lambda match: "{}" if "{}" in match[0] else match[0], lowered)
        written = {part for name in names for part in name.replace("`", "").split(".") if "{}" not in part}
        if written <= {each.lower() for each in strings} and is_told(looked_up, strings, settings):
            return True
    if settings.renames and (rest := _without_names(lowered)) is not None:
        # `uc_name(db, "t")` looks up what stood as `" + db + ".t where …"` in a sum.
        pieces, left = rest
        if pieces <= {each.lower() for each in strings} and (not left.strip(" ,`") or is_told(left, strings, settings)):
            return True
    held = [_words(each) for each in strings]
    spellings = {lowered, _with_moved_paths(lowered, settings)}
    return any(_stands_in(_wanted(each, settings), tokens) for each in spellings for tokens in held)


def _without_names(text: str) -> tuple[set[str], str] | None:
    """Return the parts of names at both ends of a text that is added to others, and what is left; None where it has none."""
    first = re.match(r"\.([\w-]*)", text)
    left = text[first.end() :] if first is not None else text
    last = re.search(r"([\w-]+)\.([\w-]*)$", left)
    left = left[: last.start()] if last is not None else left
    if first is None and last is None:
        return None
    found = {*(first.groups() if first is not None else ()), *(last.groups() if last is not None else ())}
    return {piece for piece in found if piece}, left


def _with_moved_paths(text: str, settings: Settings) -> str:
    for prefix, place in settings.moved.items():
        rest = re.escape(prefix.partition("://")[2].lower())
        text = re.sub(rf"s3[an]?://{rest}(?![\w.-])", lambda _, place=place: place.lower(), text)  # type: ignore[misc]
    return text


def _wanted(text: str, settings: Settings) -> list[list[Words]]:
    """Return the words of a text, or the table's name in their place: for each, the ways in which it may be written."""
    mapped = {old.lower(): new.lower() for old, new in settings.schemas.items()}
    mapped |= {old.rpartition(".")[2].lower(): new.rpartition(".")[2].lower() for old, new in settings.tables.items()}

    def spelled(words: Iterable[str]) -> Words:
        return [frozenset({word, mapped.get(word, word)}) for word in words if word not in GLUE_CATALOGS]

    tables = {old.lower(): new.lower().split(".")[1:] for old, new in settings.tables.items()}
    plain = re.sub(r"\s*\.\s*", ".", text.replace("`", ""))
    wanted: list[list[Words]] = []
    for piece in re.split(rf"(?<!\w)({'|'.join(map(re.escape, tables))})(?!\w)", plain) if tables else [plain]:
        if piece in tables:
            wanted.append([spelled(piece.split(".")), [frozenset({level}) for level in tables[piece]]])
        else:
            wanted += [[[word]] for word in spelled(_words(piece))]
    return wanted


def _words(text: str) -> list[str]:
    return [word for token in _TOKEN.findall(text.lower()) for word in token.split(".") if word]


def _stands_in(wanted: Sequence[list[Words]], tokens: list[str]) -> bool:
    """Whether tokens hold all that is wanted in its order; what else stands between does not matter."""
    position = 0
    for ways in wanted:
        ends = [end for words in ways if (end := _end(words, tokens, position)) is not None]
        if not ends:
            return False
        position = min(ends)
    return bool(wanted)


def _end(words: Words, tokens: list[str], position: int) -> int | None:
    for spellings in words:
        position = next((at + 1 for at in range(position, len(tokens)) if tokens[at] in spellings), 0)
        if not position:
            return None
    return position
