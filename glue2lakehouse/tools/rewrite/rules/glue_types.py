"""Schemas built from Glue's type objects: `awsglue.gluetypes` -> `pyspark.sql.types`.

Glue: aws-glue-api-crawler-pyspark-extensions-types. Glue's decimal is (10, 2) where none is given, its maps have text keys,
and its fields may be null; choices, sets and enumerations have no type in Spark.
"""

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code

_TYPES = "awsglue.gluetypes."
_SAME = frozenset(
    "AtomicType BinaryType BooleanType ByteType DataType DateType DoubleType FloatType IntegerType LongType NullType "
    "ShortType StringType TimestampType TimestampNTZType".split()
)
_BUILT = frozenset("ArrayType DecimalType Field MapType StructType".split())
_WITHOUT = {
    "UnknownType": "a type that is not known yet",
    "EnumType": "an enumeration",
    "SetType": "a set",
    "ChoiceType": "a choice of types",
    "EntityType": "an entity",
}
_PARTS = ("StructType.fields", "ArrayType.elementType", "MapType.keyType", "MapType.valueType", "DecimalType.precision",
          "DecimalType.scale")  # fmt: skip
"""What a type is made of, under the same names in Spark."""
_METHODS = ("add", "hasField", "getField", "fromJsonValue", "jsonValue")


def _imported(name: str) -> tuple[str, ...]:
    return (f"from pyspark.sql.types import {name}",)


class SchemaTypes(Rule):
    """The type of the same name; `Field` is called `StructField`."""

    name = "schema-types"
    glue = tuple(_TYPES + name for name in sorted({*_SAME, *_BUILT, *_WITHOUT}))
    example = Example(
        before="from awsglue.gluetypes import DecimalType, Field, MapType, StringType, StructType\n\n"
        'schema = StructType([Field("id", StringType()), Field("tags", MapType(StringType())), '
        'Field("price", DecimalType())])\n',
        after="from pyspark.sql.types import DecimalType, MapType, StringType, StructField, StructType\n\n"
        'schema = StructType([StructField("id", StringType()), StructField("tags", MapType(StringType(), StringType())), '
        'StructField("price", DecimalType(10, 2))])\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Glue's `properties` have no place in Spark's types, so a type that has them is handed off."""
        if call.leaf in _WITHOUT:
            call.drop_everything()
            return self.refer(call)
        if call.leaf in _SAME:
            if all(call.literal(node) == {} for node in call.bound.surplus):
                call.bound.surplus.clear()
            return Rewrite(code("{name}()", name=call.leaf), imports=_imported(call.leaf))
        return getattr(self, f"_{call.leaf.lower()}")(call)  # type: ignore[no-any-return]

    def refer(self, use: Use) -> Answer:
        """The class itself, for instance in an `isinstance`."""
        if use.leaf in _WITHOUT:
            return use.blocker(
                f"`{use.leaf}` is {_WITHOUT[use.leaf]}, which Spark has no type for",
                "choose one type of pyspark.sql.types",
            )
        name = "StructField" if use.leaf == "Field" else use.leaf
        return Rewrite(code("{name}", name=name), imports=_imported(name))

    def _decimaltype(self, call: GlueCall) -> Answer:
        precision, scale = call.argument("precision"), call.argument("scale")
        done = code("DecimalType({precision}, {scale})", precision=precision or "10", scale=scale or "2")
        return Rewrite(done, imports=_imported("DecimalType"))

    def _arraytype(self, call: GlueCall) -> Answer:
        element = call.argument("elementType")
        if element is None:
            return call.blocker("the array's element type is left open", "name it: ArrayType(StringType())")
        return Rewrite(code("ArrayType({element})", element=element), imports=_imported("ArrayType"))

    def _maptype(self, call: GlueCall) -> Answer:
        value = call.argument("valueType")
        if value is None:
            return call.blocker("the map's value type is left open", "name it: MapType(StringType(), StringType())")
        return Rewrite(
            code("MapType(StringType(), {value})", value=value), imports=_imported("MapType") + _imported("StringType")
        )

    def _structtype(self, call: GlueCall) -> Answer:
        fields = call.argument("fields")
        done = code("StructType({fields})", fields=fields) if fields is not None else code("StructType()")
        return Rewrite(done, imports=_imported("StructType"))

    def _field(self, call: GlueCall) -> Answer:
        name, kind = call.argument("name"), call.argument("dataType")
        if name is None or kind is None:
            return call.blocker("a field has no name or no type", "pass both")
        return Rewrite(code("StructField({name}, {kind})", name=name, kind=kind), imports=_imported("StructField"))


class SchemaMethods(Rule):
    """What is done with a schema object: fields are looked up and added under Spark's names."""

    name = "schema-methods"
    glue = (
        *(f"{_TYPES}StructType.{name}" for name in _METHODS),
        *(_TYPES + name for name in _PARTS),
        f"{_TYPES}mergeDataTypes",
    )
    example = Example(
        before="from awsglue.gluetypes import Field, StringType, StructType\n\n"
        'schema = StructType([Field("id", StringType())])\nif not schema.hasField("name"):\n'
        '    schema.add(Field("name", StringType()))\n',
        after="from pyspark.sql.types import StringType, StructField, StructType\n\n"
        'schema = StructType([StructField("id", StringType())])\nif not ("name" in schema.fieldNames()):\n'
        '    schema.add(StructField("name", StringType()))\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Adding a field that is there already merges the types in Glue and repeats the field in Spark."""
        given = call.node.args[0] if len(call.node.args) == 1 and not call.node.keywords else None
        call.drop_everything()
        if call.leaf == "jsonValue":
            return self._json(call)
        if given is None or call.leaf in ("fromJsonValue", "mergeDataTypes"):
            return call.blocker(
                f"`{call.leaf}` works on schemas in Glue's own notation", "build the schema with pyspark.sql.types"
            )
        if call.leaf == "hasField":
            return Rewrite(code("({name} in {schema}.fieldNames())", name=given, schema=call.receiver))
        if call.leaf == "getField":
            return Rewrite(code("{schema}[{name}]", name=given, schema=call.receiver))
        return Rewrite(
            code("{schema}.add({field})", schema=call.receiver, field=given),
            certainty=Certainty.CONDITIONAL,
            condition="the schema has no field of that name yet",
        )

    def refer(self, use: Use) -> Answer:
        """The fields, elements, keys and values of a type are under the same names."""
        return () if use.name.removeprefix(_TYPES) in _PARTS else super().refer(use)

    def _json(self, call: GlueCall) -> Answer:
        """The method has the same name; what it gives is in Spark's notation."""
        return Rewrite(
            code("{schema}.jsonValue()", schema=call.receiver),
            certainty=Certainty.CONDITIONAL,
            condition="whoever gets the schema as JSON reads Spark's notation",
            findings=(
                call.warning(
                    "the schema's JSON is in Spark's notation now",
                    "hand it to Spark: StructType.fromJson, or .schema()",
                ),
            ),
        )


class Record(Rule):
    """The record of a Map or Filter function is a dict."""

    name = "dynamic-record"
    glue = (f"{_TYPES}DynamicRecord",)
    example = Example(
        before="from awsglue.gluetypes import DynamicRecord\n\n\ndef name(record: DynamicRecord) -> str:\n"
        '    return record["name"]\n',
        after='def name(record: dict) -> str:\n    return record["name"]\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A copy of the dict that it is made from."""
        given = list(call.node.args)
        call.drop_everything()
        if len(given) != 1 or call.node.keywords:
            return call.blocker("a DynamicRecord is made from keywords", "make a dict")
        return Rewrite(code("dict({items})", items=given[0]))

    def refer(self, use: Use) -> Answer:
        """The type in an annotation or a test."""
        return Rewrite(code("dict"))
