"""Sources of CSV and XML: values as people's files hold them, quoted, empty, odd, with and without a header."""

import gzip
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from glue2lakehouse.evaluation.differential.sources import Source

WORDS = ("Ann", "Bob", "Zoë", "日本", "", " x", "y ", "NULL", "null", "NaN", "\\N", "true", "2024-01-05", "12.7", "007", "-5",
         "3000000000", "1e5", "it's", "1", "2", "10", "5")  # fmt: skip
TRICKY = ('say "hi"', "a\\b", "#note", "tab\there", "a,b", "x;y", "p|q", "two\nlines")
NAMES = ("id", "name", "Amount", "city", "flag", "order date", "a.b", "Größe", "price")


def made_csv(rng: Random) -> Source:
    """Return CSV files whose columns are all text."""
    odd = {"empty texts"}
    options = _csv_options(rng, odd)
    names = rng.sample(NAMES, rng.randint(2, 5))
    words = WORDS + (TRICKY if rng.random() < 0.3 else ())
    if any("\n" in word for word in words):
        if rng.random() < 0.7:
            options["multiLine"] = True
        else:
            odd.add("a line break in a value")
    files = []
    for at in range(rng.choice((1, 1, 2, 3))):
        own = _own_columns(rng, names, at, odd)
        rows = [[rng.choice(words) for _ in own] for _ in range(rng.choice((1, 3, 6)))]
        rows = [_own_length(rng, row, odd) for row in rows]
        files.append(_csv_file(rng, f"part-{at}.csv", ([own] if "withHeader" in options else []) + rows, options, odd))
    columns = dict.fromkeys(names if "withHeader" in options else [f"col{at}" for at in range(len(names))], "string")
    return Source("csv", columns, tuple(files), options=tuple(options.items()), oddities=frozenset(odd))


def _csv_options(rng: Random, odd: set[str]) -> dict[str, Any]:
    options: dict[str, Any] = {"withHeader": rng.choice((True, "true"))} if rng.random() < 0.75 else {}
    if rng.random() < 0.3:
        options["separator"] = rng.choice((";", "|", "\t"))
    if rng.random() < 0.15:
        options["quoteChar"] = rng.choice(("'", -1))
    if rng.random() < 0.05:
        options["escaper"] = "\\"
        odd.add("an escaper")
    if rng.random() < 0.05:
        options["optimizePerformance"] = True
    return options


def _csv_file(
    rng: Random, name: str, rows: list[list[str]], options: dict[str, Any], odd: set[str]
) -> tuple[str, bytes]:
    separator, quote = options.get("separator", ","), str(options.get("quoteChar", '"'))
    lines = [separator.join(_quoted(word, separator, quote) for word in row) for row in rows]
    _odd_lines(rng, lines, odd)
    end = "\r\n" if rng.random() < 0.1 else "\n"
    data = (end.join(lines) + end).encode()
    data = b"\xef\xbb\xbf" + data if rng.random() < 0.05 else data
    packed = rng.random() < 0.1
    return f"{name}{'.gz' if packed else ''}", gzip.compress(data, mtime=0) if packed else data


def _own_columns(rng: Random, names: list[str], at: int, odd: set[str]) -> list[str]:
    drawn = rng.random()
    if not at or drawn > 0.1:
        return names
    odd.add("files of different columns")
    return names[::-1] if drawn < 0.04 else [*names, "extra"] if drawn < 0.07 else names[:-1]


def _own_length(rng: Random, row: list[str], odd: set[str]) -> list[str]:
    drawn = rng.random()
    if drawn > 0.02:
        return row
    odd.add("rows of different lengths")
    return row[:-1] if drawn < 0.01 else [*row, "more"]


def _quoted(word: str, separator: str, quote: str) -> str:
    """Return a word as a writer with this quote sign spells it; one without a quote sign leaves out what would need it."""
    if quote == "-1":
        return word.replace(separator, " ").replace("\n", " ")
    return (
        quote + word.replace(quote, quote * 2) + quote
        if any(sign in word for sign in (quote, separator, "\n"))
        else word
    )


def _odd_lines(rng: Random, lines: list[str], odd: set[str]) -> None:
    if rng.random() < 0.05:
        lines.insert(rng.randint(1, len(lines)), "")
    if rng.random() < 0.03:
        lines.insert(rng.randint(1, len(lines)), "   ")
        odd.add("a line of blanks")


_XML: dict[str, tuple[str, ...]] = {
    "int": ("1", "22", "-7"), "string": ("a", "é & b", "x y", "Ann"), "double": ("1.5", "0.25"), "boolean": ("true", "false"),
    "bigint": ("3000000000", "4000000000"), "padded": ("  pad ", "x"), "zeros": ("007", "012"), "date": ("2024-01-05",),
    "several types": ("1", "x"),
}  # fmt: skip


def made_xml(rng: Random) -> Source:
    """Return an XML file of rows with elements that come and go, are repeated or nested, and attributes."""
    odd: set[str] = set()
    options: dict[str, Any] = {"rowTag": "row"}
    fields = {
        name: rng.choices(list(_XML), (4, 6, 3, 2, 1, 1, 1, 0.4, 0.4))[0]
        for name in rng.sample(("id", "name", "amt", "tag", "Zed"), rng.randint(2, 4))
    }
    extra = rng.choice(("", "", "", "attribute", "list", "sometimes a list", "nested"))
    odd |= {kind for kind in fields.values() if kind in ("date", "several types")} | ({extra} & {"sometimes a list"})
    if extra == "attribute" and rng.random() < 0.3:
        options |= rng.choice(({"excludeAttribute": True}, {"attributePrefix": "at_"}))
    rows = []
    for _ in range(rng.randint(1, 5)):
        attribute = f' key="{rng.choice(("1", "2"))}"' if extra == "attribute" else ""
        parts = [
            f"<{name}>{escape(rng.choice(_XML[kind]))}</{name}>" for name, kind in fields.items() if rng.random() > 0.1
        ]
        parts += [
            f"<item>{at}</item>"
            for at in range(2 if extra == "list" else rng.choice((1, 2)) if extra == "sometimes a list" else 0)
        ]
        parts += ["<sub><k>1</k><n>x</n></sub>"] if extra == "nested" else []
        rows.append(f"<row{attribute}>{''.join(parts) or '<id>1</id>'}</row>")
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<rows>\n' + "\n".join(rows) + "\n</rows>\n"
    kinds = {"padded": "string", "zeros": "string", "date": "string", "several types": "string"}
    columns = {name: kinds.get(kind, kind) for name, kind in fields.items()}
    return Source(
        "xml", columns, (("part-0.xml", text.encode()),), options=tuple(options.items()), oddities=frozenset(odd)
    )
