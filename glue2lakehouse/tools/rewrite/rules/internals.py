"""What awsglue has beside its transforms: column functions, descriptions of transforms, leftovers of Python 2.

Glue: the modules functions, transforms and utils of the library. Descriptions and call sites are texts for people; they
have no effect on data.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.kinds.stubs import TRANSFORMS
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, Answer, Example, GlueCall, Rewrite, Rule, Use, code

_DESCRIPTIONS = ("describe", "describeArgs", "describeReturn", "describeTransform", "describeErrors")
_REGISTRY = ("get_transforms", "get_transform", "describe_transform")


class ColumnFunctions(Rule):
    """`awsglue.functions`: an index beside each element, a struct of columns."""

    name = "column-functions"
    glue = tuple(f"awsglue.functions.{name}" for name in ("explodeWithIndex", "namedStruct", "replaceArrayElement"))
    example = Example(
        before="from awsglue.functions import explodeWithIndex\n\n\ndef items(frame):\n"
        '    return frame.select("id", explodeWithIndex(frame["items"]))\n',
        after="from pyspark.sql import functions as F\n\n\ndef items(frame):\n"
        '    return frame.select("id", F.posexplode(frame["items"]).alias("index", "val"))\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Where the index of `replaceArrayElement` starts is not documented, so that one is handed off."""
        given = list(call.node.args)
        call.drop_everything()
        F = call.place.functions
        if call.leaf == "explodeWithIndex" and len(given) == 1:
            done = code('{F}.posexplode({column}).alias("index", "val")', F=F, column=given[0])
            return Rewrite(done, imports=(FUNCTIONS,))
        if call.leaf == "namedStruct" and given:
            return Rewrite(
                code("{F}.struct({columns})", F=F, columns=", ".join(call.text(node) for node in given)),
                certainty=Certainty.CONDITIONAL,
                condition="the struct's fields are named like the columns",
                imports=(FUNCTIONS,),
            )
        return call.blocker(
            "where the index of replaceArrayElement starts is not documented",
            "write F.transform(column, lambda item, i: F.when(i == index, new).otherwise(item))",
        )


class Descriptions(Rule):
    """What a transform says of itself: dropped where it is only printed."""

    name = "descriptions"
    glue = (
        *(f"awsglue.transforms.{owner}.{name}" for owner in sorted(TRANSFORMS) for name in (*_DESCRIPTIONS, "name")),
        *(f"awsglue.transforms.{name}" for name in _REGISTRY),
    )
    example = Example(
        before="from awsglue.transforms import Filter\n\nprint(Filter.describe())\nprint(Filter.name())\n",
        after='print("Filter")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A text for people."""
        call.drop_everything()
        if call.leaf == "name":
            return Rewrite(code("{name}", name=quoted(call.name.split(".")[-2])))
        parent = call.place.parents.get(call.node)
        printed = (
            isinstance(parent, ast.Call)
            and isinstance(parent.func, ast.Name)
            and parent.func.id == "print"
            and isinstance(call.place.parents.get(parent), ast.Expr)
            and len(parent.args) == 1
        )
        if printed or call.stands_alone:
            return Rewrite(remove=True, findings=(call.info(f"{call.leaf}() of a transform is no longer shown", ""),))
        return call.blocker(
            f"`{call.leaf}` describes Glue's own transforms", "drop this line; there is no such list in Spark"
        )

    def refer(self, use: Use) -> Answer:
        """A description that is handed on."""
        return use.blocker(f"`{use.leaf}` describes Glue's own transforms", "drop this use of it")


class Utilities(Rule):
    """`awsglue.utils` beside the job's arguments: dict views, the call site, an argument parser."""

    name = "utilities"
    glue = tuple(
        f"awsglue.utils.{name}"
        for name in ("iteritems", "iterkeys", "itervalues", "callsite", "makeOptions", "GlueArgumentParser")
    )
    example = Example(
        before="from awsglue.utils import iteritems\n\n\ndef show(settings):\n"
        "    for key, value in iteritems(settings):\n        print(key, value)\n",
        after="def show(settings):\n    for key, value in settings.items():\n        print(key, value)\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """`iterkeys` gives the values on Python 3, a defect of Glue's that is said, because it is kept."""
        given = list(call.node.args)
        call.drop_everything()
        if call.leaf == "callsite":
            return Rewrite(
                code('"".join(traceback.format_stack())'),
                certainty=Certainty.CONDITIONAL,
                condition="the text is only read by people",
                imports=("import traceback",),
            )
        if call.leaf == "GlueArgumentParser":
            return self._parser(call)
        if call.leaf == "makeOptions" or len(given) != 1 or call.node.keywords:
            return call.blocker(
                f"`{call.leaf}` makes an object of Glue's JVM", "pass the dict to Spark's reader or writer"
            )
        method = "items" if call.leaf == "iteritems" else "values"
        note = call.warning(
            "iterkeys gives the dict's values on Python 3, as it did in Glue", "say .keys() if you mean keys"
        )
        return Rewrite(
            code("{dict}.{method}()", dict=given[0], method=method), findings=(note,) if call.leaf == "iterkeys" else ()
        )

    def _parser(self, call: GlueCall) -> Answer:
        arguments = [call.text(node) for node in call.node.args]
        arguments += [
            f"{k.arg}={call.text(k.value)}" if k.arg else f"**{call.text(k.value)}" for k in call.node.keywords
        ]
        return Rewrite(
            code("argparse.ArgumentParser({arguments})", arguments=", ".join(arguments)),
            certainty=Certainty.CONDITIONAL,
            condition="nothing catches GlueArgumentError: a wrong argument ends the job with SystemExit",
            imports=("import argparse",),
        )

    def refer(self, use: Use) -> Answer:
        """The parser as a base class is the standard one; the rest is handed off."""
        if use.leaf == "GlueArgumentParser":
            return Rewrite(code("argparse.ArgumentParser"), imports=("import argparse",))
        return use.blocker(f"`{use.leaf}` of Glue is used as a value", "use the dict's own methods")
