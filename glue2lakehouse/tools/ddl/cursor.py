"""A cursor over the tokens of one statement: what the hand-written grammar of Hive's DDL is read with."""

from collections.abc import Sequence

from glue2lakehouse.tools.ddl.lexer import Token


class Unreadable(Exception):
    """The statement has something that no rule accounts for; the text says what, `line` says where."""

    def __init__(self, message: str, line: int, action: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.action = action


class Cursor:
    """Read tokens one after the other; anything unexpected raises Unreadable, so nothing is skipped unseen."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.position = 0

    @property
    def done(self) -> bool:
        """Whether every token has been read."""
        return self.position >= len(self.tokens)

    @property
    def line(self) -> int:
        """Return the line of the next token, or of the last one at the end."""
        return self.tokens[min(self.position, len(self.tokens) - 1)].line if self.tokens else 0

    def peek(self, ahead: int = 0) -> Token | None:
        """Return a coming token without reading it."""
        index = self.position + ahead
        return self.tokens[index] if index < len(self.tokens) else None

    def at(self, *words: str) -> bool:
        """Whether the next tokens are exactly these words."""
        return all((token := self.peek(i)) is not None and token.says(word) for i, word in enumerate(words))

    def take(self, *words: str) -> bool:
        """Read these words if they come next."""
        if not self.at(*words):
            return False
        self.position += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Read these words; raises Unreadable when something else comes."""
        if not self.take(*words):
            raise self.unexpected(f"expected {' '.join(words)}")

    def next(self) -> Token:
        """Read one token of any kind."""
        token = self.peek()
        if token is None:
            raise self.unexpected("the statement ends too early")
        self.position += 1
        return token

    def string(self) -> str:
        """Read a string literal, or several side by side as Hive joins them."""
        if (token := self.peek()) is None or token.kind not in ("string", "double"):
            raise self.unexpected("expected a string")
        value = ""
        while (token := self.peek()) is not None and token.kind in ("string", "double"):
            value += self.next().value
        return value

    def identifier(self) -> str:
        """Read one name, quoted or not; Hive also lets a name start with a digit."""
        token = self.next()
        if token.kind == "number":
            word = self.peek()
            if word is not None and word.kind == "word" and word.start == token.end:
                return token.text + self.next().text
            if not token.text.isdigit() and "." not in token.text:
                return token.text
        if token.kind not in ("word", "quoted", "double") or not token.value:
            self.position -= 1
            raise self.unexpected("expected a name")
        return token.value

    def name(self) -> tuple[str, ...]:
        """Read a dotted name; one pair of backticks around `db.table` counts as two parts, as Athena has it."""
        quoted = (token := self.peek()) is not None and token.kind == "quoted"
        parts = [self.identifier()]
        while self.take("."):
            parts.append(self.identifier())
        if quoted and len(parts) == 1 and parts[0].count(".") == 1:
            parts = parts[0].split(".")
        return tuple(parts)

    def group(self) -> list[Token]:
        """Read a balanced `( … )` and return the tokens between."""
        self.expect("(")
        start, depth = self.position, 1
        while depth:
            token = self.next()
            depth += token.says("(") - token.says(")")
        return list(self.tokens[start : self.position - 1])

    def pairs(self) -> dict[str, str]:
        """Read `('key'='value', …)`; keys and values may be bare words or numbers, as Athena's CTAS has them."""
        inner, found = Cursor(self.group()), {}
        while not inner.done:
            key = inner.string() if (t := inner.peek()) and t.kind in ("string", "double") else ".".join(inner.name())
            inner.expect("=")
            token = inner.peek()
            value = inner.string() if token and token.kind in ("string", "double") else inner.next().text
            found[key] = inner.items() if value.upper() == "ARRAY" and inner.at("[") else value
            if not inner.done:
                inner.expect(",")
        return found

    def items(self) -> str:
        """Read `['a', 'b']` behind ARRAY and return its items with commas between."""
        self.expect("[")
        found: list[str] = []
        while not self.take("]"):
            found.append(self.string())
            self.take(",")
        return ",".join(found)

    def unexpected(self, wanted: str = "") -> Unreadable:
        """Return the error that names the next token."""
        token = self.peek()
        found = f"`{token.text[:40]}`" if token else "the end"
        return Unreadable(f"cannot read {found} here{': ' + wanted if wanted else ''}", self.line)


def split_commas(tokens: Sequence[Token], types: bool = True) -> list[list[Token]]:
    """Split at the commas that are not inside brackets; `<` and `>` are brackets of `types`, and else comparisons."""
    opening, closing = (("(", "[", "<"), (")", "]", ">")) if types else (("(", "["), (")", "]"))
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += token.says(*opening) - token.says(*closing)
        if token.says(",") and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]
