"""Whether a conversion has named what makes it differ: a warning, an edit's condition or an info that tells of it."""

from collections.abc import Iterable
from typing import NamedTuple

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.evaluation.differential.trial import Verdict
from glue2lakehouse.tools.ddl import DdlConversion
from glue2lakehouse.tools.rewrite import Conversion

_ONE_TYPE = "each field holds one type in all records"
_ONE_A_LINE = "each line is one record"
_SAME_COLUMNS = "all rows of all files have the same columns"
_AS_THE_CATALOG = "the files behind the table hold its columns and no others, spelled and typed as the catalog has them"
_XML = "each element holds one type, and occurs once or always as a list"
TOLD_AS: dict[str, tuple[str, ...]] = {
    "several types": (_ONE_TYPE, _XML, "each field has one type", "columns of the same name have the same type"), "null alone": ("null, {} or [] alone is none", "null, {} or [] in all records"),
    "pretty in the lines": (_ONE_A_LINE,), "array in the lines": (_ONE_A_LINE,), "pretty array in the lines": (_ONE_A_LINE,),
    "in a row in the lines": (_ONE_A_LINE,), "broken in the lines": ("a malformed one goes alone",),
    "partition folders": ("the path holds no key=value folders",),
    "a line of blanks": ("no line is of blanks",), "files of different columns": (_SAME_COLUMNS,),
    "rows of different lengths": (_SAME_COLUMNS,), "a line break in a value": (_SAME_COLUMNS,),
    "empty texts": ("no reader tells empty texts from nulls",),
    "empty texts in a table": ("no text file behind it has an empty field",), "values of other types in a table": (_AS_THE_CATALOG,),
    "an escaper": ("Glue takes the character after the escaper as it is anywhere",),
    "sometimes a list": (_XML,), "date": ("of which Spark makes dates and timestamps",),
    "a record lacked a field": ("Glue drops a record that has no", "tells a field that a record lacks", "every record has the fields"),
    "a number was NaN": ("no compared number is NaN",),
    "a field of no record": ("is in a record that stays",),
    "a record that was emptied": ("none is left without a field",),
    "a struct that was emptied": ("no struct in a record has only fields that are dropped from it",),
    "a table over text": ("no reader asks more of a timestamp", "or counts rows of nulls alone"),
    "a table of other columns": ("the table's columns keep their types",),
    "columns in the order of their names": ("so the CSV file has them in another order",),
}  # fmt: skip
"""What is in the files or happened in the run, and words of the texts that tell what it does."""
_BY_SEVERITY = {
    Severity.BLOCKER: Verdict.WARNED,
    Severity.WARNING: Verdict.WARNED,
    Severity.INFO: Verdict.INFORMED,
}


class Said(NamedTuple):
    """What conversions say to a person."""

    findings: tuple[Finding, ...]
    conditions: tuple[str, ...]

    @classmethod
    def by(cls, conversion: Conversion, definitions: DdlConversion) -> "Said":
        """Return what the conversions of a script and of its tables' definitions say."""
        edits = (*conversion.edits, *definitions.edits)
        return cls(
            (*conversion.findings, *definitions.findings),
            tuple(dict.fromkeys(edit.condition for edit in edits if edit.condition)),
        )


def named(oddities: Iterable[str], said: Said) -> tuple[Verdict, str] | None:
    """Return by what a difference that comes of these oddities is named: the loudest of what tells of one of them."""
    told = [(_BY_SEVERITY[finding.severity], f"{finding.message} {finding.action}") for finding in said.findings]
    told += [(Verdict.CONDITION, condition) for condition in said.conditions]
    loudest = sorted(told, key=lambda one: (Verdict.WARNED, Verdict.CONDITION, Verdict.INFORMED).index(one[0]))
    for verdict, text in loudest:
        for oddity in sorted(oddities):
            if any(words in text for words in TOLD_AS.get(oddity, ())):
                return verdict, oddity
    return None
