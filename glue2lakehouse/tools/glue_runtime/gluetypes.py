"""The types of Glue frames: `awsglue.gluetypes`, and what the rest of this package speaks in.

Facts: surface.csv rows `gluetypes.*`. `mergeDataTypes` is the rule by which a frame's schema is computed.
"""

from typing import Any, ClassVar


class DataType:
    """A Glue type; equal when class and content are equal, whatever the properties say."""

    name: ClassVar[str] = "unknown"

    def __init__(self, properties: dict[str, Any] | None = None) -> None:
        self.properties = {} if properties is None else properties

    @classmethod
    def typeName(cls) -> str:
        """Return the name that Glue prints, such as `int` or `struct`."""
        return cls.name

    def jsonValue(self) -> dict[str, Any]:
        """Return the type as the JSON object that `withSchema` takes."""
        return {"dataType": self.typeName(), "properties": self.properties}

    @classmethod
    def fromJsonValue(cls, json_value: dict[str, Any]) -> "DataType":
        """Build a type of this class from its JSON object."""
        return cls(json_value.get("properties"))

    def _content(self) -> tuple[Any, ...]:
        return ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._content()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(part) for part in self._content())})"


class AtomicType(DataType):
    """A type without parts."""


class BinaryType(AtomicType):
    """Bytes."""

    name = "binary"


class BooleanType(AtomicType):
    """True or false."""

    name = "boolean"


class ByteType(AtomicType):
    """8-bit integer."""

    name = "byte"


class DateType(AtomicType):
    """A day."""

    name = "date"


class DecimalType(AtomicType):
    """Exact number; Glue's defaults are (10, 2) where Spark's are (10, 0)."""

    name = "decimal"

    def __init__(self, precision: int = 10, scale: int = 2, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.precision = precision
        self.scale = scale

    def jsonValue(self) -> dict[str, Any]:
        """Add precision and scale."""
        return {**super().jsonValue(), "precision": self.precision, "scale": self.scale}

    @classmethod
    def fromJsonValue(cls, json_value: dict[str, Any]) -> "DecimalType":
        """Read precision and scale back."""
        return cls(int(json_value.get("precision", 10)), int(json_value.get("scale", 2)), json_value.get("properties"))

    def _content(self) -> tuple[Any, ...]:
        return (self.precision, self.scale)


class DoubleType(AtomicType):
    """64-bit float."""

    name = "double"


class EnumType(AtomicType):
    """One of a fixed list of texts; `jsonValue` returns None, as the published library does."""

    name = "enum"

    def __init__(self, options: list[str], properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.options = options

    def jsonValue(self) -> Any:
        """Return None: a defect of the library that scripts may meet."""
        return None

    def _content(self) -> tuple[Any, ...]:
        return tuple(self.options)


class FloatType(AtomicType):
    """32-bit float."""

    name = "float"


class IntegerType(AtomicType):
    """32-bit integer."""

    name = "int"


class LongType(AtomicType):
    """64-bit integer."""

    name = "long"


class NullType(AtomicType):
    """A field that only ever held null."""

    name = "null"


class ShortType(AtomicType):
    """16-bit integer."""

    name = "short"


class StringType(AtomicType):
    """Text."""

    name = "string"


class TimestampType(AtomicType):
    """A moment."""

    name = "timestamp"


class TimestampNTZType(AtomicType):
    """A wall-clock time without zone (Glue 5.0+)."""

    name = "timestamp_ntz"


class UnknownType(DataType):
    """Nothing is known yet; yields to every other type."""

    name = "unknown"


class _ElementType(DataType):
    def __init__(self, elementType: DataType | None = None, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.elementType = UnknownType() if elementType is None else elementType

    def jsonValue(self) -> dict[str, Any]:
        """Add the element's type."""
        return {**super().jsonValue(), "elementType": self.elementType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, json_value: dict[str, Any]) -> "DataType":
        """Read the element's type back."""
        return cls(deserialize(json_value["elementType"]), json_value.get("properties"))

    def _content(self) -> tuple[Any, ...]:
        return (self.elementType,)


class ArrayType(_ElementType):
    """A list."""

    name = "array"


class SetType(_ElementType):
    """A set; Spark has arrays only."""

    name = "set"


class MapType(DataType):
    """A map from texts."""

    name = "map"

    def __init__(self, valueType: DataType | None = None, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.keyType = StringType()
        self.valueType = UnknownType() if valueType is None else valueType

    def jsonValue(self) -> dict[str, Any]:
        """Add the value's type."""
        return {**super().jsonValue(), "valueType": self.valueType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, json_value: dict[str, Any]) -> "MapType":
        """Read the value's type back."""
        return cls(deserialize(json_value["valueType"]), json_value.get("properties"))

    def _content(self) -> tuple[Any, ...]:
        return (self.valueType,)


class Field:
    """A named member of a struct."""

    def __init__(self, name: str, dataType: DataType, properties: dict[str, Any] | None = None) -> None:
        self.name = name
        self.dataType = dataType
        self.properties = {} if properties is None else properties

    def jsonValue(self) -> dict[str, Any]:
        """Return name, type and properties as a JSON object."""
        return {"name": self.name, "container": self.dataType.jsonValue(), "properties": self.properties}

    @classmethod
    def fromJsonValue(cls, json_value: dict[str, Any]) -> "Field":
        """Read a field back."""
        return cls(json_value["name"], deserialize(json_value["container"]), json_value.get("properties"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and (self.name, self.dataType) == (other.name, other.dataType)

    def __hash__(self) -> int:
        return hash((self.name, self.dataType))

    def __repr__(self) -> str:
        return f"Field({self.name}, {self.dataType!r})"


class StructType(DataType):
    """Named members in the order in which they were met."""

    name = "struct"

    def __init__(self, fields: list[Field] | None = None, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.fields: list[Field] = [] if fields is None else list(fields)

    @property
    def field_map(self) -> dict[str, Field]:
        """The members by name."""
        return {field.name: field for field in self.fields}

    def add(self, field: Field) -> None:
        """Add a member, or merge its type into the member of that name."""
        for at, existing in enumerate(self.fields):
            if existing.name == field.name:
                self.fields[at] = Field(field.name, mergeDataTypes(existing.dataType, field.dataType))
                return
        self.fields.append(field)

    def hasField(self, field: str | Field) -> bool:
        """Tell whether a member of that name is there."""
        return (field.name if isinstance(field, Field) else field) in self.field_map

    def getField(self, field: str | Field) -> Field:
        """Return the member of that name; KeyError when it is not there."""
        return self.field_map[field.name if isinstance(field, Field) else field]

    def jsonValue(self) -> dict[str, Any]:
        """Add the members."""
        return {**super().jsonValue(), "fields": [field.jsonValue() for field in self.fields]}

    @classmethod
    def fromJsonValue(cls, json_value: dict[str, Any]) -> "StructType":
        """Read the members back."""
        return cls([Field.fromJsonValue(field) for field in json_value["fields"]], json_value.get("properties"))

    def __iter__(self) -> Any:
        return iter(self.fields)

    def _content(self) -> tuple[Any, ...]:
        return tuple(sorted(((field.name, field.dataType) for field in self.fields), key=lambda pair: pair[0]))


class ChoiceType(DataType):
    """A field that held values of several types."""

    name = "choice"

    def __init__(self, choices: list[DataType] | None = None, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.choices: dict[str, DataType] = {}
        for choice in choices or []:
            self.add(choice)

    def add(self, new_choice: DataType) -> None:
        """Add an alternative; one of the same name is merged with it."""
        known = self.choices.get(new_choice.typeName())
        self.choices[new_choice.typeName()] = new_choice if known is None else mergeDataTypes(known, new_choice)

    def jsonValue(self) -> dict[str, Any]:
        """Add the alternatives."""
        return {**super().jsonValue(), "choices": [choice.jsonValue() for choice in self.choices.values()]}

    @classmethod
    def fromJsonValue(cls, json_value: dict[str, Any]) -> "ChoiceType":
        """Read the alternatives back."""
        return cls([deserialize(choice) for choice in json_value["choices"]], json_value.get("properties"))

    def _content(self) -> tuple[Any, ...]:
        return tuple(sorted(self.choices.items(), key=lambda pair: pair[0]))


class EntityType(DataType):
    """A value that a detector labelled."""

    name = "entity"

    def __init__(self, entity: str, base_type: DataType, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.entity = entity
        self.base_type = base_type

    def jsonValue(self) -> dict[str, Any]:
        """Add entity and base type."""
        return {**super().jsonValue(), "entity": self.entity, "baseType": self.base_type.jsonValue()}

    def _content(self) -> tuple[Any, ...]:
        return (self.entity, self.base_type)


_CLASSES: tuple[type[DataType], ...] = (
    BinaryType,
    BooleanType,
    ByteType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    NullType,
    ShortType,
    StringType,
    TimestampType,
    TimestampNTZType,
    UnknownType,
    ArrayType,
    SetType,
    MapType,
    StructType,
    ChoiceType,
)
BY_NAME = {cls.name: cls for cls in _CLASSES}


def deserialize(json_value: dict[str, Any]) -> DataType:
    """Read any type from its JSON object; ValueError for an unknown name."""
    name = json_value.get("dataType")
    if name not in BY_NAME:
        raise ValueError(f"gluetypes: unknown type {name!r}; known: {', '.join(BY_NAME)}")
    return BY_NAME[name].fromJsonValue(json_value)


def mergeDataTypes(s1: DataType, s2: DataType) -> DataType:
    """Return the type that holds values of both: the one that is known, the merged container, or a choice."""
    if isinstance(s1, UnknownType | NullType) and not isinstance(s2, UnknownType):
        return s2
    if isinstance(s2, UnknownType | NullType) or s1 is s2:
        return s1
    if isinstance(s1, ChoiceType) or isinstance(s2, ChoiceType):
        return _merge_choices(s1, s2)
    if type(s1) is type(s2):
        return _merge_same_class(s1, s2)
    return ChoiceType([s1, s2])


def _merge_same_class(s1: DataType, s2: DataType) -> DataType:
    if isinstance(s1, StructType) and isinstance(s2, StructType):
        merged = StructType(s1.fields)
        for field in s2.fields:
            merged.add(field)
        return merged
    if isinstance(s1, _ElementType) and isinstance(s2, _ElementType):
        return type(s1)(mergeDataTypes(s1.elementType, s2.elementType))
    if isinstance(s1, MapType) and isinstance(s2, MapType):
        return MapType(mergeDataTypes(s1.valueType, s2.valueType))
    if isinstance(s1, DecimalType) and isinstance(s2, DecimalType):
        scale = max(s1.scale, s2.scale)
        return DecimalType(min(38, max(s1.precision - s1.scale, s2.precision - s2.scale) + scale), scale)
    return s1


def _merge_choices(s1: DataType, s2: DataType) -> DataType:
    merged = ChoiceType()
    for side in (s1, s2):
        for choice in side.choices.values() if isinstance(side, ChoiceType) else (side,):
            merged.add(choice)
    return merged


class DynamicRecord(dict[str, Any]):
    """What Map and Filter functions receive: a dict whose items are attributes too; a missing one is a KeyError."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]
