"""The mapping file: what people edit is kept, what cannot be obeyed is refused, and every phase obeys the rest."""

from pathlib import Path

import pytest

from glue2lakehouse.errors import SettingsError
from glue2lakehouse.mapping import COLUMNS, MappingRow, mapping_findings, merge_mapping, read_mapping, write_mapping
from glue2lakehouse.settings import load_settings
from glue2lakehouse.tools.ddl import convert_ddl


def row(source: str = "raw.t", target: str = "main.raw.t", **more: str) -> MappingRow:
    database, table = source.split(".")
    catalog, schema, name = target.split(".")
    given = {
        "source_database": database,
        "source_table": table,
        "catalog": catalog,
        "schema_": schema,
        "table": name,
    }
    return MappingRow(**(given | more))  # type: ignore[arg-type]


def file_with(folder: Path, *rows: MappingRow) -> Path:
    file = folder / "mapping.csv"
    write_mapping(file, rows)
    return file


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rows = [row(note='a, "b"\nc', source_location="s3://x/ü"), row("raw.u", "main.raw.u", action="skip")]
    assert read_mapping(file_with(tmp_path, *rows)) == rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_what_a_spreadsheet_saves_is_read_and_written_in_its_own_way(
    tmp_path: Path, delimiter: str, bom: bytes
) -> None:
    file = tmp_path / "m.csv"
    cells = ["raw", "t", "s3://x/t", "csv", "main", "raw", "t", "s3://x/t", "csv", "keep_external", ""]
    text = "\r\n".join([delimiter.join(COLUMNS), delimiter.join(cells), ""])
    file.write_bytes(bom + text.encode())
    rows = read_mapping(file)
    assert rows == [row(source_location="s3://x/t", source_format="csv", location="s3://x/t", format="csv")]
    write_mapping(file, rows)
    assert file.read_bytes() == bom + text.encode()


def test_a_file_in_another_encoding_says_how_to_save_it(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_bytes((",".join(COLUMNS) + "\nraw,t,,,main,raw,t,,,skip,für\n").encode("latin-1"))
    with pytest.raises(SettingsError, match="CSV UTF-8"):
        read_mapping(file)


def test_a_table_below_one_that_moves_goes_where_its_own_row_says(tmp_path: Path) -> None:
    outer = row("raw.t", source_location="s3://b/t", location="s3://new/t")
    inner = row("raw.u", "main.raw.u", source_location="s3://b/t/u/", location="s3://b/t/u/")
    file_with(tmp_path, outer, inner)
    settings_file = tmp_path / "glue2lakehouse.yaml"
    settings_file.write_text("mapping: mapping.csv\n")
    settings = load_settings(settings_file)
    assert settings.path_for("s3://b/t/x") == "s3://new/t/x"
    assert settings.path_for("s3://b/t/u/x") == "s3://b/t/u/x"


def test_a_second_run_keeps_what_people_wrote_and_adds_the_rest() -> None:
    edited = row("raw.t", "prod.silver.orders", note="agreed", action="skip", source_format="csv")
    gone = row("raw.old", "main.raw.old")
    found = [row("raw.t", source_format="parquet"), row("raw.new", "main.raw.new")]
    merged = merge_mapping([edited, gone], found)
    assert merged == [edited.model_copy(update={"source_format": "parquet"}), gone, found[1]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("raw,t,,,main,raw,t,,,move,", "action is 'move'"),
        ("raw,t,,,main,ra.w,t,,,skip,", "schema is 'ra.w'"),
        ("raw,t,,,,raw,t,,,skip,", "catalog is ''"),
        ("raw,t,,,main,raw,t,,csv,convert_to_delta,", "format is 'csv'"),
        ("raw,t,,,main,raw,t,,,skip,note,more", "more cells"),
    ],
)
def test_a_row_that_cannot_be_obeyed_is_refused_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "m.csv"
    file.write_text(f"{','.join(COLUMNS)}\n{line}\n")
    with pytest.raises(SettingsError, match=f"m.csv:2: .*{message}"):
        read_mapping(file)


def test_two_sources_for_one_target_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"raw\.t and raw\.u both go to main\.raw\.T"):
        read_mapping(file_with(tmp_path, row(), row("raw.u", "main.raw.T")))


def test_two_rows_for_one_source_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"raw\.t has two rows"):
        read_mapping(file_with(tmp_path, row(), row("RAW.T", "main.raw.u")))


def test_external_tables_whose_files_overlap_are_told() -> None:
    rows = [
        row("a.outer", "m.a.o", source_location="s3://lake/x"),
        row("a.inner", "m.a.i", source_location="s3a://lake/x/y/"),
        row("a.beside", "m.a.b", source_location="s3://lake/xy"),
        row("a.delta", "m.a.d", source_location="s3://lake/x/z", action="convert_to_delta"),
    ]
    (finding,) = mapping_findings("mapping.csv", rows)
    assert finding.message.startswith("a.inner at s3://lake/x/y/ overlaps a.outer")


def test_settings_obey_the_file_that_they_name(tmp_path: Path) -> None:
    file_with(tmp_path, row("raw.t", "prod.silver.orders", source_location="s3://old/t", location="s3://new/t"))
    config = tmp_path / "glue2lakehouse.yaml"
    config.write_text("mapping: mapping.csv\ncatalog: prod\n")
    settings = load_settings(config, {})
    assert settings.table_for("RAW", "T") == "prod.silver.orders"
    assert settings.table_for("raw", "other") == "prod.silver.other"
    assert settings.path_for("s3://old/t/day=1") == "s3://new/t/day=1"


def test_a_mapping_that_is_not_there_is_an_error_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such mapping file"):
        load_settings(None, {}, mapping=tmp_path / "nowhere.csv")


def test_ddl_obeys_name_location_and_action_of_each_table(tmp_path: Path) -> None:
    rows = [
        row("raw.kept", "prod.silver.kept", source_location="s3://old/kept", location="s3://new/kept"),
        row("raw.made", "prod.silver.made", action="convert_to_delta"),
        row("raw.left", "prod.silver.left", action="skip"),
    ]
    settings = load_settings(None, {}, mapping=file_with(tmp_path, *rows))
    statement = "CREATE EXTERNAL TABLE raw.{0} (a int) STORED AS PARQUET LOCATION 's3://old/{0}';\n"
    made = convert_ddl("".join(statement.format(name) for name in ("kept", "made", "left")), "t.sql", settings)
    kept, delta, left = made.statements
    assert "prod.silver.kept" in kept.output
    assert "s3://new/kept" in kept.output
    assert "USING DELTA" in delta.output
    assert (left.output, left.outcome) == ("", "dropped")
    assert "mapping file says skip" in left.findings[0].message
