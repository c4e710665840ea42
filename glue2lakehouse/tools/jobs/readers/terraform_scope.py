"""What a name means inside a Terraform module: variables, locals, other resources, the instances of count and for_each."""

import functools
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from glue2lakehouse.tools.jobs.model import Place
from glue2lakehouse.tools.jobs.readers.hcl import evaluate, template
from glue2lakehouse.tools.jobs.readers.hcl_blocks import Block
from glue2lakehouse.tools.jobs.readers.hcl_functions import Missing, Unknown, is_known
from glue2lakehouse.tools.jobs.readers.hcl_types import with_optional
from glue2lakehouse.tools.jobs.readers.hcl_values import pick, to_text

_NAME_OF_ID = {
    "aws_s3_bucket": "bucket",
    "aws_glue_job": "name",
    "aws_glue_trigger": "name",
    "aws_glue_workflow": "name",
    "aws_glue_crawler": "name",
    "aws_glue_classifier": "name",
    "aws_glue_security_configuration": "name",
    "aws_glue_catalog_database": "name",
    "aws_iam_role": "name",
    "aws_s3_object": "key",
    "aws_s3_bucket_object": "key",
}


@dataclass
class Module:
    """The blocks of one folder, each with its file, the values of its tfvars files, and those that nothing loads by itself."""

    folder: str
    blocks: list[tuple[str, Block]] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Block]:
        """Return the blocks of one type."""
        return [block for _, block in self.blocks if block.type == kind]

    @functools.cached_property
    def resources(self) -> list[Block]:
        """The `resource` blocks."""
        return [block for block in self.of("resource") if len(block.labels) == 2]

    @functools.cached_property
    def module_calls(self) -> list[Block]:
        """The `module` blocks that name a source."""
        return [block for block in self.of("module") if "source" in block.attributes and block.labels]

    def place(self, block: Block) -> Place:
        """Return where a block stands."""
        path = next(path for path, held in self.blocks if held is block)
        return Place(path=path, line=block.line)

    def source_of(self, call: Block) -> str | None:
        """Return the folder of a local module, None for a registry or Git source."""
        source = evaluate(call.attributes["source"].expression, lambda path: Unknown(".".join(map(str, path))))
        if not isinstance(source, str) or not source.startswith("."):
            return None
        folder = posixpath.normpath(posixpath.join(self.folder, source))
        return "" if folder == "." else folder

    def calls(self, modules: Mapping[str, "Module"]) -> Iterator[str]:
        """Yield the folders in this tree that it calls."""
        for call in self.module_calls:
            folder = self.source_of(call)
            if folder is not None and folder in modules and folder != self.folder:
                yield folder


@dataclass
class Instance:
    """One instance of a resource, module or dynamic block; `note` says why there may be more of it."""

    scope: "Scope"
    suffix: str = ""
    note: str = ""


class Scope:
    """Looks names up, lazily and each of them once; a value that goes round in circles is unknown."""

    def __init__(
        self, module: Module, modules: Mapping[str, Module], files: Mapping[str, str],
        *, inputs: Mapping[str, Any] | None = None, path: tuple[str, ...] = (), local: Mapping[str, Any] | None = None,
        shared: "Scope | None" = None,
    ) -> None:  # fmt: skip
        self.module = module
        self.modules = modules
        self.files = files
        self.inputs = inputs
        self.path = path
        self.local = dict(local or {})
        self.texts: dict[str, tuple[str, bool]] = shared.texts if shared else {}
        self.defaults: dict[str, Any] = shared.defaults if shared else {}
        self._busy: set[str] = shared._busy if shared else set()

    def within(self, local: Mapping[str, Any]) -> "Scope":
        """Return the scope with more names in it (each, count, the iterator of a dynamic block)."""
        return Scope(
            self.module, self.modules, self.files,
            inputs=self.inputs, path=self.path, local={**self.local, **local}, shared=self,
        )  # fmt: skip

    def note(self, unknown: Unknown) -> str:
        """Remember the text behind an open reference and return its marker."""
        self.texts.setdefault(unknown.name, (unknown.text, False))
        return unknown.marker

    def look_up(self, path: list[str | int]) -> Any:
        """Return what a dotted reference means here."""
        text = ".".join(map(str, path))
        if path[0] == "(function)":
            return self._file(str(path[1]), [*path[2:]])
        if str(path[0]) in self.local:
            return functools.reduce(pick, path[1:], self.local[str(path[0])])
        if text in self._busy:
            return self._unknown(text)
        self._busy.add(text)
        try:
            return self._found(path, text)
        finally:
            self._busy.discard(text)

    def _found(self, path: list[str | int], text: str) -> Any:
        head, rest = str(path[0]), path[1:]
        if head == "var" and rest:
            return functools.reduce(pick, rest[1:], self._variable(str(rest[0])))
        if head == "local" and rest:
            return functools.reduce(pick, rest[1:], self._local(str(rest[0])))
        if head == "path":
            return "." if rest != ["module"] else (self.module.folder or ".")
        if head == "module" and rest:
            return self._output(rest, text)
        if head in ("data", "each", "count", "terraform", "self"):
            return self._unknown(text)
        return self._resource(path, text)

    def _unknown(self, text: str, *, secret: bool = False) -> Unknown:
        unknown = Unknown(text)
        self.texts.setdefault(unknown.name, (unknown.text, secret))
        return unknown

    def _variable(self, name: str) -> Any:
        block = next((block for block in self.module.of("variable") if block.labels == (name,)), None)
        given = self.module.given if self.inputs is None else self.inputs
        if name in given:
            value = given[name]
        elif block is not None and "default" in block.attributes:
            value = evaluate(block.attributes["default"].expression, self.look_up)
            if self.inputs is None and isinstance(value, str | int | float) and value != "":
                self.defaults[name] = value
        else:
            return self._unknown(f"var.{name}", secret=block is not None and "sensitive" in block.attributes)
        typed = block.attributes.get("type") if block is not None else None
        return with_optional(value, typed.expression, self.look_up) if typed else value

    def _local(self, name: str) -> Any:
        for block in self.module.of("locals"):
            if name in block.attributes:
                return evaluate(block.attributes[name].expression, self.look_up)
        return self._unknown(f"local.{name}")

    def _output(self, rest: list[str | int], text: str) -> Any:
        call = next((block for block in self.module.module_calls if block.labels[0] == rest[0]), None)
        folder = self.module.source_of(call) if call else None
        if call is None or folder is None or folder not in self.modules or len(rest) < 2:
            return self._unknown(text)
        children = list(self.children(call, folder))
        if len(rest) > 2 and ("count" in call.attributes or "for_each" in call.attributes):
            child = next((child for child in children if child.suffix == _suffix(rest[1])), None)
            output = rest[2]
        else:
            child, output = (children[0] if children else None), rest[1]
        block = next((b for b in self.modules[folder].of("output") if b.labels == (str(output),)), None)
        if not children:
            return Missing(text)
        if child is None or block is None or "value" not in block.attributes:
            return self._unknown(text)
        return evaluate(block.attributes["value"].expression, child.scope.look_up)

    def _resource(self, path: list[str | int], text: str) -> Any:
        block = next((b for b in self.module.resources if list(b.labels) == path[:2]), None)
        if block is None or len(path) < 3:
            return self._unknown(text)
        steps = list(path[2:])
        instances = list(expand(block, self))
        indexed = "count" in block.attributes or "for_each" in block.attributes
        instance = instances[0] if instances else None
        if indexed:
            index = steps.pop(0)
            instance = next((item for item in instances if item.suffix == _suffix(index)), instance)
        if instance is None:
            return Missing(text)
        if not steps:
            return self._unknown(text)
        name = _NAME_OF_ID.get(block.labels[0], "") if steps[0] == "id" else str(steps[0])
        if name not in block.attributes:
            return self._unknown(text)
        value = evaluate(block.attributes[name].expression, instance.scope.look_up)
        return functools.reduce(pick, steps[1:], value)

    def children(self, call: Block, folder: str) -> Iterator[Instance]:
        """Yield the scope of each instance of a module call."""
        for instance in expand(call, self):
            meta = ("source", "version", "count", "for_each", "providers", "depends_on")
            inputs = {
                name: evaluate(attribute.expression, instance.scope.look_up)
                for name, attribute in call.attributes.items()
                if name not in meta
            }
            path = (*self.path, f"module.{call.labels[0]}{instance.suffix}")
            scope = Scope(self.modules[folder], self.modules, self.files, inputs=inputs, path=path)
            scope.texts, scope.defaults = self.texts, self.defaults
            yield Instance(scope, instance.suffix, instance.note)

    def _file(self, function: str, values: list[Any]) -> Any:
        name = to_text(values[0]) if values else ""
        path = posixpath.normpath(name)
        if function == "fileset" and is_known(values):
            return self._fileset(path, str(values[1]))
        text = self.files.get(path, self.files.get(posixpath.normpath(posixpath.join(self.module.folder, name))))
        if text is None or function in ("filebase64", "fileset"):
            return self._unknown(f"{function}({name})")
        if function == "file":
            return text
        given = values[1] if len(values) > 1 and isinstance(values[1], dict) else {}
        return template(
            text, lambda steps: functools.reduce(pick, steps[1:], given.get(str(steps[0]), Unknown(str(steps[0]))))
        )

    def _fileset(self, folder: str, pattern: str) -> list[str]:
        regex = re.compile(re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*"))
        roots = (folder, posixpath.normpath(posixpath.join(self.module.folder, folder)))
        for root in roots:
            inside = sorted(path[len(root) + 1 :] for path in self.files if path.startswith(root + "/"))
            if inside:
                return [path for path in inside if regex.fullmatch(path)]
        return []


def _suffix(index: Any) -> str:
    return f"[{index}]" if isinstance(index, int) else f'["{index}"]'


def expand(block: Block, scope: Scope, iterator: str = "each") -> Iterator[Instance]:
    """Yield the instances of a block: one, `count` of them, or one for each element; unknown ones once, with a note."""
    if "count" in block.attributes:
        count = evaluate(block.attributes["count"].expression, scope.look_up)
        if isinstance(count, bool) or not isinstance(count, int | float):
            yield Instance(
                scope.within({"count": {"index": Unknown("count.index")}}), note=f"count is {to_text(count) or 'empty'}"
            )
            return
        for index in range(int(count)):
            yield Instance(scope.within({"count": {"index": index}}), _suffix(index))
        return
    if "for_each" not in block.attributes:
        yield Instance(scope)
        return
    items = evaluate(block.attributes["for_each"].expression, scope.look_up)
    name = iterator
    if isinstance(items, list) and all(isinstance(item, str) for item in items):
        items = {item: item for item in items} if iterator == "each" else dict(enumerate(items))
    elif isinstance(items, list) and iterator != "each":
        items = dict(enumerate(items))
    if not isinstance(items, dict):
        open_item = {"key": Unknown(f"{name}.key"), "value": Unknown(f"{name}.value")}
        yield Instance(scope.within({name: open_item}), note=f"for_each is {to_text(items) or 'empty'}")
        return
    for key in sorted(items, key=str) if iterator == "each" else items:
        note = f"for_each also holds {key}" if "⟦" in str(key) else ""
        yield Instance(scope.within({name: {"key": key, "value": items[key]}}), _suffix(key), note)
