"""What has to hold of files for Spark's readers and writers to give what Glue's do, in the words that conditions say it with."""

ALONE = "a malformed one goes alone; in Glue it may take the next line with it"
SET_ASIDE = (
    "each line is one record (of several in a line, as Firehose writes them, Spark reads the first: multiLine in format_options "
    f"reads all), and {ALONE}"
)
ONE_TYPE = "each field holds one type in all records (int and bigint are two; null, {} or [] alone is none)"
UNTYPED = "no field is null, {} or [] in all records (Glue has no type for it, and here it is text)"
SOMETHING = "there are records to read (without any, the read or the write stops in Spark, and Glue is taken to go on)"
FOLDERS = "the path holds no key=value folders"
_CSV = (
    "an empty CSV field is an empty text (Glue does not document it), no line is of blanks alone, and all rows of all files have "
    "the same columns"
)
CSV_HEADED = f"{_CSV} in the same order, each with a name of its own whatever its case"
TIMES = (
    "no column is a timestamp, which Spark spells 2024-01-05T10:00:00.000Z in text (Glue's spelling is not documented)"
)
NULLS = "a field that is null is left out of its object (Glue does not document it)"
EMPTIES = "no reader tells empty texts from nulls (how Glue writes them is not documented)"
_TEXT_OF_TIMES = "no reader asks more of a timestamp than the text of it in Glue's files told (not documented)"
_NO_NULLS = (
    "no reader tells empty texts from nulls, or counts rows of nulls alone: in Glue the table is one of CSV files"
)
_TABLES_OF_TEXT = {"json": _TEXT_OF_TIMES, "csv": f"{_TEXT_OF_TIMES}; {_NO_NULLS}"}


def tables_of_text(form: object) -> str:
    """Return what has to hold where a table of text files becomes one that holds types and nulls; empty for other files."""
    return _TABLES_OF_TEXT.get(str(form).lower(), "")


def csv_rows(header: bool) -> str:
    """Return what has to hold of the rows of CSV files."""
    return CSV_HEADED if header else _CSV


def computed_reads(form: object) -> str:
    """Return what has to hold of files that a helper reads by computed options, of all its formats where that is not known."""
    known = str(form).lower() if isinstance(form, str) else ""
    if known in ("parquet", "glueparquet", "orc"):
        return FOLDERS
    texts = {"csv": CSV_HEADED, "json": f"{ONE_TYPE}; {SET_ASIDE}"}
    said = [texts[known]] if known in texts else [f"of {name.upper()} files: {text}" for name, text in texts.items()]
    return "; ".join([*said, FOLDERS, SOMETHING])


def computed_writes(form: object) -> str:
    """Return what has to hold of files that a helper writes by computed options; nothing for Parquet and ORC."""
    known = str(form).lower() if isinstance(form, str) else ""
    if known in ("parquet", "glueparquet", "orc"):
        return ""
    texts = {"csv": EMPTIES, "json": NULLS}
    said = [texts[known]] if known in texts else [f"in {name.upper()} files {text}" for name, text in texts.items()]
    return "; ".join([TIMES, *said])
