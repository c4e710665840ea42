"""What the names in one module mean, by its imports: qualified names of what it imports, uses and calls."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# What `from awsglue.<module> import *` brings that jobs use (public Glue guide).
_STAR: dict[str, frozenset[str]] = {
    "awsglue.transforms": frozenset({
    "ApplyMapping", "DropFields", "DropNullFields", "ErrorsAsDynamicFrame", "Filter", "FindMatches",
    "FlatMap", "Join", "Map", "MapToCollection", "Relationalize", "RenameField", "ResolveChoice",
    "SelectFields", "SelectFromCollection", "SimplifyDDBJson", "Spigot", "SplitFields", "SplitRows", "Unbox",
    "UnnestFrame", "Repartition", "Coalesce", "Union", "FillMissingValues", "FindIncrementalMatches",
    }),
    "awsglue.context": frozenset({"GlueContext"}),
    "awsglue.job": frozenset({"Job"}),
    "awsglue.utils": frozenset({"getResolvedOptions", "GlueArgumentError"}),
    "awsglue.dynamicframe": frozenset(
        {"DynamicFrame", "DynamicFrameCollection", "DynamicFrameReader", "DynamicFrameWriter"}
    ),
}  # fmt: skip


@dataclass
class Names:
    """The imports of a module: `aliases` maps a local name to its qualified one, `stars` are modules imported whole."""

    aliases: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    def meaning(self, name: str) -> str:
        """Return the qualified name that a bare name stands for, or the name itself."""
        if name in self.aliases:
            return self.aliases[name]
        return next((f"{module}.{name}" for module in self.stars if name in _STAR.get(module, ())), name)

    def of(self, node: ast.expr) -> str:
        """Return a dotted expression with its first name resolved; `().x` for an attribute of a call's result."""
        tail: list[str] = []
        while isinstance(node, ast.Attribute):
            tail.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            head = self.meaning(node.id)
        elif isinstance(node, ast.Call):
            head = "()"
        elif isinstance(node, ast.Subscript):
            head = "[]"
        else:
            head = ""
        return ".".join([head, *reversed(tail)]) if tail else head


def names_in(nodes: Iterable[ast.AST], package: str) -> Names:
    """Collect the imports among these nodes; `package` (dotted, may be empty) resolves the relative ones."""
    names = Names()
    for node in nodes:
        for local, meaning in imports_of(node, package):
            if local == "*":
                names.stars.append(meaning)
            else:
                names.aliases[local] = meaning
    return names


def imports_of(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """Yield `(local name, qualified name)` of an import statement; `("*", module)` for a star import."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            # `import a.b` binds `a`, and `a.b.f` then reads as it is spelled.
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0], alias.name.split(".")[0])
    elif isinstance(node, ast.ImportFrom):
        module = absolute_module(node, package)
        for alias in node.names:
            yield (
                ("*", module)
                if alias.name == "*"
                else (alias.asname or alias.name, f"{module}.{alias.name}".lstrip("."))
            )


def imported_names(node: ast.AST, package: str) -> list[str]:
    """Return the qualified names that an import statement asks for, in full: `a.b` for `import a.b`, `m.*` for a star."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = absolute_module(node, package)
        return [f"{module}.{alias.name}".lstrip(".") for alias in node.names]
    return []


def absolute_module(node: ast.ImportFrom, package: str) -> str:
    """Return the module of a `from` import; the dots of a relative one are counted from `package`."""
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    kept = parts[: max(len(parts) - (node.level - 1), 0)]
    return ".".join([*kept, *([node.module] if node.module else [])])
