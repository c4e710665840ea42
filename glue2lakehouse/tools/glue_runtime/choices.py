"""ResolveChoice: make one type, several columns or a struct of a field that holds several types (semantics 3)."""

from collections.abc import Callable

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch, edit_at, replace_field
from glue2lakehouse.tools.glue_runtime.casts import cast
from glue2lakehouse.tools.glue_runtime.field_paths import parse_path
from glue2lakehouse.tools.glue_runtime.records import Cell, Record, struct_cell
from glue2lakehouse.tools.glue_runtime.type_names import parse_type

Path = tuple[str, ...]
ACTIONS = ("cast:", "project:", "make_cols", "make_struct", "match_catalog")


def check_action(action: str) -> None:
    """Raise ValueError for an action that Glue does not have."""
    if not action.startswith(ACTIONS[:2]) and action not in ACTIONS[2:]:
        raise ValueError(
            f"Invalid resolve action {action!r}: use cast:type, project:type, make_cols, make_struct or match_catalog"
        )


def choice_paths(kind: t.DataType, prefix: Path = ()) -> list[Path]:
    """Return the paths of all choice types, innermost last."""
    found: list[Path] = []
    if isinstance(kind, t.StructType):
        for field in kind.fields:
            if isinstance(field.dataType, t.ChoiceType):
                found.append((*prefix, field.name))
            found += choice_paths(field.dataType, (*prefix, field.name))
    elif isinstance(kind, t.ArrayType):
        found += choice_paths(kind.elementType, prefix)
    elif isinstance(kind, t.ChoiceType):
        for choice in kind.choices.values():
            found += choice_paths(choice, prefix)
    return found


def type_at(kind: t.DataType, path: Path) -> t.DataType | None:
    """Return the type at a path, through arrays and the struct members of choices."""
    if not path:
        return kind
    if isinstance(kind, t.ArrayType):
        return type_at(kind.elementType, path)
    if isinstance(kind, t.ChoiceType):
        return next(
            (
                type_at(choice, path)
                for choice in kind.choices.values()
                if isinstance(choice, t.StructType | t.ArrayType)
            ),
            None,
        )
    if isinstance(kind, t.StructType) and kind.hasField(path[0]):
        return type_at(kind.getField(path[0]).dataType, path[1:])
    return None


def resolve_specs(batch: Batch, specs: list[tuple[str, str]]) -> Batch:
    """Do each (path, action) in turn."""
    for path, action in specs:
        check_action(action)
        batch = resolve_path(batch, parse_path(path), action)
    return batch


def resolve_all(batch: Batch, action: str) -> Batch:
    """Do one action to every choice in the schema."""
    check_action(action)
    for path in sorted(choice_paths(batch.schema()), key=len, reverse=True):
        batch = resolve_path(batch, path, action)
    return batch


def match_catalog(batch: Batch, catalog: dict[str, t.DataType]) -> Batch:
    """Cast every choice to the type that the catalog table has for it; others stay."""
    whole = t.StructType([t.Field(name, kind) for name, kind in catalog.items()])
    for path in choice_paths(batch.schema()):
        wanted = type_at(whole, path) or type_at(whole, (path[0].lower(), *path[1:]))
        if wanted is not None:
            batch = batch.over(_editor(path, lambda cell, kind=wanted: cast(cell, kind)))  # type: ignore[misc]
    return batch


def resolve_path(batch: Batch, path: Path, action: str) -> Batch:
    """Do one action to one field."""
    verb, _, wanted = action.partition(":")
    if verb == "cast":
        target = parse_type(wanted)
        return batch.over(_editor(path, lambda cell: cast(cell, target)))
    kind = type_at(batch.schema(), path)
    if not isinstance(kind, t.ChoiceType):
        return batch
    if verb == "project":
        return batch.over(_editor(path, _projection(parse_type(wanted))))
    if verb == "make_struct":
        return batch.over(_editor(path, lambda cell: _as_struct(cell, kind)))
    return batch.over(lambda record: edit_at(record, path, lambda members, name: _spread(members, name, kind)))


def _editor(path: Path, change: Callable[[Cell], Cell]) -> Callable[[Record], Record]:
    def edit(members: Record, name: str) -> None:
        members[name] = change(members[name])

    return lambda record: edit_at(record, path, edit)


def _projection(target: t.DataType) -> Callable[[Cell], Cell]:
    def project(cell: Cell) -> Cell:
        if type(cell.type) is type(target) or cell.value is None or assume("project_keeps") == "convert":
            return cast(cell, target)
        return Cell(target if isinstance(target, t.AtomicType) else t.NullType(), None)

    return project


def _members(cell: Cell, kind: t.ChoiceType) -> Record:
    """Return one entry per alternative: the value under its own type, typed nulls under the others."""
    found: Record = {}
    for name, choice in kind.choices.items():
        if name == cell.type.typeName() and cell.value is not None:
            found[name] = cell
        else:
            found[name] = Cell(choice if isinstance(choice, t.AtomicType) else t.NullType(), None)
    return found


def _as_struct(cell: Cell, kind: t.ChoiceType) -> Cell:
    if cell.value is None and not isinstance(cell.type, t.ChoiceType):
        return Cell(t.NullType(), None)
    return struct_cell(_members(cell, kind))


def _spread(members: Record, name: str, kind: t.ChoiceType) -> None:
    own = {f"{name}_{member}": cell for member, cell in _members(members[name], kind).items()}
    replace_field(members, name, own)
